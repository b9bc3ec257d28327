//! A host that cannot be reached, and comes back.

use bookhook::EventType;
use bookhook::model::Cause;
use bookhook_sandbox::{Happening, Watch};
use bookhook_testkit::Runs;

use crate::handlers::prompt;
use crate::scene::{Scene, sell, shown};

const POSTED: &[EventType] = &[EventType::TransactionPosted];

/// The attempts until one is not followed by another: their number and status.
async fn attempts(watch: &mut Watch) -> Vec<(u32, Option<u16>)> {
    let mut attempts = Vec::new();
    loop {
        let Some(Happening::Delivery(delivery)) = watch.next().await else { continue };
        attempts.push((delivery.attempt, delivery.status));
        if !matches!(delivery.outcome, bookhook_sandbox::Outcome::Again { .. }) {
            return attempts;
        }
    }
}

#[tokio::test]
async fn a_host_that_stays_away_is_an_error_after_five_tries_until_somebody_replays() {
    let (scene, runs) = (Scene::new().await, Runs::default());
    let book = scene.book_with("tax-bot", POSTED).await;
    let mut watch = scene.sandbox.watch();
    sell(&book, "440").await;
    assert_eq!(attempts(&mut watch).await, [1, 2, 3, 4, 5].map(|attempt| (attempt, None)));
    scene.settled().await;
    let event = book.events().with_errors().first().await.unwrap().unwrap();
    assert!(shown(&event)[0].starts_with("ERROR of tax-bot: error sending request"), "{:?}", shown(&event));

    let serving = scene.serve([prompt(scene.hook("tax-bot"), &runs)]).await;
    let event = book.event(&event).replay("tax-bot").await.unwrap();
    assert_eq!(shown(&event), ["INFO of tax-bot: TRANSACTION_POSTED run 1"]);
    assert_eq!(runs.causes(), [Cause::First], "the host never heard of it before");

    scene.road.close();
    sell(&book, "440").await;
    scene.settled().await;
    assert_eq!(book.events().with_errors().all().await.unwrap().len(), 1);
    assert_eq!(serving.deliveries().await.len(), 1);
}

#[tokio::test]
async fn a_host_that_comes_back_in_time_is_only_late() {
    let (scene, runs) = (Scene::new().await, Runs::default());
    let book = scene.book_with("tax-bot", POSTED).await;
    let mut watch = scene.sandbox.watch();
    sell(&book, "440").await;
    while !matches!(watch.next().await, Some(Happening::Delivery(_))) {}
    scene.road.hold();
    let _serving = scene.serve([prompt(scene.hook("tax-bot"), &runs)]).await;
    let tries = attempts(&mut watch).await;
    assert!(tries.len() < 5, "{tries:?}");
    assert_eq!(tries.last().unwrap().1, Some(200));
    scene.settled().await;
    assert_eq!(scene.activity(&book, &POSTED[0]).await, [["INFO of tax-bot: TRANSACTION_POSTED run 1"]]);
    assert_eq!(runs.count(), 1);
}
