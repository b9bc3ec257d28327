//! What happens to accounts, groups and copies is told, and only what happens.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use serde_json::{Value, json};

use crate::client::{Client, given_a_book};

/// The events of the book, oldest first.
async fn events(client: &Client, book: &str) -> Vec<Value> {
    let mut events = client.get(&format!("{book}/events")).await.ok()["items"].as_array().unwrap().clone();
    events.reverse();
    events
}

/// Their types.
async fn types(client: &Client, book: &str) -> Vec<String> {
    let text = |event: &Value| event["type"].as_str().unwrap().to_owned();
    events(client, book).await.iter().map(text).collect()
}

/// What the last event tells of what was before.
async fn previous(client: &Client, book: &str) -> Value {
    events(client, book).await.last().unwrap()["data"]["previousAttributes"].clone()
}

#[tokio::test]
async fn an_accounts_life_is_told() {
    let (_sandbox, mia, book) = given_a_book().await;
    let accounts = format!("{book}/accounts");
    mia.post(&format!("{book}/groups"), json!({"name": "Assets", "properties": {"a": "1"}})).await.ok();
    let created = mia.post(&accounts, json!({"name": "Cash", "groups": [{"name": "Assets"}]})).await.ok();
    let updated = mia.put(&accounts, json!({"id": created["id"], "name": "Till"})).await.ok();
    let deleted = mia.delete(&format!("{accounts}/{}", created["id"].as_str().unwrap())).await.ok();
    let told = events(&mia, &book).await;
    let told = &told[2..];
    for (event, (what, account)) in told.iter().zip([
        ("ACCOUNT_CREATED", &created),
        ("ACCOUNT_UPDATED", &updated),
        ("ACCOUNT_DELETED", &deleted),
    ]) {
        assert_eq!((&event["type"], &event["resource"]), (&json!(what), &created["id"]));
        assert_eq!(&event["data"]["object"], account, "{what}");
        assert_eq!((&event["user"]["username"], &event["agent"]["id"]), (&json!("mia"), &json!("bkper-cli")));
        assert_eq!(event["data"].get("previousAttributes").is_some(), what == "ACCOUNT_UPDATED");
    }
    assert_eq!(told.len(), 3);
    assert_eq!(created["groups"][0]["properties"], json!({"a": "1"}));
}

#[tokio::test]
async fn an_update_of_an_account_tells_what_was_before() {
    let (_sandbox, mia, book) = given_a_book().await;
    let mut ids = Vec::new();
    for name in ["One", "Two"] {
        ids.push(mia.post(&format!("{book}/groups"), json!({"name": name})).await.ok()["id"].clone());
    }
    let text = |id: &Value| id.as_str().unwrap().to_owned();
    let both = format!("{},{}", text(&ids[0]), text(&ids[1]));
    let body = json!({"name": "Cash", "properties": {"kept": "0", "changed": "1", "removed": "2"}});
    let id = mia.post(&format!("{book}/accounts"), body).await.ok()["id"].clone();
    for (change, before) in [
        (json!({"name": "CASH"}), json!({"name": "Cash"})),
        (json!({"type": "INCOMING", "archived": true}), json!({"type": "ASSET", "archived": "false"})),
        (json!({"archived": false}), json!({"archived": "true"})),
        (json!({"groups": [{"name": "Two"}, {"name": "One"}]}), json!({"groups": ""})),
        (json!({"groups": [{"name": "One"}]}), json!({"groups": both})),
        (
            json!({"properties": {"kept": "0", "changed": "3", "added": "4", "removed": ""}}),
            json!({"changed": "1", "removed": "2", "added": ""}),
        ),
    ] {
        let mut body = change.clone();
        body["id"] = id.clone();
        mia.put(&format!("{book}/accounts"), body).await.ok();
        assert_eq!(previous(&mia, &book).await, before, "{change}");
    }
}

