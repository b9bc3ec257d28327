//! Accounts: created, found by id and by name, changed, archived and deleted.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use bookhook_sandbox::Sandbox;
use serde_json::json;

use crate::client::Client;

#[tokio::test]
async fn an_account_says_everything_that_clients_look_at() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox).user("mia").agent("bkper-cli");
    let book = client.new_book("Aurora").await;
    let group = client.post(&format!("{book}/groups"), json!({"name": "Taxes"})).await.ok();
    let body = json!({
        "id": "12", "name": "Output Tax", "type": "LIABILITY", "groups": [{"name": "taxes"}],
        "properties": {"Tax Rate": " 0.2 ", "gone": ""}, "createdAt": "1", "agentId": "somebody",
    });
    let account = client.post(&format!("{book}/accounts"), body).await.ok();
    for (field, value) in [
        ("name", json!("Output Tax")),
        ("normalizedName", json!("output_tax")),
        ("type", json!("LIABILITY")),
        ("credit", json!(true)),
        ("permanent", json!(true)),
        ("archived", json!(false)),
        ("hasTransactionPosted", json!(false)),
        ("balanceVerified", json!(false)),
        ("properties", json!({"tax_rate": "0.2"})),
        ("agentId", json!("bkper-cli")),
    ] {
        assert_eq!(account[field], value, "{field}");
    }
    assert_ne!(account["id"], "12");
    assert_ne!(account["createdAt"], "1");
    assert_eq!(account["groups"][0]["id"], group["id"]);
    assert_eq!(account["groups"][0]["type"], "LIABILITY");
}
