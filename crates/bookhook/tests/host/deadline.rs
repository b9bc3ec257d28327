//! Callers wait as long as the deadline, runs last as long as their timeout.

use std::time::Duration;

use bookhook::model::{Outcome, Policy, State};
use bookhook_testkit::{Gate, Runs};
use serde_json::json;

use crate::stage::{Stage, answer, event, handled};

const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn past_the_deadline_the_caller_is_told_to_come_back_and_the_run_goes_on() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let policy = Policy { deadline: SHORT, ..Policy::default() };
    let serving = stage.serve(stage.gated(&runs, &gate, policy)).await;
    let event = event("e1", "b1");

    // The second call joins the run, and waits in vain too.
    for _ in 0..2 {
        let reply = serving.post(&event).send().await;
        assert_eq!(reply.status, 429);
        assert!(reply.retry_after().unwrap() >= 1);
        assert!(reply.json()["error"].is_string());
    }
    let delivery = serving.delivery(&event).await;
    assert_eq!((delivery.state, delivery.answered), (State::Running, None));

    gate.open();
    serving.until(&event, "it is settled", |found| found.state == State::Settled).await;
    assert_eq!(serving.post(&event).send().await.json(), json!({"result": "e1 run 1"}));
    assert_eq!(runs.count(), 1);
}

#[tokio::test]
async fn a_run_that_takes_too_long_is_an_error_and_its_lane_goes_on() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let hook = handled(stage.app(), &runs, move |told| {
        let gate = gate.clone();
        async move {
            if told.event == "slow" {
                gate.pass().await;
            }
            Ok(answer(&told))
        }
    });
    let serving = stage.serve(hook.policy(Policy { timeout: SHORT, ..Policy::default() })).await;
    let (slow, next) = (event("slow", "b1"), event("next", "b1"));

    let first = serving.sent(&slow).await;
    let second = serving.sent(&next).await;

    let reply = first.await.unwrap();
    assert_eq!(
        (reply.status, reply.json()),
        (200, json!({"error": "the handler did not answer within 50ms"}))
    );
    assert_eq!(second.await.unwrap().json(), json!({"result": "next run 1"}));
    let delivery = serving.delivery(&slow).await;
    assert_eq!((delivery.state, delivery.outcome), (State::Settled, Some(Outcome::Error)));
    assert!(runs.lanes_with_overlaps().is_empty());
}
