//! How much is taken on.

use bookhook::model::Policy;
use bookhook_testkit::{Gate, Runs};

use crate::stage::{Stage, event};

#[tokio::test]
async fn when_the_queue_is_full_callers_are_told_to_come_back_and_nothing_is_journaled() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let policy = Policy { queue: 1, ..Policy::default() };
    let serving = stage.serve(stage.gated(&runs, &gate, policy)).await;
    let refused = event("e3", "b1");

    let running = serving.sent(&event("e1", "b1")).await;
    let waiting = serving.sent(&event("e2", "b1")).await;
    let reply = serving.post(&refused).send().await;

    assert_eq!(reply.status, 429);
    assert!(reply.retry_after().unwrap() >= 1);
    assert!(reply.json()["error"].is_string());
    assert!(serving.deliveries(&refused).await.is_empty());
    assert_eq!(serving.refused("queue_full"), 1);

    // Another book need not wait, and so it is not refused.
    let other = serving.sent(&event("e4", "b2")).await;
    gate.open();
    for taken in [running, waiting, other] {
        assert_eq!(taken.await.unwrap().status, 200);
    }
    assert_eq!(serving.post(&refused).send().await.status, 200);
}
