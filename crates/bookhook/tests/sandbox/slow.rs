//! A handler that takes longer than its caller waits.

use std::time::Duration;

use bookhook::EventType;
use bookhook::model::{Cause, Policy, State};
use bookhook_sandbox::{Happening, Outcome};
use bookhook_testkit::{Gate, Runs};

use crate::handlers::{gated, prompt};
use crate::scene::{Scene, sell};

const POSTED: &[EventType] = &[EventType::TransactionPosted];

#[tokio::test]
async fn the_sandbox_asks_again_until_the_response_is_there_and_the_handler_runs_once() {
    let (scene, runs, gate) = (Scene::new().await, Runs::default(), Gate::closed());
    let book = scene.book_with("report-bot", POSTED).await;
    let policy = Policy { deadline: Duration::from_millis(20), ..Policy::default() };
    let serving = scene.serve([gated(scene.hook("report-bot"), &runs, &gate).policy(policy)]).await;
    let mut watch = scene.sandbox.watch();
    for _ in 0..3 {
        sell(&book, "440").await;
    }

    let mut attempts = Vec::new();
    while attempts.len() < 4 {
        if let Some(Happening::Delivery(delivery)) = watch.next().await {
            assert!(matches!(delivery.outcome, Outcome::Again { .. }), "{delivery:?}");
            attempts.push((delivery.attempt, delivery.status));
        }
    }
    assert_eq!(attempts, [1, 2, 3, 4].map(|attempt| (attempt, Some(429))));
    assert_eq!(book.backlog().await.unwrap(), 3, "what is behind it waits too");
    assert_eq!(scene.activity(&book, &POSTED[0]).await, [[""; 0]; 3], "nothing is answered yet");
    let running = serving.until("it is running", |found| found.state == State::Running).await;
    assert_eq!(running.answered, None);

    gate.open();
    scene.settled().await;

    assert_eq!(book.backlog().await.unwrap(), 0);
    assert_eq!(
        scene.activity(&book, &POSTED[0]).await,
        [["INFO of report-bot: TRANSACTION_POSTED run 1"]; 3]
    );
    assert_eq!(runs.causes(), [Cause::First; 3]);
    assert_eq!(serving.deliveries().await.len(), 3);
}

#[tokio::test]
async fn a_paused_hook_holds_what_comes_and_the_sandbox_gets_its_response_once_it_goes_on() {
    let (scene, runs) = (Scene::new().await, Runs::default());
    let book = scene.book_with("report-bot", POSTED).await;
    let serving = scene.serve([prompt(scene.hook("report-bot"), &runs)]).await;
    serving.pause("report-bot").await;
    for _ in 0..2 {
        sell(&book, "440").await;
    }
    serving.until("it is held", |found| found.state == State::Held).await;
    assert_eq!((runs.count(), book.backlog().await.unwrap()), (0, 2));

    serving.resume("report-bot").await;
    scene.settled().await;
    assert_eq!(
        scene.activity(&book, &POSTED[0]).await,
        [["INFO of report-bot: TRANSACTION_POSTED run 1"]; 2]
    );
    assert_eq!(runs.causes(), [Cause::First; 2]);
}
