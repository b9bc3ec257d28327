//! How a host ends, and what the next one finds.

use std::time::Duration;

use bookhook::model::{Cause, Policy, State};
use bookhook_testkit::{Gate, Runs};
use serde_json::json;
use tokio::time::Instant;

use crate::stage::{Stage, event};

#[tokio::test]
async fn a_host_that_ends_lets_runs_end_and_sends_away_who_waits_for_a_turn() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let mut serving = stage.serve(stage.gated(&runs, &gate, Policy::default())).await;
    let running = serving.sent(&event("e1", "b1")).await;
    let waiting = serving.sent(&event("e2", "b1")).await;

    let stopping = serving.stopping();
    let sent_away = waiting.await.unwrap();
    assert_eq!(sent_away.status, 429);
    assert!(sent_away.retry_after().unwrap() >= 1);
    gate.open();
    let reply = running.await.unwrap();
    assert_eq!((reply.status, reply.json()), (200, json!({"result": "e1 run 1"})));
    stopping.await.unwrap();
    assert_eq!(runs.events(), ["e1"]);
    drop(serving);

    // What was sent away had been taken, and is run by the next host.
    let serving = stage.serve(stage.prompt(&runs)).await;
    let second = event("e2", "b1");
    let delivery = serving.until(&second, "it is settled", |found| found.state == State::Settled).await;
    assert_eq!(delivery.runs.unwrap()[0].cause, Cause::Recovery);
    assert_eq!(serving.post(&second).send().await.json(), json!({"result": "e2 run 1"}));
    assert_eq!(runs.events(), ["e1", "e2"]);
}

#[tokio::test]
async fn a_host_ends_in_time_even_if_a_handler_never_does_and_the_next_one_goes_on_in_order() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let mut serving = stage.serve(stage.gated(&runs, &gate, Policy::default())).await;
    let mut callers = Vec::new();
    for id in ["e1", "e2", "e3"] {
        callers.push(serving.sent(&event(id, "b1")).await);
    }

    let begun = Instant::now();
    serving.stopping().await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    // Nobody is left without an answer.
    for caller in callers {
        let reply = caller.await.unwrap();
        assert_eq!(reply.status, 429);
        assert!(reply.retry_after().unwrap() >= 1);
    }
    serving.crash().await;

    let runs = Runs::default();
    let serving = stage.serve(stage.prompt(&runs)).await;
    runs.until_ended(3).await;
    assert_eq!(runs.events(), ["e1", "e2", "e3"]);
    assert!(runs.causes().iter().all(|cause| *cause == Cause::Recovery));
    let first =
        serving.until(&event("e1", "b1"), "it is settled", |found| found.state == State::Settled).await;
    let [interrupted, recovered] = &first.runs.unwrap()[..] else { panic!("two runs") };
    assert_eq!((interrupted.cause, recovered.cause), (Cause::First, Cause::Recovery));
    assert!(interrupted.finished_at.is_some());
    assert!(interrupted.error.as_ref().unwrap().contains("the host ended"), "{interrupted:?}");
}
