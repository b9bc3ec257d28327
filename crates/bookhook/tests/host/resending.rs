//! The same event id again: a retry, a replay, or a conflict.

use bookhook::model::{Cause, Policy, State};
use bookhook_testkit::{Gate, Runs};
use serde_json::json;

use crate::stage::{Stage, event};

#[tokio::test]
async fn a_retry_joins_the_run_that_goes_on() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let serving = stage.serve(stage.gated(&runs, &gate, Policy::default())).await;
    let event = event("e1", "b1");

    let first = serving.sending(&event).await;
    runs.until_begun(1).await;
    let second = serving.sending(&event).await;
    let third = serving.sending(&event).await;
    serving.until_taken().await;
    gate.let_one_through();

    for reply in [first, second, third] {
        let reply = reply.await.unwrap();
        assert_eq!((reply.status, reply.json()), (200, json!({"result": "e1 run 1"})));
    }
    assert_eq!(runs.causes(), [Cause::First]);
    assert_eq!(serving.delivery(&event).await.runs.unwrap().len(), 1);
}

#[tokio::test]
async fn a_retry_joins_a_delivery_that_waits_for_its_turn() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let serving = stage.serve(stage.gated(&runs, &gate, Policy::default())).await;
    let (ahead, behind) = (event("e1", "b1"), event("e2", "b1"));

    let _ahead = serving.sent(&ahead).await;
    let first = serving.sent(&behind).await;
    let second = serving.sending(&behind).await;
    serving.until_taken().await;
    gate.open();

    for reply in [first, second] {
        assert_eq!(reply.await.unwrap().json(), json!({"result": "e2 run 1"}));
    }
    assert_eq!(runs.events(), ["e1", "e2"]);
}

#[tokio::test]
async fn a_caller_that_hung_up_gets_the_stored_response_and_the_handler_does_not_run_again() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let serving = stage.serve(stage.gated(&runs, &gate, Policy::default())).await;
    let event = event("e1", "b1");

    let caller = serving.post(&event).begin().await;
    runs.until_begun(1).await;
    caller.hang_up().await;
    gate.let_one_through();
    let settled = serving.until(&event, "it is settled", |found| found.state == State::Settled).await;
    assert_eq!(settled.answered, None);

    let retry = serving.post(&event).send().await;
    assert_eq!((retry.status, retry.json()), (200, json!({"result": "e1 run 1"})));
    assert_eq!(runs.count(), 1);
    serving.until(&event, "now it is answered", |found| found.answered == Some(200)).await;
}

#[tokio::test]
async fn a_caller_whose_connection_broke_gets_the_stored_response_too() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let serving = stage.serve(stage.gated(&runs, &gate, Policy::default())).await;
    let event = event("e1", "b1");

    let caller = serving.post(&event).begin().await;
    runs.until_begun(1).await;
    caller.break_off();
    gate.let_one_through();
    serving.until(&event, "it is settled", |found| found.state == State::Settled).await;

    assert_eq!(serving.post(&event).send().await.json(), json!({"result": "e1 run 1"}));
    assert_eq!(runs.count(), 1);
}

#[tokio::test]
async fn a_caller_whose_leaving_shows_only_when_it_is_answered_was_not_answered() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let serving = stage.serve(stage.gated(&runs, &gate, Policy::default())).await;
    let event = event("e1", "b1");

    let mut caller = serving.post(&event).begin().await;
    caller.send_more(b"POST").await;
    runs.until_begun(1).await;
    caller.break_off();
    gate.let_one_through();
    serving.until(&event, "it is settled", |found| found.state == State::Settled).await;

    assert_eq!(serving.post(&event).send().await.json(), json!({"result": "e1 run 1"}));
    assert_eq!(runs.count(), 1);
}

#[tokio::test]
async fn what_is_settled_and_answered_runs_again_as_a_replay() {
    let (stage, runs) = (Stage::new(), Runs::default());
    let serving = stage.serve(stage.prompt(&runs)).await;
    let event = event("e1", "b1");

    assert_eq!(serving.post(&event).send().await.json(), json!({"result": "e1 run 1"}));
    serving.until(&event, "it is answered", |found| found.answered.is_some()).await;
    assert_eq!(serving.post(&event).send().await.json(), json!({"result": "e1 run 2"}));

    assert_eq!(runs.causes(), [Cause::First, Cause::Replay]);
    let stored = serving.delivery(&event).await.runs.unwrap();
    assert_eq!(stored.iter().map(|run| run.cause).collect::<Vec<_>>(), runs.causes());
}

#[tokio::test]
async fn a_replay_whose_caller_hung_up_is_retried_and_not_replayed_again() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let serving = stage.serve(stage.gated(&runs, &gate, Policy::default())).await;
    let event = event("e1", "b1");
    gate.let_one_through();
    serving.post(&event).send().await;
    serving.until(&event, "it is answered", |found| found.answered.is_some()).await;

    let caller = serving.post(&event).begin().await;
    runs.until_begun(2).await;
    caller.hang_up().await;
    gate.let_one_through();
    serving.until(&event, "it is settled", |found| found.state == State::Settled).await;

    assert_eq!(serving.post(&event).send().await.json(), json!({"result": "e1 run 2"}));
    assert_eq!(runs.causes(), [Cause::First, Cause::Replay]);
}

#[tokio::test]
async fn the_same_id_with_another_body_is_a_conflict_and_a_delivery_of_its_own() {
    let (stage, runs) = (Stage::new(), Runs::default());
    let serving = stage.serve(stage.prompt(&runs)).await;
    let (one, other) = (event("e1", "b1").amount("10.00"), event("e1", "b1").amount("10.01"));

    assert_eq!(serving.post(&one).send().await.status, 200);
    assert_eq!(serving.post(&other).send().await.status, 200);

    let deliveries = serving.deliveries(&one).await;
    assert_eq!(deliveries.iter().map(|delivery| delivery.conflict).collect::<Vec<_>>(), [false, true]);
    assert_eq!(runs.causes(), [Cause::First, Cause::First]);
    let payload = serving.host().journal().payload(deliveries[1].id).await.unwrap().unwrap();
    assert_eq!(payload.body, other.body());
}

#[tokio::test]
async fn what_bkper_changes_between_sendings_makes_no_other_event() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let serving = stage.serve(stage.gated(&runs, &gate, Policy::default())).await;
    let event = event("e1", "b1");

    let first = serving.sending(&event).await;
    runs.until_begun(1).await;
    let retry = event.clone().answered_by("other-bot", "POSTED").reformatted();
    let second = serving.post(retry).begin().await;
    serving.until_taken().await;
    gate.open();

    assert_eq!(first.await.unwrap(), second.reply().await);
    assert_eq!(runs.count(), 1);
    assert!(!serving.delivery(&event).await.conflict);
}