#[tokio::test]
async fn an_update_of_a_group_tells_what_was_before() {
    let (_sandbox, mia, book) = given_a_book().await;
    let groups = format!("{book}/groups");
    let assets = mia.post(&groups, json!({"name": "Assets"})).await.ok();
    let id = mia.post(&groups, json!({"name": "Bank", "properties": {"a": "1"}})).await.ok()["id"].clone();
    let parent = json!({"id": assets["id"]});
    for (change, before) in [
        (json!({"parent": parent}), json!({"parent": ""})),
        (json!({"parent": parent, "name": "Banks"}), json!({"name": "Bank"})),
        (
            json!({"parent": parent, "hidden": true, "locked": true}),
            json!({"hidden": "false", "locked": "false"}),
        ),
        (json!({"parent": parent, "properties": {"a": "2", "b": "1"}}), json!({"a": "1", "b": ""})),
        (json!({}), json!({"parent": assets["id"]})),
    ] {
        let mut body = change.clone();
        body["id"] = id.clone();
        let group = mia.put(&groups, body).await.ok();
        assert_eq!(previous(&mia, &book).await, before, "{change}");
        let event = events(&mia, &book).await.pop().unwrap();
        assert_eq!((&event["data"]["object"], &event["type"]), (&group, &json!("GROUP_UPDATED")));
    }
    mia.delete(&format!("{groups}/Banks")).await.ok();
    assert_eq!(types(&mia, &book).await.last().unwrap(), "GROUP_DELETED");
}

#[tokio::test]
async fn what_changes_nothing_is_not_told() {
    let (_sandbox, mia, book) = given_a_book().await;
    let (accounts, groups) = (format!("{book}/accounts"), format!("{book}/groups"));
    mia.post(&groups, json!({"name": "Total"})).await.ok();
    let body = json!({"name": "Assets", "parent": {"name": "Total"}, "properties": {"a": "1"}});
    let group = mia.post(&groups, body).await.ok();
    let body = json!({"name": "Cash", "groups": [group, {"name": "Total"}], "properties": {"a": "1"}});
    let account = mia.post(&accounts, body).await.ok();
    let before = (types(&mia, &book).await, mia.get(&book).await.ok());

    assert_eq!(mia.put(&accounts, account.clone()).await.ok(), account);
    let reordered =
        json!({"id": account["id"], "groups": [{"name": "total"}, {"name": "assets"}, {"name": "none"}]});
    assert_eq!(mia.put(&accounts, reordered).await.ok(), account);
    let spelled = json!({"id": account["id"], "properties": {"A": " 1 ", "b": ""}});
    assert_eq!(mia.put(&accounts, spelled).await.ok(), account);
    let batch = json!({"items": [account]});
    assert_eq!(mia.put(&format!("{accounts}/batch"), batch.clone()).await.ok(), batch);
    let group = mia.get(&format!("{groups}/Assets")).await.ok();
    assert_eq!(mia.put(&groups, group.clone()).await.ok(), group);
    mia.post(&accounts, json!({"name": "cash"})).await.refused(409, "conflict");
    mia.delete(&format!("{groups}/Total")).await.refused(409, "conflict");

    assert_eq!((types(&mia, &book).await, mia.get(&book).await.ok()), before);
}

#[tokio::test]
async fn a_batch_tells_each_change_in_its_order() {
    let (_sandbox, mia, book) = given_a_book().await;
    let accounts = format!("{book}/accounts");
    let list =
        mia.post(&format!("{accounts}/batch"), json!({"items": [{"name": "B"}, {"name": "A"}]})).await.ok();
    mia.post(&format!("{accounts}/delete/batch"), list.clone()).await.ok();
    let told = events(&mia, &book).await;
    let told: Vec<_> = told[1..].iter().map(|event| (&event["type"], &event["resource"])).collect();
    let (first, second) = (&list["items"][0]["id"], &list["items"][1]["id"]);
    let (created, deleted) = (json!("ACCOUNT_CREATED"), json!("ACCOUNT_DELETED"));
    assert_eq!(told, [(&created, first), (&created, second), (&deleted, first), (&deleted, second)]);
}

#[tokio::test]
async fn a_copy_is_told_in_the_new_book_alone() {
    let (_sandbox, mia, book) = given_a_book().await;
    mia.post(&format!("{book}/accounts/batch"), json!({"items": [{"name": "A"}, {"name": "B"}]})).await.ok();
    mia.new_transaction(&book, "A", "B", json!({})).await;
    let before = (types(&mia, &book).await, mia.get(&book).await.ok());
    let copy = mia.call("POST", &format!("{book}/copy?name=Copy&copyTransactions=true"), None).await.ok();
    let told = events(&mia, &format!("/v5/books/{}", copy["id"].as_str().unwrap())).await;
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0]["type"], &told[0]["data"]["object"]), (&json!("BOOK_CREATED"), &copy));
    assert_eq!((types(&mia, &book).await, mia.get(&book).await.ok()), before);
}

#[tokio::test]
async fn an_audit_is_told() {
    let (_sandbox, mia, book) = given_a_book().await;
    mia.call("PATCH", &format!("{book}/audit"), None).await.ok();
    assert_eq!(types(&mia, &book).await, ["BOOK_CREATED", "BOOK_AUDITED"]);
}
