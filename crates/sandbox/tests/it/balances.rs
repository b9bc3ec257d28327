//! Balances: by account and group, in total and by period.

#![allow(clippy::unwrap_used, reason = "a test that cannot ask fails")]

use serde_json::{Value, json};

use crate::client::given_a_book;
use crate::known_book::KnownBook;

/// `name`, period and cumulative balance of each node, with those below it behind.
fn nodes(balances: &Value) -> Vec<(String, String, String)> {
    let text = |node: &Value, field: &str| node[field].as_str().unwrap().to_owned();
    let children = ["groupBalances", "accountBalances"].map(|field| balances.get(field));
    let children = children.into_iter().flatten().flat_map(|nodes| nodes.as_array().unwrap());
    let each = |node: &Value| {
        let this = (text(node, "name"), text(node, "periodBalance"), text(node, "cumulativeBalance"));
        [vec![this], nodes(node)].concat()
    };
    children.flat_map(each).collect()
}

/// The points of a node: when, what it moved, what it came to.
fn points(node: &Value) -> Vec<(u64, String, String)> {
    let text = |point: &Value, field: &str| point[field].as_str().unwrap().to_owned();
    let of = |point: &Value| {
        let date = point["fuzzyDate"].as_u64().unwrap();
        assert_eq!(point["year"].as_u64().unwrap(), date / 10_000);
        assert_eq!(point["month"].as_u64().unwrap(), date / 100 % 100);
        assert_eq!(point["day"].as_u64().unwrap(), date % 100);
        (date, text(point, "periodBalance"), text(point, "cumulativeBalance"))
    };
    node["balances"].as_array().unwrap().iter().map(of).collect()
}

fn expected<const N: usize>(rows: [(&str, &str, &str); N]) -> Vec<(String, String, String)> {
    rows.map(|(name, period, cumulative)| (name.to_owned(), period.to_owned(), cumulative.to_owned()))
        .to_vec()
}

fn expected_points<const N: usize>(rows: [(u64, &str, &str); N]) -> Vec<(u64, String, String)> {
    rows.map(|(date, period, cumulative)| (date, period.to_owned(), cumulative.to_owned())).to_vec()
}

#[tokio::test]
async fn an_account_has_totals_and_points_of_its_range() {
    let book = KnownBook::open().await;
    let balances = book.ask("balances", "account:'Bank Account' after:2025-05 before:2026 by:m").await.ok();
    let mut account = balances["accountBalances"][0].clone();
    let points = points(&account);
    account.as_object_mut().unwrap().remove("balances");
    assert_eq!(
        account,
        json!({
            "name": "Bank Account", "normalizedName": "bank_account", "credit": false, "permanent": true,
            "archived": false, "empty": false, "properties": {},
            "periodBalance": "199.90", "periodCredit": "199.90", "periodDebit": "0.00",
            "cumulativeBalance": "-240.10", "cumulativeCredit": "199.90", "cumulativeDebit": "440.00",
        })
    );
    assert_eq!(
        points,
        expected_points([
            (20_250_500, "100.00", "-340.00"),
            (20_250_600, "0.00", "-340.00"),
            (20_250_700, "0.00", "-340.00"),
            (20_250_800, "0.00", "-340.00"),
            (20_250_900, "0.00", "-340.00"),
            (20_251_000, "0.00", "-340.00"),
            (20_251_100, "0.00", "-340.00"),
            (20_251_200, "99.90", "-240.10"),
        ])
    );
    assert_eq!(balances.get("groupBalances"), None);
}

#[tokio::test]
async fn the_range_is_told_as_bkper_tells_it() {
    let book = KnownBook::open().await;
    for (query, periodicity, range, labels, previous, next) in [
        (
            "before:2025 by:m",
            "MONTHLY",
            " before:2025 by:m",
            ["", "31/12/2024"],
            " before:2024 by:m",
            " before:2026 by:m",
        ),
        ("on:2025", "YEARLY", " on:2025", ["01/01/2025", "31/12/2025"], " on:2024", " on:2026"),
        ("on:$m", "MONTHLY", " on:2026-03", ["01/03/2026", "31/03/2026"], " on:2026-02", " on:2026-04"),
        (
            "on:$y by:m",
            "MONTHLY",
            " on:2026 by:m",
            ["01/01/2026", "31/12/2026"],
            " on:2025 by:m",
            " on:2027 by:m",
        ),
        (
            "on:31/12/2025",
            "DAILY",
            " on:2025-12-31",
            ["31/12/2025", "31/12/2025"],
            " on:2025-12-30",
            " on:2026-01-01",
        ),
        (
            "after:$m-3 before:$m+1 by:m",
            "MONTHLY",
            " after:2025-12 before:2026-04 by:m",
            ["01/12/2025", "31/03/2026"],
            " after:2025-11 before:2026-03 by:m",
            " after:2026-01 before:2026-05 by:m",
        ),
        (
            "after:2025 before:2026-03-04",
            "DAILY",
            " after:2025 before:2026-03-04",
            ["01/01/2025", "03/03/2026"],
            " after:2024 before:2026-03-03",
            " after:2026 before:2026-03-05",
        ),
        ("", "MONTHLY", "", ["", ""], "", ""),
        ("by:y", "YEARLY", " by:y", ["", ""], " by:y", " by:y"),
    ] {
        for scope in ["account:Cash", "group:Assets", ""] {
            let balances = book.ask("balances", &format!("{query} {scope}")).await.ok();
            let told =
                ["periodicity", "range", "rangeBeginLabel", "rangeEndLabel", "previousRange", "nextRange"];
            let told = told.map(|field| balances[field].as_str().unwrap());
            assert_eq!(told, [periodicity, range, labels[0], labels[1], previous, next], "{query} {scope}");
        }
    }
}

