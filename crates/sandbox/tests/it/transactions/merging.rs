//! Two transactions that are the same one.

use serde_json::{Value, json};

use super::{Aurora, complete, status, with};

impl Aurora {
    async fn merge(&self, one: &Value, other: &Value) -> Value {
        let items = json!({"items": [{"id": one["id"]}, {"id": other["id"]}]});
        self.patch("merge", items).await.ok()
    }
}

#[tokio::test]
async fn what_both_say_becomes_one_transaction() {
    let aurora = Aurora::open().await;
    let older = json!({
        "date": "2026-03-04", "amount": "100", "debitAccount": {"name": "Office Supplies"}, "description": "paper",
        "remoteIds": ["r1"], "urls": ["https://a.example"], "properties": {"a": "1", "b": "2"},
    });
    let newer = json!({
        "date": "2026-03-06", "amount": "99", "creditAccount": {"name": "Bank Account"}, "description": "CARD 4711",
        "remoteIds": ["r2"], "urls": ["https://b.example"], "properties": {"b": "3", "c": "4"},
    });
    let (older, newer) = (aurora.create(older).await, aurora.create(newer).await);
    let merged = aurora.merge(&newer, &older).await;
    assert_eq!(merged["accounts"], json!([]));
    let merged = &merged["transaction"];
    assert_eq!(status(merged), "draft");
    assert!(merged["id"] != older["id"] && merged["id"] != newer["id"]);
    for (field, value) in [
        ("date", json!("2026-03-04")),
        ("amount", json!("100.00")),
        ("description", json!("paper CARD 4711")),
        ("remoteIds", json!(["r1", "r2"])),
        ("urls", json!(["https://a.example", "https://b.example"])),
        ("properties", json!({"a": "1", "b": "2", "c": "4"})),
    ] {
        assert_eq!(merged[field], value, "{field}");
    }
    assert_eq!(merged["creditAccount"]["name"], "Bank Account");
    assert_eq!(merged["debitAccount"]["name"], "Office Supplies");
    assert_eq!(status(&aurora.get(&older).await), "trashed draft");
    assert_eq!(
        aurora.told().await.split_off(2),
        ["TRANSACTION_CREATED", "TRANSACTION_DELETED", "TRANSACTION_DELETED"]
    );
}

#[tokio::test]
async fn what_is_posted_stays_posted() {
    let aurora = Aurora::open().await;
    let draft = aurora.create(json!({"date": "2026-03-01", "amount": "99", "description": "paper"})).await;
    let posted = aurora.posted().await;
    let merged = aurora.merge(&draft, &posted).await;
    assert_eq!(merged["accounts"].as_array().unwrap().len(), 2);
    let merged = &merged["transaction"];
    assert_eq!(status(merged), "unchecked");
    assert_eq!((&merged["date"], &merged["amount"]), (&json!("2026-03-04"), &json!("100.00")));
    assert_eq!(merged["description"], "paper");
    assert_eq!(
        aurora.told().await.split_off(2),
        ["TRANSACTION_POSTED", "TRANSACTION_DELETED", "TRANSACTION_DELETED"]
    );
    assert_eq!(aurora.mia.get(&aurora.book).await.ok()["totalTransactions"], 1);
}

#[tokio::test]
async fn a_draft_keeps_the_difference_of_two_posted_amounts() {
    let aurora = Aurora::open().await;
    let older = aurora.posted().await;
    let newer = aurora.create(with(complete(), json!({"amount": "80.5", "date": "2026-03-05"}))).await;
    let merged = aurora.merge(&newer, &older).await["transaction"].take();
    assert_eq!((&merged["amount"], &merged["date"]), (&json!("80.50"), &json!("2026-03-04")));
    let rest = aurora.events().await.pop().unwrap();
    assert_eq!(rest["type"], "TRANSACTION_CREATED");
    let rest = &rest["data"]["object"]["transaction"];
    assert_eq!((status(rest), &rest["amount"]), ("draft", &json!("19.50")));
    assert_eq!(rest["debitAccount"]["name"], "Office Supplies");
}

#[tokio::test]
async fn only_two_that_can_be_changed_are_merged() {
    let aurora = Aurora::open().await;
    let (posted, checked) = (aurora.posted().await, aurora.checked().await);
    let trashed = aurora.posted().await;
    aurora.patch("trash", trashed.clone()).await.ok();
    let told = aurora.told().await;
    let merge = async |ids: &[&Value]| {
        let items: Vec<_> = ids.iter().map(|transaction| json!({"id": transaction["id"]})).collect();
        aurora.patch("merge", json!({"items": items})).await
    };
    merge(&[&posted]).await.refused(400, "badRequest");
    merge(&[&posted, &checked, &trashed]).await.refused(400, "badRequest");
    merge(&[&posted, &posted]).await.refused(400, "badRequest");
    merge(&[&posted, &checked]).await.refused(400, "badRequest");
    merge(&[&trashed, &posted]).await.refused(400, "badRequest");
    merge(&[&posted, &json!({"id": "none"})]).await.refused(404, "notFound");
    assert_eq!(aurora.told().await, told);
    assert_eq!(aurora.get(&posted).await, posted);
}
