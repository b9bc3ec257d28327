//! What a test compares: a book's state, and the way back to the beginning.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use bookhook_sandbox::{Sandbox, Seed};
use serde_json::{Value, json};

use crate::client::Client;

const USD: &str = "/v5/books/demoBookUsd01";
const EUR: &str = "/v5/books/demoBookEur01";

async fn demo() -> Sandbox {
    Sandbox::builder().seed(Seed::demo()).start().await.unwrap()
}

/// A sale in one book, and its mirror in another, which remembers the sale by its id.
async fn sell(client: &Client) {
    let sale = json!({
        "date": "2026-03-02", "amount": "10", "description": "Sale",
        "creditAccount": {"name": "Product Sales"}, "debitAccount": {"name": "Bank Account"},
    });
    let sale = client.post(&format!("{USD}/transactions"), sale).await.ok();
    let mirror = json!({
        "date": "2026-03-02", "amount": "9.20", "description": "Mirror", "remoteIds": [sale["transaction"]["id"]],
        "properties": {"origin": sale["transaction"]["id"]},
        "creditAccount": {"name": "Product Sales"}, "debitAccount": {"name": "Banco do Porto"},
    });
    client.post(&format!("{EUR}/transactions"), mirror).await.ok();
}

fn transaction<'a>(snapshot: &'a Value, description: &str) -> &'a Value {
    let all = snapshot["transactions"].as_array().unwrap();
    all.iter().find(|one| one["description"] == description).unwrap()
}

#[tokio::test]
async fn two_runs_that_did_the_same_have_equal_snapshots() {
    let (one, other) = (demo().await, demo().await);
    for sandbox in [&one, &other] {
        sell(&Client::of(sandbox).user("mia").agent("exchange-bot")).await;
    }
    for book in ["demoBookUsd01", "demoBookEur01"] {
        assert_eq!(one.snapshot(book).unwrap(), other.snapshot(book).unwrap());
    }
    let snapshot = Client::of(&one).get("/sandbox/books/demoBookEur01/snapshot").await.ok();
    assert_eq!(Some(&snapshot), one.snapshot("demoBookEur01").as_ref());
    let expected = json!({
        "status": "UNCHECKED", "date": "2026-03-02", "amount": "9.20", "from": "Product Sales", "to": "Banco do Porto",
        "description": "Mirror", "urls": [], "files": [], "comments": [], "remoteIds": ["tx#1"], "properties": {"origin": "tx#1"}, "agentId": "exchange-bot", "createdBy": "mia",
    });
    assert_eq!(transaction(&snapshot, "Mirror"), &expected);
}

#[tokio::test]
async fn a_snapshot_shows_every_difference_and_balances_that_add_up() {
    let sandbox = demo().await;
    let before = sandbox.snapshot("demoBookUsd01").unwrap();
    sell(&Client::of(&sandbox).user("mia")).await;
    let after = sandbox.snapshot("demoBookUsd01").unwrap();
    assert_ne!(before, after);
    assert_eq!((&before["book"], &before["groups"]), (&after["book"], &after["groups"]));
    for snapshot in [&before, &after] {
        let accounts = snapshot["accounts"].as_array().unwrap();
        let balances =
            accounts.iter().map(|account| account["balance"].as_str().unwrap().parse::<f64>().unwrap());
        assert!(balances.sum::<f64>().abs() < 1e-6, "{accounts:?}");
    }
}

#[tokio::test]
async fn what_is_said_about_a_transaction_is_in_the_snapshot() {
    let sandbox = demo().await;
    let client = Client::of(&sandbox).user("mia");
    sell(&client).await;
    let sale = client.get(&format!("{USD}/transactions?query=Sale%20on:2026-03-02")).await.ok();
    let sale = sale["items"][0]["id"].as_str().unwrap();
    let path = format!("/sandbox/books/demoBookUsd01/transactions/{sale}/comments");
    for text in ["Where is the invoice?", "In the mail."] {
        client.post(&path, json!({"text": text})).await.ok();
    }
    let snapshot = sandbox.snapshot("demoBookUsd01").unwrap();
    let said = json!(["Where is the invoice?", "In the mail."]);
    assert_eq!(transaction(&snapshot, "Sale")["comments"], said);
}

#[tokio::test]
async fn a_reset_leads_back_to_the_seed_and_ids_stay_new() {
    let sandbox = demo().await;
    let client = Client::of(&sandbox).user("mia");
    let before = sandbox.snapshot("demoBookUsd01").unwrap();
    sell(&client).await;
    let id = client.post("/v5/books", json!({"name": "Mine"})).await.ok()["id"].clone();
    client.put("/sandbox/clock", json!({"advance": "400 days"})).await.ok();
    let token = client.post("/sandbox/tokens", json!({"user": "zoe"})).await.ok()["token"].clone();
    client.post("/sandbox/reset", json!(null)).await.ok();
    assert_eq!(sandbox.snapshot("demoBookUsd01").unwrap(), before);
    client.get(&format!("/v5/books/{}", id.as_str().unwrap())).await.refused(404, "notFound");
    client.user(token.as_str().unwrap()).get("/v5/books").await.refused(401, "required");
    let again = client.post("/v5/books", json!({"name": "Mine"})).await.ok()["id"].clone();
    assert_ne!(again, id);
    assert_eq!(
        client.get("/sandbox/books/none/snapshot").await.refused(404, "notFound"),
        "book not found: none"
    );
}

#[tokio::test]
async fn what_is_in_a_file_is_seeded_once() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let builder = Sandbox::builder().data(folder.path().join("sandbox.db"));
        async { builder.seed(Seed::demo()).start().await.unwrap() }
    };
    let first = start().await;
    assert!(first.is_new());
    sell(&Client::of(&first).user("mia")).await;
    let before = first.snapshot("demoBookUsd01").unwrap();
    drop(first);
    let second = start().await;
    assert!(!second.is_new());
    assert_eq!(second.snapshot("demoBookUsd01").unwrap(), before);
    second.reset().unwrap();
    assert_ne!(second.snapshot("demoBookUsd01").unwrap(), before);
}
