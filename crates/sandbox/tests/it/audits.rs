//! An audit confirms what adds up.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use bookhook_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::Client;

async fn verified(client: &Client, book: &str) -> Vec<Value> {
    let accounts = client.get(&format!("{book}/accounts")).await.ok();
    accounts["items"].as_array().unwrap().iter().map(|account| account["balanceVerified"].clone()).collect()
}

#[tokio::test]
async fn an_audit_confirms_the_accounts_whose_totals_are_right() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("sandbox.db");
    let sandbox = Sandbox::builder().data(&data).start().await.unwrap();
    let mia = Client::of(&sandbox).user("mia");
    let book = mia.new_book("Aurora").await;
    let accounts = json!({"items": [{"name": "Bank"}, {"name": "Cash"}, {"name": "Rent"}]});
    mia.post(&format!("{book}/accounts/batch"), accounts).await.ok();
    mia.new_transaction(&book, "Bank", "Cash", json!({"amount": "100.10"})).await;
    mia.new_transaction(&book, "Cash", "Rent", json!({"amount": "0.05", "date": "2026-03-05"})).await;
    let trashed = mia.new_transaction(&book, "Cash", "Rent", json!({})).await;
    mia.patch(&format!("{book}/transactions/trash"), json!({"id": trashed["id"]})).await.ok();
    assert_eq!(verified(&mia, &book).await, [false, false, false]);

    let audit = format!("{book}/audit");
    assert_eq!(mia.call("PATCH", &audit, None).await.status, 204);
    assert_eq!(verified(&mia, &book).await, [true, true, true]);

    let db = rusqlite::Connection::open(&data).unwrap();
    db.execute("UPDATE day_total SET debit = '0.06' WHERE debit = '0.05'", []).unwrap();
    mia.call("PATCH", &audit, None).await.ok();
    assert_eq!(verified(&mia, &book).await, [true, true, false]);
}
