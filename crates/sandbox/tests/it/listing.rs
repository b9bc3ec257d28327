//! Lists of transactions: pages, cursors, running balances, single transactions and counts.

#![allow(clippy::unwrap_used, reason = "a test that cannot list fails")]

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::client::{Client, given_a_book};
use crate::known_book::{KnownBook, encoded};

async fn page(client: &Client, book: &str, parameters: &str, cursor: Option<&str>) -> Value {
    let path = format!("{book}/transactions?&&{parameters}&");
    let headers: Vec<_> = cursor.map(|cursor| ("cursor", cursor)).into_iter().collect();
    client.send("GET", &path, None, &headers).await.ok()
}

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// Records drafts on these days of January 2026, in one batch.
async fn record(client: &Client, book: &str, days: impl Iterator<Item = usize>) -> Vec<String> {
    let drafts = days.map(|day| json!({"date": format!("2026-01-{:02}", day % 28 + 1), "description": "x"}));
    let drafts = json!({"items": drafts.collect::<Vec<_>>()});
    ids(&client.post(&format!("{book}/transactions/batch"), drafts).await.ok())
}

#[tokio::test]
async fn pages_have_each_transaction_once_while_others_are_recorded() {
    let (_sandbox, mia, book) = given_a_book().await;
    let old = record(&mia, &book, 0..250).await;
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = page(&mia, &book, "limit=40", cursor.as_deref()).await;
        seen.extend(ids(&page));
        // On each day there is: some before the next page, some behind, some in the midst of it.
        record(&mia, &book, 0..28).await;
        match page["cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    let of_old: Vec<_> = seen.iter().filter(|id| old.contains(id)).collect();
    assert_eq!(of_old.len(), 250);
    assert_eq!(of_old.into_iter().collect::<BTreeSet<_>>(), old.iter().collect());
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), seen.len());
}

#[tokio::test]
async fn a_page_is_newest_first_and_the_last_one_has_no_cursor() {
    let (_sandbox, mia, book) = given_a_book().await;
    let recorded = record(&mia, &book, [1, 3, 2, 3].into_iter()).await;
    let newest_first = [3, 1, 2, 0].map(|index| recorded[index].clone());

    let whole = page(&mia, &book, "", None).await;
    assert_eq!((ids(&whole), whole.get("cursor")), (newest_first.to_vec(), None));
    for enough in ["limit=4", "limit=0", "limit=99999999999999999999"] {
        let exact = page(&mia, &book, enough, None).await;
        assert_eq!((ids(&exact), exact.get("cursor")), (newest_first.to_vec(), None), "{enough}");
    }

    let first = page(&mia, &book, "limit=3&query=", None).await;
    assert_eq!(ids(&first), newest_first[..3]);
    let cursor = first["cursor"].as_str().unwrap();
    assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{cursor}");
    let last = page(&mia, &book, "limit=3", Some(cursor)).await;
    assert_eq!((ids(&last), last.get("cursor")), (newest_first[3..].to_vec(), None));
    let none = page(&mia, &book, "query=before:2000", Some(cursor)).await;
    assert_eq!(none, json!({"items": []}));
}

#[tokio::test]
async fn what_is_no_cursor_begins_anew() {
    let (_sandbox, mia, book) = given_a_book().await;
    let whole = ids(&{
        record(&mia, &book, 0..3).await;
        page(&mia, &book, "", None).await
    });
    for cursor in ["nonsense", "undefined", "null", "17", "AAAA", "%00", "*"] {
        assert_eq!(ids(&page(&mia, &book, "", Some(cursor)).await), whole, "{cursor}");
    }
}

#[tokio::test]
async fn a_limit_has_a_default_and_a_maximum() {
    let (_sandbox, mia, book) = given_a_book().await;
    record(&mia, &book, 0..1001).await;
    for (limit, items) in [("", 100), ("limit=", 100), ("limit=0", 100), ("limit=1", 1), ("limit=5000", 1000)]
    {
        assert_eq!(ids(&page(&mia, &book, limit, None).await).len(), items, "{limit}");
    }
    let refused = mia.get(&format!("{book}/transactions?limit=many")).await.refused(400, "invalidParameter");
    assert_eq!(refused, "limit: \"many\" is no number of items");
}

/// The balances that the list shows for the account, by letter.
fn balances(book: &KnownBook, list: &Value, account: &str) -> Vec<(String, String)> {
    let items = list["items"].as_array().unwrap().iter();
    let balance = |item: &Value| {
        let sides = [&item["creditAccount"], &item["debitAccount"]];
        let shown = sides.into_iter().filter(|side| side.get("balance").is_some()).collect::<Vec<_>>();
        let side = shown.first()?;
        assert_eq!((shown.len(), &side["name"]), (1, &json!(account)));
        Some((book.letters_of(&json!({"items": [item]})), side["balance"].as_str().unwrap().to_owned()))
    };
    items.filter_map(balance).collect()
}

#[tokio::test]
async fn the_list_of_a_permanent_account_shows_what_it_came_to() {
    let book = KnownBook::open().await;
    let list = book.ask("transactions", "account:'Bank Account'").await.ok();
    let id = &list["items"][1]["creditAccount"]["id"];
    assert_eq!((&list["account"], id.is_string()), (id, true));
    let of_bank = |balances: &[(&str, &str)]| {
        balances
            .iter()
            .map(|(letter, amount)| ((*letter).to_owned(), (*amount).to_owned()))
            .collect::<Vec<_>>()
    };
    // Drafts have none. Money in the bank is negative.
    let expected = of_bank(&[("e", "-227.60"), ("c", "-240.10"), ("b", "-340.00"), ("a", "-440.00")]);
    assert_eq!(balances(&book, &list, "Bank Account"), expected);

    // What else the query asks for does not change what the account came to.
    let list = book.ask("transactions", "account:'Bank Account' on:2025 withdrawal").await.ok();
    assert_eq!(balances(&book, &list, "Bank Account"), expected[1..2]);
}

