//! A host that ends in the middle, and goes on with its journal.

use bookhook::EventType;
use bookhook::model::{Cause, Outcome, State};
use bookhook_testkit::{Gate, Runs};

use crate::handlers::{gated, prompt};
use crate::scene::{Scene, sell};

const POSTED: &[EventType] = &[EventType::TransactionPosted];

#[tokio::test]
async fn after_a_crash_the_event_runs_again_once_and_those_behind_it_come_after_it() {
    let (scene, runs, gate) = (Scene::new().await, Runs::default(), Gate::closed());
    let book = scene.book_with("tax-bot", POSTED).await;
    let serving = scene.serve([gated(scene.hook("tax-bot"), &runs, &gate)]).await;
    for _ in 0..5 {
        sell(&book, "440").await;
    }
    runs.until_begun(1).await;
    scene.road.hold();
    serving.crash().await;

    let serving = scene.serve([prompt(scene.hook("tax-bot"), &runs)]).await;
    scene.settled().await;

    let run = |number: u32| [format!("INFO of tax-bot: TRANSACTION_POSTED run {number}")];
    assert_eq!(scene.activity(&book, &POSTED[0]).await, [2, 1, 1, 1, 1].map(run));
    let events = runs.events();
    assert_eq!(events[0], events[1], "what was running runs again");
    let causes = runs.causes();
    assert_eq!(causes[..2], [Cause::First, Cause::Recovery]);
    assert_eq!(causes[2..], [Cause::First; 4]);
    let expected: Vec<_> = scene
        .events(&book, &POSTED[0])
        .await
        .iter()
        .map(|event| event.id.clone().unwrap().to_string())
        .collect();
    assert_eq!(events[1..], expected, "in the order in which they happened");

    let deliveries = serving.deliveries().await;
    assert_eq!(deliveries.len(), 5);
    let is_settled =
        |state: State, outcome: Option<Outcome>| state == State::Settled && outcome == Some(Outcome::Result);
    assert!(deliveries.iter().all(|one| is_settled(one.state, one.outcome)), "{deliveries:?}");
}

#[tokio::test]
async fn a_host_that_is_updated_while_events_come_loses_and_doubles_none() {
    let (scene, runs) = (Scene::new().await, Runs::default());
    let book = scene.book_with("tax-bot", POSTED).await;
    let mut serving = scene.serve([prompt(scene.hook("tax-bot"), &runs)]).await;
    for restart in 1..=3 {
        for _ in 0..10 {
            sell(&book, "440").await;
        }
        runs.until_begun(restart * 10 - 5).await;
        scene.road.hold();
        serving.stop().await;
        serving = scene.serve([prompt(scene.hook("tax-bot"), &runs)]).await;
    }
    scene.settled().await;

    let activity = scene.activity(&book, &POSTED[0]).await;
    assert_eq!((activity.len(), serving.deliveries().await.len()), (30, 30));
    assert!(activity.iter().all(|told| told[0].starts_with("INFO")), "{activity:?}");
    let mut events = runs.events();
    events.dedup();
    let in_order: Vec<_> = scene
        .events(&book, &POSTED[0])
        .await
        .iter()
        .map(|event| event.id.clone().unwrap().to_string())
        .collect();
    assert_eq!(events, in_order);
}
