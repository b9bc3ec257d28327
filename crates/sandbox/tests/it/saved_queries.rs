//! Saved queries.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use bookhook_sandbox::Sandbox;
use serde_json::json;

use crate::client::Client;

async fn queries(client: &Client) -> String {
    let book = client.post("/v5/books", json!({"name": "Aurora"})).await.ok();
    format!("/v5/books/{}/queries", book["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_query_is_saved_changed_listed_and_deleted() {
    let sandbox = Sandbox::start().await.unwrap();
    let mia = Client::of(&sandbox).user("mia").agent("bkper-cli");
    let path = queries(&mia).await;
    assert_eq!(mia.get(&path).await.ok(), json!({"items": []}));

    let saved = mia.post(&path, json!({"title": "Bank", "query": "account:Bank"})).await.ok();
    assert_eq!((&saved["title"], &saved["query"]), (&json!("Bank"), &json!("account:Bank")));
    assert_eq!(saved["agentId"], "bkper-cli");
    let id = saved["id"].as_str().unwrap();
    id.parse::<i64>().unwrap();

    let renamed = mia.put(&path, json!({"id": id, "title": "Bank, all"})).await.ok();
    assert_eq!((&renamed["title"], &renamed["query"]), (&json!("Bank, all"), &json!("account:Bank")));
    assert_eq!(mia.get(&path).await.ok(), json!({"items": [renamed]}));

    assert_eq!(mia.delete(&format!("{path}/{id}")).await.ok(), renamed);
    assert_eq!(mia.get(&path).await.ok(), json!({"items": []}));
}

#[tokio::test]
async fn what_is_wrong_with_a_query_changes_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let mia = Client::of(&sandbox).user("mia");
    let (path, elsewhere) = (queries(&mia).await, queries(&mia).await);
    let saved = mia.post(&path, json!({"title": "Bank", "query": "account:Bank"})).await.ok();
    let id = saved["id"].as_str().unwrap();

    mia.post(&path, json!({"query": "account:Bank"})).await.refused(400, "required");
    mia.post(&path, json!({"title": "Bank"})).await.refused(400, "required");
    mia.post(&path, json!({"title": "Bank", "query": 7})).await.refused(400, "invalidParameter");
    mia.put(&path, json!({"title": "Cash"})).await.refused(400, "required");
    mia.put(&path, json!({"id": id, "title": ""})).await.refused(400, "required");
    mia.put(&path, json!({"id": "1", "title": "Cash"})).await.refused(404, "notFound");
    mia.put(&elsewhere, json!({"id": id, "title": "Cash"})).await.refused(404, "notFound");
    mia.delete(&format!("{elsewhere}/{id}")).await.refused(404, "notFound");
    mia.delete(&format!("{path}/none")).await.refused(404, "notFound");
    mia.get("/v5/books/none/queries").await.refused(404, "notFound");
    mia.user("zoe").get(&path).await.refused(404, "required");
    mia.user("zoe").delete(&format!("{path}/{id}")).await.refused(404, "required");
    assert_eq!(mia.get(&path).await.ok(), json!({"items": [saved]}));
}
