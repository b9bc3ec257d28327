//! What goes wrong on the way, on purpose: nothing runs twice but what cannot be told from a replay.

use std::time::Duration;

use bkper_client::BookHandle;
use bookhook::model::Cause;
use bookhook::{EventType, Hook};
use bookhook_sandbox::{CallFaults, DeliveryFaults, Faults, Times};
use bookhook_testkit::{Gate, Runs};

use crate::handlers::{draft_tax, gated, handled, prompt};
use crate::scene::{Scene, Serving, sell};

const POSTED: &[EventType] = &[EventType::TransactionPosted];

async fn given(runs: &Runs) -> (Scene, BookHandle, Serving) {
    let scene = Scene::new().await;
    let book = scene.book_with("tax-bot", POSTED).await;
    let serving = scene.serve([prompt(scene.hook("tax-bot"), runs)]).await;
    (scene, book, serving)
}

fn break_deliveries(scene: &Scene, deliveries: DeliveryFaults) {
    scene.sandbox.set_faults(Faults { deliveries, ..Faults::default() });
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_answer_runs_nothing_twice() {
    let (scene, runs, gate) = (Scene::new().await, Runs::default(), Gate::closed());
    let book = scene.book_with("tax-bot", POSTED).await;
    let _serving = scene.serve([gated(scene.hook("tax-bot"), &runs, &gate)]).await;
    let patience = Duration::from_millis(50);
    break_deliveries(
        &scene,
        DeliveryFaults { hang_up: Times::Next(3), patience, ..DeliveryFaults::default() },
    );
    sell(&book, "440").await;
    runs.until_begun(1).await;
    bookhook_testkit::eventually("the caller has left three times", async || {
        (scene.sandbox.faults().deliveries.hang_up == Times::Next(0)).then_some(())
    })
    .await;
    gate.open();
    scene.settled().await;

    assert_eq!(scene.activity(&book, &POSTED[0]).await, [["INFO of tax-bot: TRANSACTION_POSTED run 1"]]);
    assert_eq!(runs.causes(), [Cause::First]);
}

#[tokio::test]
async fn a_double_delivery_is_a_replay_and_changes_nothing_else() {
    let runs = Runs::default();
    let (scene, book, serving) = given(&runs).await;
    break_deliveries(&scene, DeliveryFaults { duplicate: Times::Next(3), ..DeliveryFaults::default() });
    for _ in 0..10 {
        sell(&book, "440").await;
    }
    scene.settled().await;

    // The host was told that its answer had arrived, so this is all that it can think.
    let deliveries = serving.deliveries().await;
    assert_eq!(deliveries.len(), 10);
    for (at, delivery) in deliveries.iter().enumerate() {
        let causes: Vec<_> = delivery.runs.iter().flatten().map(|run| run.cause).collect();
        let expected: &[Cause] = if at < 3 { &[Cause::First, Cause::Replay] } else { &[Cause::First] };
        assert_eq!(causes, expected);
    }
    let activity = scene.activity(&book, &POSTED[0]).await;
    assert!(activity.iter().all(|told| told.len() == 1), "one response each: {activity:?}");
    assert!(runs.lanes_with_overlaps().is_empty());
}

#[tokio::test]
async fn events_that_overtake_each_other_are_each_handled_once() {
    let (scene, runs, gate) = (Scene::new().await, Runs::default(), Gate::closed());
    let book = scene.book_with("tax-bot", POSTED).await;
    let serving = scene.serve([gated(scene.hook("tax-bot"), &runs, &gate)]).await;
    for _ in 0..20 {
        sell(&book, "440").await;
    }
    break_deliveries(
        &scene,
        DeliveryFaults { out_of_order: Times::Percent(50), ..DeliveryFaults::default() },
    );
    gate.open();
    scene.settled().await;

    let happened: Vec<_> = scene.events(&book, &POSTED[0]).await;
    let mut happened: Vec<_> = happened.iter().map(|event| event.id.as_ref().unwrap().to_string()).collect();
    let mut ran = runs.events();
    assert_eq!(runs.causes(), vec![Cause::First; 20]);
    happened.sort();
    ran.sort();
    assert_eq!(ran, happened);
    assert_eq!(serving.deliveries().await.len(), 20);
    let activity = scene.activity(&book, &POSTED[0]).await;
    assert_eq!(activity, [["INFO of tax-bot: TRANSACTION_POSTED run 1"]; 20]);
}

#[tokio::test]
async fn an_answer_that_is_lost_brings_a_replay_and_the_draft_is_there_once() {
    let (scene, runs) = (Scene::new().await, Runs::default());
    let book = scene.book_with("tax-bot", POSTED).await;
    let _serving = scene.serve([taxing(&scene, &runs, &opened())]).await;
    break_deliveries(&scene, DeliveryFaults { lost_answer: Times::Next(2), ..DeliveryFaults::default() });
    sell(&book, "440").await;
    scene.settled().await;

    assert_eq!(runs.causes(), [Cause::First, Cause::Replay, Cause::Replay]);
    assert_eq!(book.transactions("is:draft").count().await.unwrap(), 1);
    assert_eq!(scene.activity(&book, &POSTED[0]).await, [["INFO of tax-bot: TAX: 88.00"]]);
}

#[tokio::test]
async fn a_call_of_the_handler_whose_answer_is_lost_is_made_again_and_done_once() {
    let (scene, runs, gate) = (Scene::new().await, Runs::default(), Gate::closed());
    let book = scene.book_with("tax-bot", POSTED).await;
    let _serving = scene.serve([taxing(&scene, &runs, &gate)]).await;
    sell(&book, "440").await;
    runs.until_begun(1).await;
    let calls = CallFaults { lost_answer: Times::Next(1), ..CallFaults::default() };
    scene.sandbox.set_faults(Faults { calls, ..Faults::default() });
    gate.open();
    scene.settled().await;

    assert_eq!(scene.sandbox.faults().calls.lost_answer, Times::Next(0));
    assert_eq!(runs.causes(), [Cause::First]);
    assert_eq!(book.transactions("is:draft").count().await.unwrap(), 1);
    assert_eq!(scene.activity(&book, &POSTED[0]).await, [["INFO of tax-bot: TAX: 88.00"]]);
}

fn opened() -> Gate {
    let gate = Gate::closed();
    gate.open();
    gate
}

/// A handler that waits at the gate, and then drafts the tax.
fn taxing(scene: &Scene, runs: &Runs, gate: &Gate) -> Hook {
    let gate = gate.clone();
    handled(scene.hook("tax-bot"), runs, move |cx| {
        let gate = gate.clone();
        async move {
            gate.pass().await;
            draft_tax(cx).await
        }
    })
}