#[tokio::test]
async fn of_several_on_a_day_the_last_posted_one_shows_the_balance() {
    let (_sandbox, mia, book) = given_a_book().await;
    for account in [json!({"name": "Cash", "type": "ASSET"}), json!({"name": "Food", "type": "OUTGOING"})] {
        mia.post(&format!("{book}/accounts"), account).await.ok();
    }
    for more in [json!({"amount": "1"}), json!({"amount": "2"}), json!({"amount": "4", "draft": true})] {
        mia.new_transaction(&book, "Cash", "Food", more).await;
    }
    let list = mia.get(&format!("{book}/transactions?query=account:cash")).await.ok();
    let items = list["items"].as_array().unwrap().iter();
    let shown =
        items.map(|item| (item["amount"].as_str().unwrap(), item["creditAccount"]["balance"].as_str()));
    assert_eq!(shown.collect::<Vec<_>>(), [("4.00", None), ("2.00", Some("3.00")), ("1.00", None)]);
}

#[tokio::test]
async fn other_lists_show_no_balances() {
    let book = KnownBook::open().await;
    for query in
        ["", "account:'Bank Account' account:Cash", "from:'Bank Account'", "group:Assets", "NOT account:Cash"]
    {
        let list = book.ask("transactions", query).await.ok();
        assert_eq!((list.get("account"), balances(&book, &list, "")), (None, vec![]), "{query}");
    }
    // An account of one period has no balance that goes on.
    let list = book.ask("transactions", "account:'Product Sales'").await.ok();
    assert!(list["account"].is_string());
    assert_eq!(balances(&book, &list, ""), vec![]);
}

#[tokio::test]
async fn who_may_only_record_sees_transactions_without_accounts_and_balances() {
    let book = KnownBook::open().await;
    book.mia.share(&book.path, "rex@example.com", "RECORDER").await.ok();
    let rex = book.mia.user("rex");
    let path = format!("{}/transactions?query={}", book.path, encoded("account:'Bank Account'"));
    let list = rex.get(&path).await.ok();
    assert_eq!((book.letters_of(&list), list.get("account")), ("fecba".to_owned(), None));
    let one = rex.get(&format!("{}/transactions/{}", book.path, book.id('a'))).await.ok();
    for seen in list["items"].as_array().unwrap().iter().chain([&one]) {
        assert_eq!((seen.get("creditAccount"), seen.get("debitAccount")), (None, None));
        assert!(seen["amount"].is_string());
    }
}

#[tokio::test]
async fn one_transaction_is_found_by_its_id() {
    let book = KnownBook::open().await;
    let list = book.ask("transactions", "remoteId:a").await.ok();
    let path = format!("{}/transactions/{}", book.path, book.id('a'));
    assert_eq!(book.mia.get(&format!("{path}?")).await.ok(), list["items"][0]);
    let trashed = format!("{}/transactions/{}", book.path, book.id('h'));
    assert_eq!(book.mia.get(&trashed).await.ok()["trashed"], true);

    let unknown = book.mia.get(&format!("{}/transactions/none", book.path)).await;
    assert_eq!(unknown.refused(404, "notFound"), "transaction not found: none");
    let elsewhere = book.mia.new_book("Elsewhere").await;
    book.mia.get(&format!("{elsewhere}/transactions/{}", book.id('a'))).await.refused(404, "notFound");
}

#[tokio::test]
async fn strangers_list_nothing() {
    let book = KnownBook::open().await;
    let zoe = book.mia.user("zoe");
    for path in ["transactions", "transactions/count", "transactions/count/posted", "balances"] {
        let message = zoe.get(&format!("{}/{path}", book.path)).await.refused(404, "required");
        assert!(message.contains("is not a collaborator"), "{message}");
    }
}

#[tokio::test]
async fn posted_transactions_are_counted_over_time() {
    let book = KnownBook::open().await;
    let path = format!("{}/transactions/count/posted", book.path);
    let months = book.mia.get(&path).await.ok();
    let month = |year, month, total| {
        let fuzzy = year * 10_000 + month * 100;
        json!({"year": year, "month": month, "day": 0, "fuzzyDate": fuzzy, "total": total})
    };
    let expected =
        [month(2025, 1, 1), month(2025, 5, 1), month(2025, 12, 1), month(2026, 2, 1), month(2026, 3, 1)];
    assert_eq!(months, json!({"posted": expected}));

    let years = book.mia.get(&format!("{path}?periodicity=YEARLY&before=2026-03-04")).await.ok();
    assert_eq!(years, json!({"posted": [month(2025, 0, 3), month(2026, 0, 1)]}));
    let days = book.mia.get(&format!("{path}?periodicity=DAILY&after=2026-03")).await.ok();
    let day = json!({"year": 2026, "month": 3, "day": 4, "fuzzyDate": 20_260_304, "total": 1});
    assert_eq!(days, json!({"posted": [day]}));
    assert_eq!(book.mia.get(&format!("{path}?after=2030")).await.ok(), json!({"posted": []}));

    let refused = book.mia.get(&format!("{path}?after=soon")).await.refused(400, "invalidParameter");
    assert_eq!(refused, "after: \"soon\" is no date");
    let refused = book.mia.get(&format!("{path}?periodicity=WEEKLY")).await.refused(400, "invalidParameter");
    assert!(refused.contains("InvalidFormatException") && refused.contains("WEEKLY"), "{refused}");
}
