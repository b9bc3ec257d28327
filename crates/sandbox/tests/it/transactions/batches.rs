//! Many transactions in one request.

use serde_json::{Value, json};

use super::{Aurora, complete, status, with};

/// Transactions that only their ids tell.
fn ids(transactions: &[&Value]) -> Value {
    json!({"items": transactions.iter().map(|transaction| json!({"id": transaction["id"]})).collect::<Vec<_>>()})
}

#[tokio::test]
async fn a_batch_creates_in_its_order() {
    let aurora = Aurora::open().await;
    let items = json!([
        with(complete(), json!({"amount": "1", "remoteIds": ["r1"]})),
        {"description": "a draft"},
        with(complete(), json!({"amount": "3", "checked": true})),
        with(complete(), json!({"amount": "4", "remoteIds": ["r1"]})),
    ]);
    let created = aurora.mia.post(&aurora.path("/batch"), json!({"items": items})).await.ok();
    let created = created["items"].as_array().unwrap();
    assert_eq!(
        created.iter().map(status).collect::<Vec<_>>(),
        ["unchecked", "draft", "checked", "unchecked"]
    );
    assert_eq!(created[3], created[0]);
    assert_eq!(
        aurora.told().await,
        ["TRANSACTION_POSTED", "TRANSACTION_CREATED", "TRANSACTION_POSTED", "TRANSACTION_CHECKED"]
    );
}

#[tokio::test]
async fn an_empty_batch_is_nothing() {
    let aurora = Aurora::open().await;
    for body in [json!({"items": []}), json!({})] {
        assert_eq!(aurora.mia.post(&aurora.path("/batch"), body).await.ok(), json!({"items": []}));
    }
}

#[tokio::test]
async fn a_batch_of_each_kind_answers_nothing_and_tells_what_really_changed() {
    let aurora = Aurora::open().await;
    let (draft, posted) = (aurora.draft().await, aurora.posted().await);
    let both = ids(&[&draft, &posted]);
    for (what, expected, told) in [
        ("post", "unchecked", &["POSTED"][..]),
        ("check", "checked", &["CHECKED", "CHECKED"]),
        ("check", "checked", &[]),
        ("uncheck", "unchecked", &["UNCHECKED", "UNCHECKED"]),
        ("trash", "trashed", &["DELETED", "DELETED"]),
        ("untrash", "unchecked", &["RESTORED", "RESTORED"]),
    ] {
        let told_before = aurora.told().await.len();
        let answer = aurora.patch(&format!("{what}/batch"), both.clone()).await;
        assert_eq!((answer.status, answer.json), (204, Value::Null), "{what}");
        for transaction in [&draft, &posted] {
            assert_eq!(status(&aurora.get(transaction).await), expected, "{what}");
        }
        let events = aurora.told().await.split_off(told_before);
        assert_eq!(
            events,
            told.iter().map(|what| format!("TRANSACTION_{what}")).collect::<Vec<_>>(),
            "{what}"
        );
    }
}

#[tokio::test]
async fn an_item_that_is_refused_refuses_the_batch() {
    let aurora = Aurora::open().await;
    let (posted, checked) = (aurora.posted().await, aurora.checked().await);
    let told = aurora.told().await;

    let refused = aurora.patch("trash/batch", ids(&[&posted, &checked])).await.refused(400, "badRequest");
    assert_eq!(refused, "items[1]: the transaction is checked and cannot be trashed: uncheck it first");
    let unknown = json!({"id": "none"});
    let refused = aurora.patch("check/batch", ids(&[&posted, &unknown])).await.refused(404, "notFound");
    assert_eq!(refused, "items[1]: transaction not found: none");
    let items = json!({"items": [complete(), with(complete(), json!({"amount": "undefined"}))]});
    let refused = aurora.mia.post(&aurora.path("/batch"), items).await.refused(400, "invalidParameter");
    assert!(refused.starts_with("items[1]: amount:"), "{refused}");
    let items = json!({"items": [complete(), {"date": "yesterday"}]});
    let refused = aurora.mia.post(&aurora.path("/batch"), items).await.refused(400, "invalidParameter");
    assert!(refused.contains("items[1].date"), "{refused}");

    assert_eq!(aurora.told().await, told);
    assert_eq!(aurora.get(&posted).await, posted);
}

#[tokio::test]
async fn checked_transactions_are_changed_in_a_batch_that_says_so() {
    let aurora = Aurora::open().await;
    let (posted, checked) = (aurora.posted().await, aurora.checked().await);
    let changed = |transaction: &Value| with(transaction.clone(), json!({"amount": "8"}));
    let items = json!({"items": [changed(&posted), changed(&checked)]});
    aurora.mia.put(&aurora.path("/batch"), items.clone()).await.refused(400, "badRequest");

    let updated = aurora.mia.put(&aurora.path("/batch?updateChecked=true"), items).await.ok();
    let updated = updated["items"].as_array().unwrap();
    assert_eq!(updated.iter().map(status).collect::<Vec<_>>(), ["unchecked", "checked"]);
    assert!(updated.iter().all(|transaction| transaction["amount"] == "8.00"));
    assert_eq!(aurora.told().await.split_off(3), ["TRANSACTION_UPDATED"; 2]);
}

#[tokio::test]
async fn checked_transactions_are_trashed_in_a_batch_that_says_so() {
    let aurora = Aurora::open().await;
    let checked = aurora.checked().await;
    aurora.patch("trash/batch", ids(&[&checked])).await.refused(400, "badRequest");
    aurora.patch("trash/batch?trashChecked=true", ids(&[&checked])).await.ok();
    assert_eq!(status(&aurora.get(&checked).await), "trashed");
    aurora.patch("untrash/batch", ids(&[&checked])).await.ok();
    assert_eq!(status(&aurora.get(&checked).await), "unchecked");
}

#[tokio::test]
async fn a_thousand_transactions_are_one_batch() {
    let aurora = Aurora::open().await;
    let items: Vec<_> =
        (0..1000).map(|at| with(complete(), json!({"remoteIds": [format!("r{at}")]}))).collect();
    let created = aurora.mia.post(&aurora.path("/batch"), json!({"items": items})).await.ok();
    assert_eq!(created["items"].as_array().unwrap().len(), 1000);
    let book = aurora.mia.get(&aurora.book).await.ok();
    assert_eq!(book["totalTransactions"], 1000);
}
