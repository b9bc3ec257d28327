//! Calls that another Bkper signed.

use bookhook::EventType;
use bookhook_testkit::Runs;

use crate::handlers::prompt;
use crate::scene::{Scene, sell, shown};

const POSTED: &[EventType] = &[EventType::TransactionPosted];

#[tokio::test]
async fn a_sandbox_that_the_host_does_not_trust_is_turned_away_and_its_book_says_so() {
    let (trusted, stranger, runs) = (Scene::new().await, Scene::new().await, Runs::default());
    trusted.register("tax-bot", POSTED).await;
    let book = stranger.book_with("tax-bot", POSTED).await;
    // The stranger's app is called where the trusted one's host is.
    let serving = trusted.serve([prompt(trusted.hook("tax-bot"), &runs)]).await;
    stranger.road.lead_to(serving.address());
    sell(&book, "440").await;
    stranger.settled().await;

    let event = book.events().with_errors().first().await.unwrap().unwrap();
    assert_eq!(shown(&event), [r#"ERROR of tax-bot: HTTP 401 Unauthorized: {"error":"unauthorized"}"#]);
    assert_eq!((runs.count(), serving.deliveries().await.len()), (0, 0));
    let refused = serving.refused();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!((refused[0].reason, refused[0].count), ("unknown_key", 1));
}
