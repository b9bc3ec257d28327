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