#[tokio::test]
async fn groups_are_nested_and_add_up() {
    let book = KnownBook::open().await;
    let balances = book.ask("balances", "group:Assets on:2025").await.ok();
    assert_eq!(
        nodes(&balances),
        expected([
            ("Assets", "-340.00", "-340.00"),
            ("Current Assets", "-340.00", "-340.00"),
            ("Bank Account", "-240.10", "-240.10"),
            ("Cash", "-99.90", "-99.90"),
            ("Stock", "0.00", "0.00"),
        ])
    );
    let assets = &balances["groupBalances"][0];
    assert_eq!((&assets["credit"], &assets["permanent"]), (&json!(false), &json!(true)));
    assert_eq!(assets["accountBalances"][0]["empty"], true);
    assert_eq!(balances.get("accountBalances"), None);

    let inner = book.ask("balances", "group:'current assets' before:2026").await.ok();
    assert_eq!(inner["groupBalances"][0]["name"], "Current Assets");
}

#[tokio::test]
async fn without_account_and_group_all_groups_at_the_top_are_told() {
    let book = KnownBook::open().await;
    let balances = book.ask("balances", "on:2025-12-31").await.ok();
    assert_eq!(
        nodes(&balances),
        expected([
            ("Assets", "0.00", "-340.00"),
            ("Current Assets", "0.00", "-340.00"),
            ("Bank Account", "99.90", "-240.10"),
            ("Cash", "-99.90", "-99.90"),
            ("Stock", "0.00", "0.00"),
            ("Expenses", "0.00", "-100.00"),
            ("O'Brien \"Mac\" Ltd", "0.00", "0.00"),
            ("Office Supplies", "0.00", "-100.00"),
            ("Revenue", "0.00", "440.00"),
            ("Product Sales", "0.00", "440.00"),
        ])
    );
}

#[tokio::test]
async fn points_go_from_what_was_moved_first_to_the_end() {
    let book = KnownBook::open().await;
    let cash = async |range: &str| {
        let balances = book.ask("balances", &format!("account:Cash {range}")).await.ok();
        points(&balances["accountBalances"][0])
    };
    let moved =
        [(20_251_200, "-99.90", "-99.90"), (20_260_100, "0.00", "-99.90"), (20_260_200, "1000.00", "900.10")];
    assert_eq!(cash("before:2026-03 by:m").await, expected_points(moved));
    // Without an end, until today.
    let [first, second, third] = moved;
    let open = expected_points([first, second, third, (20_260_300, "0.00", "900.10")]);
    assert_eq!(cash("").await, open);
    assert_eq!(cash("after:2026-02").await, open[2..]);
    // Within a period that the range cuts, only what is in the range moved.
    let cut = [(20_260_200, "0.00", "-99.90"), (20_260_300, "0.00", "-99.90")];
    assert_eq!(cash("after:2026-02-11 by:m").await[1..], expected_points([(20_260_300, "0.00", "900.10")]));
    assert_eq!(cash("before:2026-02-10 after:2026-02-01 by:m").await, expected_points([cut[0]]));
    assert_eq!(cash("before:2000").await, expected_points([(20_000_000, "0.00", "0.00")]));
    assert_eq!(cash("after:2026 before:2025").await, expected_points([]));
    assert_eq!(cash("before:0000").await, expected_points([(0, "0.00", "0.00")]));
}

#[tokio::test]
async fn groups_and_accounts_without_movement_are_closed_after_the_end() {
    let book = KnownBook::open().await;
    let balances = book.ask("balances", "group:Assets before:2026 by:m").await.ok();
    let assets = &balances["groupBalances"][0];
    let last = |node: &Value| points(node).pop().map(|(date, _, _)| date);
    assert_eq!(last(assets), Some(20_260_100));
    assert_eq!(points(&assets["accountBalances"][0]), expected_points([(20_260_100, "0.00", "0.00")]));
    let current = &assets["groupBalances"][0];
    assert_eq!(last(current), Some(20_260_100));
    assert_eq!(last(&current["accountBalances"][0]), Some(20_251_200));
}

