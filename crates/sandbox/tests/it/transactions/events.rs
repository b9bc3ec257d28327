//! What events tell of transactions.

use serde_json::{Value, json};

use super::{Aurora, complete, with};

impl Aurora {
    /// The event of the update with this body.
    async fn told_of_update(&self, body: Value) -> Value {
        let before = self.events().await.len();
        self.put(body).await.ok();
        let mut events = self.events().await.split_off(before);
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }
}

#[tokio::test]
async fn an_event_has_the_transaction_with_full_accounts_and_who_did_it() {
    let aurora = Aurora::open().await;
    let group = aurora.mia.post(&format!("{}/groups", aurora.book), json!({"name": "Assets"})).await.ok();
    let cash = json!({"name": "Cash", "type": "ASSET", "groups": [group], "properties": {"a": "1"}});
    aurora.mia.post(&format!("{}/accounts", aurora.book), cash).await.ok();
    let body = with(complete(), json!({"creditAccount": {"name": "cash"}}));
    let answer = aurora.mia.agent("bkper-cli").post(&aurora.path(""), body).await.ok();

    let events = aurora.events().await;
    let event = &events[0];
    assert_eq!(event["type"], "TRANSACTION_POSTED");
    assert_eq!(event["data"]["object"], answer);
    assert_eq!(event["resource"], answer["transaction"]["id"]);
    assert_eq!((&event["user"]["username"], &event["agent"]["id"]), (&json!("mia"), &json!("bkper-cli")));
    assert_eq!(event["data"].get("previousAttributes"), None);
    assert_eq!(event["book"]["totalTransactions"], 1);
    let account = &event["data"]["object"]["transaction"]["creditAccount"];
    assert_eq!(account["groups"][0]["name"], "Assets");
    assert_eq!((&account["properties"]["a"], &account["type"]), (&json!("1"), &json!("ASSET")));
}

#[tokio::test]
async fn who_created_a_transaction_and_who_changed_it_are_told_apart() {
    let aurora = Aurora::open().await;
    let posted = aurora.mia.agent("exchange-bot").post(&aurora.path(""), complete()).await.ok();
    let id = &posted["transaction"]["id"];
    aurora.mia.agent("bkper-cli").patch(&aurora.path("/check"), json!({"id": id})).await.ok();
    let event = aurora.events().await.pop().unwrap();
    assert_eq!(event["agent"]["id"], "bkper-cli");
    assert_eq!(event["data"]["object"]["transaction"]["agentId"], "exchange-bot");
}

#[tokio::test]
async fn an_update_tells_what_was_before() {
    let aurora = Aurora::open().await;
    let posted = aurora.create(with(complete(), json!({"properties": {"a": "1", "b": "2"}}))).await;
    let id = &posted["id"];
    for (body, previous) in [
        (json!({"date": "2026-03-05"}), json!({"dateValue": "20260304"})),
        (json!({"amount": "8"}), json!({"amount": "100.00"})),
        (json!({"description": "ink"}), json!({"description": "paper"})),
        (
            json!({"creditAccount": {"name": "Output Tax"}}),
            json!({"creditAccId": posted["creditAccount"]["id"]}),
        ),
        (
            json!({"debitAccount": {"name": "Product Sales"}}),
            json!({"debitAccId": posted["debitAccount"]["id"]}),
        ),
        (json!({"properties": {"a": "1", "b": "", "c": "3"}}), json!({"b": "2", "c": ""})),
        (json!({"urls": ["https://example.com"]}), json!({})),
        (json!({"remoteIds": ["r1"]}), json!({})),
        (
            json!({"amount": "9.5", "description": "more ink"}),
            json!({"amount": "8.00", "description": "ink"}),
        ),
    ] {
        let event = aurora.told_of_update(with(body.clone(), json!({"id": id}))).await;
        assert_eq!(event["type"], "TRANSACTION_UPDATED");
        assert_eq!(event["data"]["previousAttributes"], previous, "{body}");
    }
}

#[tokio::test]
async fn both_the_old_and_the_new_accounts_are_touched() {
    let aurora = Aurora::open().await;
    let posted = aurora.posted().await;
    let event =
        aurora.told_of_update(json!({"id": posted["id"], "debitAccount": {"name": "Output Tax"}})).await;
    let names =
        event["data"]["object"]["accounts"].as_array().unwrap().iter().map(|account| &account["name"]);
    assert_eq!(names.collect::<Vec<_>>(), ["Bank Account", "Output Tax", "Office Supplies"]);
}

#[tokio::test]
async fn what_changes_nothing_is_not_told() {
    let aurora = Aurora::open().await;
    let body = with(
        complete(),
        json!({"properties": {"a": "1"}, "remoteIds": ["r1"], "urls": ["https://a.example"]}),
    );
    let posted = aurora.create(body).await;
    let book = aurora.mia.get(&aurora.book).await.ok();
    aurora.put(posted.clone()).await.ok();
    aurora.put(with(posted.clone(), json!({"amount": 100, "properties": {"A": " 1 ", "b": ""}}))).await.ok();
    for what in ["post", "uncheck", "restore"] {
        aurora.patch(what, posted.clone()).await.ok();
    }
    assert_eq!(aurora.told().await, ["TRANSACTION_POSTED"]);
    assert_eq!(aurora.get(&posted).await, posted);
    assert_eq!(aurora.mia.get(&aurora.book).await.ok(), book);
}

#[tokio::test]
async fn each_event_shows_what_was_true_then() {
    let aurora = Aurora::open().await;
    aurora.checked().await;
    let checked: Vec<_> = aurora
        .events()
        .await
        .iter()
        .map(|event| event["data"]["object"]["transaction"]["checked"].clone())
        .collect();
    assert_eq!(checked, [false, true]);
}

#[tokio::test]
async fn a_deleted_transaction_says_that_it_was_posted() {
    let aurora = Aurora::open().await;
    let posted = aurora.posted().await;
    aurora.patch("trash", posted).await.ok();
    let event = aurora.events().await.pop().unwrap();
    let object = &event["data"]["object"];
    assert_eq!(event["type"], "TRANSACTION_DELETED");
    assert_eq!(
        (&object["transaction"]["posted"], &object["transaction"]["trashed"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(object["accounts"].as_array().unwrap().len(), 2);
}
