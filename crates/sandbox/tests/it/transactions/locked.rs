//! Days of which nothing can be changed any more.

use serde_json::{Value, json};

use super::{Aurora, complete, status, with};

impl Aurora {
    async fn lock(&self, field: &str, day: &str) {
        self.mia.put(&self.book, json!({field: day})).await.ok();
    }
}

/// A transaction of each status on the day.
async fn on(aurora: &Aurora, day: &str) -> [Value; 4] {
    let body = with(complete(), json!({"date": day}));
    let trashed = aurora.create(body.clone()).await;
    aurora.patch("trash", json!({"id": trashed["id"]})).await.ok();
    [
        aurora.create(with(body.clone(), json!({"draft": true}))).await,
        aurora.create(body.clone()).await,
        aurora.create(with(body, json!({"checked": true}))).await,
        aurora.get(&trashed).await,
    ]
}

#[tokio::test]
async fn nothing_changes_up_to_the_lock_date_or_the_closing_date() {
    for field in ["lockDate", "closingDate"] {
        let aurora = Aurora::open().await;
        let [draft, posted, checked, trashed] = on(&aurora, "2026-03-31").await;
        aurora.lock(field, "2026-03-31").await;
        let told = aurora.told().await;
        let refused = [
            ("post", &draft),
            ("check", &draft),
            ("trash", &draft),
            ("check", &posted),
            ("trash", &posted),
            ("uncheck", &checked),
            ("restore", &trashed),
            ("remove", &trashed),
        ];
        for (what, transaction) in refused {
            let refused = aurora.patch(what, json!({"id": transaction["id"]})).await;
            let message = refused.refused(400, "badRequest");
            assert!(message.contains("2026-03-31"), "{message}");
            assert_eq!(aurora.get(transaction).await, *transaction, "{what}");
        }
        for transaction in [&draft, &posted] {
            let update = json!({"id": transaction["id"], "amount": "8"});
            aurora.put(update).await.refused(400, "badRequest");
        }
        let merge = json!({"items": [{"id": draft["id"]}, {"id": posted["id"]}]});
        aurora.patch("merge", merge).await.refused(400, "badRequest");
        aurora
            .mia
            .post(&aurora.path(""), with(complete(), json!({"date": "2026-03-31"})))
            .await
            .refused(400, "badRequest");
        aurora.patch("post", complete()).await.refused(400, "badRequest");
        assert_eq!(aurora.told().await, told);
    }
}

#[tokio::test]
async fn what_changes_nothing_is_no_matter_of_locks() {
    let aurora = Aurora::open().await;
    let [_, posted, checked, trashed] = on(&aurora, "2026-03-31").await;
    aurora.lock("lockDate", "2026-03-31").await;
    aurora.patch("post", posted.clone()).await.ok();
    aurora.patch("check", checked).await.ok();
    aurora.patch("trash", trashed).await.ok();
    aurora.put(posted).await.ok();
}

#[tokio::test]
async fn the_later_of_both_dates_counts() {
    let aurora = Aurora::open().await;
    aurora.lock("lockDate", "2026-03-31").await;
    aurora.lock("closingDate", "2026-02-28").await;
    aurora.patch("post", complete()).await.refused(400, "badRequest");
    aurora.lock("lockDate", "1900-00-00").await;
    assert_eq!(status(&aurora.patch("post", complete()).await.ok()["transaction"]), "unchecked");
}

#[tokio::test]
async fn nothing_is_moved_into_a_closed_period_or_out_of_it() {
    let aurora = Aurora::open().await;
    let before = aurora.create(with(complete(), json!({"date": "2026-03-31"}))).await;
    let after = aurora.create(with(complete(), json!({"date": "2026-04-01"}))).await;
    aurora.lock("lockDate", "2026-03-31").await;
    aurora.put(json!({"id": before["id"], "date": "2026-04-01"})).await.refused(400, "badRequest");
    aurora.put(json!({"id": after["id"], "date": "2026-03-31"})).await.refused(400, "badRequest");
    aurora.put(json!({"id": after["id"], "date": "2026-04-02"})).await.ok();
}

#[tokio::test]
async fn a_draft_can_be_noted_for_a_closed_period() {
    let aurora = Aurora::open().await;
    aurora.lock("closingDate", "2026-03-31").await;
    assert_eq!(status(&aurora.draft().await), "draft");
}

#[tokio::test]
async fn a_draft_without_date_counts_as_of_today() {
    let aurora = Aurora::open().await;
    let draft = aurora.create(json!({"description": "some day"})).await;
    aurora.lock("lockDate", "2999-12-31").await;
    aurora.patch("trash", draft.clone()).await.refused(400, "badRequest");
    aurora.lock("lockDate", "2020-12-31").await;
    aurora.patch("trash", draft).await.ok();
}