#[tokio::test]
async fn other_terms_count_only_what_they_find() {
    let book = KnownBook::open().await;
    for (query, period, cumulative) in [
        ("account:'Bank Account' #retail", "-440.00", "-440.00"),
        ("account:'Bank Account' on:2025 office", "100.00", "100.00"),
        ("account:'Bank Account' on:2026 office", "12.50", "112.50"),
        ("account:'Bank Account' is:checked", "100.00", "100.00"),
        ("account:'Bank Account' account:Cash", "99.90", "99.90"),
        ("account:'Bank Account' NOT group:Revenue before:2026", "199.90", "199.90"),
        // Neither drafts nor trash count, whatever is asked for.
        ("account:'Bank Account' is:draft", "0.00", "0.00"),
        ("account:'Bank Account' is:trashed", "0.00", "0.00"),
    ] {
        let balances = book.ask("balances", query).await.ok();
        let expected = expected([("Bank Account", period, cumulative)]);
        assert_eq!(nodes(&balances), expected, "{query}");
    }
    let balances = book.ask("balances", "group:Assets #retail").await.ok();
    assert_eq!(
        nodes(&balances)[..2],
        expected([("Assets", "-440.00", "-440.00"), ("Current Assets", "-440.00", "-440.00")])
    );
}

#[tokio::test]
async fn an_account_in_two_groups_counts_once_above_them() {
    let (_sandbox, mia, book) = given_a_book().await;
    for group in [
        json!({"name": "All"}),
        json!({"name": "Left", "parent": {"name": "All"}}),
        json!({"name": "Right", "parent": {"name": "All"}}),
    ] {
        mia.post(&format!("{book}/groups"), group).await.ok();
    }
    let both = json!([{"name": "Left"}, {"name": "Right"}]);
    for account in [
        json!({"name": "Cash", "type": "ASSET", "groups": both}),
        json!({"name": "Sales", "type": "INCOMING", "groups": [{"name": "Right"}]}),
    ] {
        mia.post(&format!("{book}/accounts"), account).await.ok();
    }
    mia.new_transaction(&book, "Sales", "Cash", json!({"amount": "10.125"})).await;
    let balances = mia.get(&format!("{book}/balances?query=group:all")).await.ok();
    let amount = |name: &str, balance: &str| (name.to_owned(), balance.to_owned(), balance.to_owned());
    assert_eq!(
        nodes(&balances),
        [
            amount("All", "0.00"),
            amount("Left", "-10.125"),
            amount("Cash", "-10.125"),
            amount("Right", "0.00"),
            amount("Cash", "-10.125"),
            amount("Sales", "10.125"),
        ]
    );
    // What is mixed is neither credit nor debit, and neither permanent nor not.
    let all = &balances["groupBalances"][0];
    assert_eq!((all.get("credit"), all.get("permanent")), (None, None));
    let left = &all["groupBalances"][0];
    assert_eq!((&left["credit"], &left["permanent"]), (&json!(false), &json!(true)));
}

#[tokio::test]
async fn a_book_without_groups_has_no_balances() {
    let (_sandbox, mia, book) = given_a_book().await;
    let balances = mia.get(&format!("{book}/balances?query=on:2025")).await.ok();
    assert_eq!(balances["groupBalances"], json!([]));
    mia.post(&format!("{book}/groups"), json!({"name": "Empty"})).await.ok();
    let balances = mia.get(&format!("{book}/balances?query=on:2025")).await.ok();
    assert_eq!(nodes(&balances), expected([("Empty", "0.00", "0.00")]));
}

#[tokio::test]
async fn more_points_than_anybody_reads_are_refused() {
    let book = KnownBook::open().await;
    let refused = book.ask("balances", "group:Assets after:0000 before:9999 by:d").await;
    assert!(refused.refused(400, "invalidParameter").contains("too many periods"));
    book.ask("balances", "account:Cash after:0000 before:9999 by:y").await.ok();
}

#[tokio::test]
async fn who_may_only_record_sees_no_balances() {
    let book = KnownBook::open().await;
    book.mia.share(&book.path, "rex@example.com", "RECORDER").await.ok();
    book.mia.share(&book.path, "vic@example.com", "VIEWER").await.ok();
    let path = format!("{}/balances?query=account:Cash", book.path);
    book.mia.user("rex").get(&path).await.refused(403, "forbidden");
    book.mia.user("vic").get(&path).await.ok();
}
