//! A hook that a person has paused.

use bookhook::model::{Policy, State};
use bookhook_testkit::{Gate, Runs};
use serde_json::json;

use crate::stage::{Serving, Stage, event};

#[tokio::test]
async fn a_paused_hook_holds_events_and_runs_them_in_order_when_it_is_resumed() {
    let (stage, runs) = (Stage::new(), Runs::default());
    let serving = stage.serve(stage.prompt(&runs)).await;

    serving.pause().await;
    send_held(&serving, &["e1", "e2", "e3"]).await;
    // A retry is still the same event.
    send_held(&serving, &["e2"]).await;
    assert_eq!(runs.count(), 0);

    serving.resume().await;
    runs.until_ended(3).await;
    for id in ["e1", "e2", "e3"] {
        serving.until(&event(id, "b1"), "it is settled", |found| found.state == State::Settled).await;
        let retry = serving.post(event(id, "b1")).send().await;
        assert_eq!((retry.status, retry.json()), (200, json!({"result": format!("{id} run 1")})));
    }
    assert_eq!(runs.events(), ["e1", "e2", "e3"]);
}

#[tokio::test]
async fn what_runs_when_its_hook_is_paused_ends_and_what_waits_is_held() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let serving = stage.serve(stage.gated(&runs, &gate, Policy::default())).await;
    let (running, waiting) = (event("e1", "b1"), event("e2", "b1"));

    let first = serving.sent(&running).await;
    let second = serving.sent(&waiting).await;
    serving.pause().await;
    assert_eq!(serving.delivery(&waiting).await.state, State::Held);
    gate.open();
    assert_eq!(first.await.unwrap().status, 200);
    assert_eq!(runs.events(), ["e1"]);

    serving.resume().await;
    assert_eq!(second.await.unwrap().json(), json!({"result": "e2 run 1"}));
}

#[tokio::test]
async fn a_paused_hook_is_paused_after_a_restart_too() {
    let (stage, runs) = (Stage::new(), Runs::default());
    let serving = stage.serve(stage.prompt(&runs)).await;
    serving.pause().await;
    send_held(&serving, &["e1", "e2"]).await;
    serving.stop().await;

    let serving = stage.serve(stage.prompt(&runs)).await;
    send_held(&serving, &["e2", "e3"]).await;
    assert_eq!(runs.count(), 0);

    serving.resume().await;
    runs.until_ended(3).await;
    assert_eq!(runs.events(), ["e1", "e2", "e3"]);
}

async fn send_held(serving: &Serving, ids: &[&str]) {
    for id in ids {
        let reply = serving.post(event(id, "b1")).send().await;
        assert_eq!(reply.status, 429, "{id}");
        assert!(reply.retry_after().unwrap() >= 1);
        assert_eq!(serving.delivery(&event(id, "b1")).await.state, State::Held, "{id}");
    }
}
