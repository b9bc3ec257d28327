//! A book is loaded with its chart, and copied.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use serde_json::{Value, json};

use crate::client::{Client, given_a_book, names};

/// Two groups, one in the other, and an account in the inner one.
async fn given_a_chart(mia: &Client, book: &str) {
    mia.post(&format!("{book}/groups"), json!({"name": "Total", "hidden": true, "locked": true})).await.ok();
    let inner = json!({"name": "Assets", "parent": {"name": "Total"}, "properties": {"code": "A"}});
    mia.post(&format!("{book}/groups"), inner).await.ok();
    let cash =
        json!({"name": "Cash", "groups": [{"name": "Assets"}], "archived": true, "properties": {"a": "1"}});
    mia.post(&format!("{book}/accounts"), cash).await.ok();
    mia.post(&format!("{book}/accounts"), json!({"name": "Rent", "type": "OUTGOING"})).await.ok();
}

#[tokio::test]
async fn a_book_comes_with_its_chart_where_it_is_asked_for() {
    let (_sandbox, mia, book) = given_a_book().await;
    given_a_chart(&mia, &book).await;
    let both = mia.get(&format!("{book}?loadAccounts=true&loadGroups=true")).await.ok();
    assert_eq!(both["accounts"], mia.get(&format!("{book}/accounts")).await.ok()["items"]);
    assert_eq!(both["groups"], mia.get(&format!("{book}/groups")).await.ok()["items"]);
    for (query, accounts, groups) in [
        ("", false, false),
        ("loadAccounts=false&loadGroups=true", false, true),
        ("loadAccounts=true", true, false),
    ] {
        let loaded = mia.get(&format!("{book}?{query}")).await.ok();
        let has = |field| loaded.get(field).is_some();
        assert_eq!((has("accounts"), has("groups")), (accounts, groups), "{query}");
    }
    let empty = mia.new_book("Empty").await;
    let empty = mia.get(&format!("{empty}?loadAccounts=true&loadGroups=true")).await.ok();
    assert_eq!((&empty["accounts"], &empty["groups"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn a_copy_has_the_settings_and_the_chart_of_its_source() {
    let (_sandbox, mia, book) = given_a_book().await;
    given_a_chart(&mia, &book).await;
    let settings = json!({
        "visibility": "PUBLIC", "fractionDigits": 3, "datePattern": "yyyy/MM/dd", "decimalSeparator": "COMMA",
        "timeZone": "America/Sao_Paulo", "lockDate": "2026-01-31", "autoPost": false, "pageSize": 50,
        "period": "YEAR", "periodStartMonth": "MAY", "properties": {"exc_code": "USD"},
    });
    let source = mia.put(&book, settings).await.ok();

    let zoe = mia.user("zoe").agent("sheets");
    let copy = zoe.call("POST", &format!("{book}/copy?name=Mine"), None).await.ok();
    assert_ne!(copy["id"], source["id"]);
    for (field, value) in [
        ("name", json!("Mine")),
        ("ownerName", json!("zoe")),
        ("permission", json!("OWNER")),
        ("visibility", json!("PRIVATE")),
        ("agentId", json!("sheets")),
    ] {
        assert_eq!(copy[field], value, "{field}");
    }
    for field in [
        "fractionDigits",
        "datePattern",
        "decimalSeparator",
        "timeZone",
        "lockDate",
        "autoPost",
        "pageSize",
        "period",
        "periodStartMonth",
        "properties",
    ] {
        assert_eq!(copy[field], source[field], "{field}");
    }

    let id = copy["id"].as_str().unwrap();
    let chart = zoe.get(&format!("/v5/books/{id}?loadAccounts=true&loadGroups=true")).await.ok();
    let (accounts, groups) = (&chart["accounts"], &chart["groups"]);
    assert_eq!(
        (names(accounts), names(groups)),
        (vec!["Cash".into(), "Rent".into()], vec!["Assets".into(), "Total".into()])
    );
    assert_eq!(accounts[0]["groups"][0]["id"], groups[0]["id"]);
    assert_eq!(groups[0]["parent"]["id"], groups[1]["id"]);
    assert_eq!((&groups[0]["properties"], &groups[0]["type"]), (&json!({"code": "A"}), &json!("ASSET")));
    assert_eq!((&groups[1]["hidden"], &groups[1]["locked"]), (&json!(true), &json!(true)));
    assert_eq!((&accounts[0]["archived"], &accounts[0]["properties"]), (&json!(true), &json!({"a": "1"})));
    assert_eq!((&accounts[1]["type"], &accounts[1]["agentId"]), (&json!("OUTGOING"), &json!("sheets")));
    let originals = mia.get(&format!("{book}?loadAccounts=true&loadGroups=true")).await.ok();
    for field in ["accounts", "groups"] {
        for (copied, original) in copy_pairs(&chart[field], &originals[field]) {
            assert_ne!(copied["id"], original["id"]);
        }
    }
}

fn copy_pairs<'a>(copied: &'a Value, original: &'a Value) -> impl Iterator<Item = (&'a Value, &'a Value)> {
    copied.as_array().unwrap().iter().zip(original.as_array().unwrap())
}

#[tokio::test]
async fn only_the_owner_copies_transactions() {
    let (_sandbox, mia, book) = given_a_book().await;
    mia.put(&book, json!({"visibility": "PUBLIC"})).await.ok();
    let zoe = mia.user("zoe");
    let copy = format!("{book}/copy?name=Mine&copyTransactions=true");
    zoe.call("POST", &copy, None).await.refused(403, "forbidden");
    assert_eq!(zoe.get("/v5/books").await.ok()["items"], json!([]));
    mia.call("POST", &format!("{copy}&fromDate=20261301"), None).await.refused(400, "invalidParameter");
    mia.call("POST", "/v5/books/none/copy?name=Mine", None).await.refused(404, "notFound");
    let copied = mia.call("POST", &format!("{book}/copy"), None).await.ok();
    assert_eq!(copied["name"], "Aurora", "a copy without a name");
}

#[tokio::test]
async fn what_is_posted_is_copied_from_its_day_on() {
    let (_sandbox, mia, book) = given_a_book().await;
    given_a_chart(&mia, &book).await;
    let file = json!({"name": "bill.txt", "content": "aGk=", "properties": {"upload_method": "attachment"}});
    let file = mia.post(&format!("{book}/files"), file).await.ok();
    let new = async |more: Value| mia.new_transaction(&book, "Cash", "Rent", more).await;
    new(json!({"date": "2026-01-31", "description": "early"})).await;
    let kept = json!({
        "date": "2026-02-01", "description": "kept #rent", "amount": "12.50", "remoteIds": ["r1"], "checked": true,
        "urls": ["https://example.com"], "properties": {"a": "1"}, "files": [file],
    });
    let kept = new(kept).await;
    new(json!({"date": "2026-02-02", "description": "draft", "draft": true})).await;
    let trashed = new(json!({"date": "2026-02-03", "description": "trashed"})).await;
    mia.patch(&format!("{book}/transactions/trash"), json!({"id": trashed["id"]})).await.ok();
    mia.new_transaction(&book, "Rent", "Cash", json!({"date": "2026-02-04", "description": "back"})).await;

    let copy = async |query: &str| {
        let path = format!("{book}/copy?name=Copy&copyTransactions=true{query}");
        format!("/v5/books/{}", mia.call("POST", &path, None).await.ok()["id"].as_str().unwrap())
    };
    let some = copy("&fromDate=20260201").await;
    let listed = mia.get(&format!("{some}/transactions")).await.ok();
    let copied = &listed["items"];
    let descriptions: Vec<&str> =
        copied.as_array().unwrap().iter().map(|one| one["description"].as_str().unwrap()).collect();
    assert_eq!(descriptions, ["back", "kept #rent"]);
    for field in
        ["date", "amount", "tags", "remoteIds", "checked", "posted", "urls", "properties", "createdBy"]
    {
        assert_eq!(copied[1][field], kept[field], "{field}");
    }
    assert_ne!(copied[1]["id"], kept["id"]);
    let cash = mia.get(&format!("{some}/accounts/Cash")).await.ok();
    assert_eq!(
        (&copied[1]["creditAccount"]["id"], &cash["hasTransactionPosted"]),
        (&cash["id"], &json!(true))
    );
    let attached = &copied[1]["files"][0];
    assert_eq!((&attached["name"], &attached["properties"]), (&file["name"], &file["properties"]));
    assert_ne!(attached["id"], file["id"]);
    let content = mia.get(&format!("{some}/files/{}", attached["id"].as_str().unwrap())).await.ok();
    assert_eq!(content["content"], "aGk=");
    assert_eq!(mia.get(&some).await.ok()["totalTransactions"], 2);

    let all = copy("").await;
    assert_eq!(mia.get(&all).await.ok()["totalTransactions"], 3);
}
