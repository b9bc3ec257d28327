//! After a crash.

use std::time::Duration;

use bookhook::model::{Cause, Policy, State};
use bookhook_testkit::{Gate, Runs, eventually};
use jiff::Timestamp;
use serde_json::json;

use crate::handler_server::{Does, HandlerServer};
use crate::stage::{Serving, Stage, event};

/// A host has taken these events, the first is running, and it crashes.
async fn crashed(stage: &Stage, policy: Policy, ids: &[(&str, &str)]) {
    let (runs, gate) = (Runs::default(), Gate::closed());
    let serving = stage.serve(stage.gated(&runs, &gate, policy)).await;
    for (id, book) in ids {
        serving.sent(&event(id, book)).await.abort();
    }
    runs.until_begun(1).await;
    serving.crash().await;
}

#[tokio::test]
async fn everything_that_was_accepted_runs_again_in_the_order_of_append() {
    let stage = Stage::new();
    let ids = [("e1", "b1"), ("e2", "b1"), ("f1", "b2"), ("e3", "b1"), ("f2", "b2")];
    crashed(&stage, Policy::default(), &ids).await;

    let runs = Runs::default();
    let serving = stage.serve(stage.prompt(&runs)).await;
    runs.until_ended(ids.len()).await;

    assert_eq!(runs.events_in("b1"), ["e1", "e2", "e3"]);
    assert_eq!(runs.events_in("b2"), ["f1", "f2"]);
    assert!(runs.causes().iter().all(|cause| *cause == Cause::Recovery));
    assert!(runs.lanes_with_overlaps().is_empty());
    let first =
        serving.until(&event("e1", "b1"), "it is settled", |found| found.state == State::Settled).await;
    let interrupted = &first.runs.unwrap()[0];
    assert!(interrupted.finished_at.is_some() && interrupted.error.is_some());
    // Nobody was told, so this is a retry.
    assert_eq!(serving.post(event("e1", "b1")).send().await.json(), json!({"result": "e1 run 2"}));
    assert_eq!(runs.count(), ids.len());
}

#[tokio::test]
async fn a_callers_retry_joins_the_recovered_run_and_new_events_come_after_it() {
    let stage = Stage::new();
    crashed(&stage, Policy::default(), &[("e1", "b1")]).await;

    let (runs, gate) = (Runs::default(), Gate::closed());
    let serving = stage.serve(stage.gated(&runs, &gate, Policy::default())).await;
    runs.until_begun(1).await;
    let retry = serving.sending(&event("e1", "b1")).await;
    let new = serving.sent(&event("e2", "b1")).await;
    gate.open();

    assert_eq!(retry.await.unwrap().json(), json!({"result": "e1 run 2"}));
    assert_eq!(new.await.unwrap().status, 200);
    assert_eq!(runs.events(), ["e1", "e2"]);
    assert_eq!(runs.causes(), [Cause::Recovery, Cause::First]);
}

/// A handler behind a URL took an event, and then it and the host went away.
async fn both_gone(stage: &Stage) -> std::net::SocketAddr {
    let handler = HandlerServer::start(|_| Does::Hangs).await;
    let serving = stage.serve_url(&handler.url(), &[]).await;
    for id in ["e1", "e2"] {
        serving.sent(&event(id, "b1")).await.abort();
    }
    handler.until_called(1).await;
    serving.crash().await;
    let address = handler.address();
    handler.stop().await;
    address
}

async fn runs_of(serving: &Serving, id: &str) -> usize {
    serving.delivery(&event(id, "b1")).await.runs.unwrap().len()
}

#[tokio::test]
async fn a_recovered_run_whose_handler_cannot_be_reached_is_tried_again_until_it_can() {
    let stage = Stage::new();
    let address = both_gone(&stage).await;
    let url = format!("http://{address}/events");

    let serving = stage.serve_url(&url, &["retry: {first: 5ms, max: 20ms, max_runs: 1000}"]).await;
    eventually("some tries", async || (runs_of(&serving, "e1").await >= 4).then_some(())).await;
    assert_eq!(runs_of(&serving, "e2").await, 0, "the lane waits for its first");
    let handler = HandlerServer::start_at(address, |_| Does::Answers(r#"{"result": "at last"}"#)).await;
    let settled = async |id| {
        serving.until(&event(id, "b1"), "it is settled", |found| found.state == State::Settled).await
    };
    let (first, second) = (settled("e1").await, settled("e2").await);

    let runs = first.runs.unwrap();
    let causes: Vec<Cause> = runs.iter().map(|run| run.cause).collect();
    assert_eq!(causes[..2], [Cause::First, Cause::Recovery]);
    assert!(causes[2..].iter().all(|cause| *cause == Cause::Retry));
    let (last, failed) = runs.split_last().unwrap();
    assert!(last.response.is_some());
    assert!(failed.iter().all(|run| run.error.is_some() && run.finished_at.is_some()));
    assert_eq!(second.runs.unwrap()[0].cause, Cause::Recovery);
    let called: Vec<_> = handler.calls().iter().map(|call| call.body.clone()).collect();
    assert_eq!(called, [event("e1", "b1").body(), event("e2", "b1").body()]);
}

#[tokio::test]
async fn the_host_gives_up_after_so_many_runs_and_says_why_and_the_lane_goes_on() {
    let stage = Stage::new();
    let address = both_gone(&stage).await;
    let url = format!("http://{address}/events");

    let serving = stage.serve_url(&url, &["retry: {first: 5ms, max: 20ms, max_runs: 3}"]).await;
    for id in ["e1", "e2"] {
        let parked =
            serving.until(&event(id, "b1"), "it is parked", |found| found.state == State::Parked).await;
        let reason = parked.parked_reason.unwrap();
        assert!(reason.contains("gave up after 3 runs"), "{reason}");
        assert_eq!(parked.runs.unwrap().len(), 3);
    }

    // Its source sends it again: it runs again.
    let _handler = HandlerServer::start_at(address, |_| Does::Answers("{}")).await;
    assert_eq!(serving.post(event("e1", "b1")).send().await.status, 200);
    let again = serving.delivery(&event("e1", "b1")).await;
    assert_eq!((again.state, again.runs.unwrap()[3].cause), (State::Settled, Cause::Retry));
}

#[tokio::test]
async fn what_would_run_with_an_expired_token_is_parked() {
    let stage = Stage::new();
    let policy = Policy { token_lifetime: Duration::from_millis(1), ..Policy::default() };
    crashed(&stage, policy, &[("e1", "b1")]).await;
    let received_at = Timestamp::now();
    eventually("the token to expire", async || {
        (Timestamp::now().duration_since(received_at).as_millis() > 1).then_some(())
    })
    .await;

    let runs = Runs::default();
    let serving = stage.serve(stage.prompt(&runs)).await;
    let parked =
        serving.until(&event("e1", "b1"), "it is parked", |found| found.state == State::Parked).await;
    assert_eq!(parked.parked_reason.as_deref(), Some("token expired"));
    assert_eq!(runs.count(), 0);

    // Sent again, it has a fresh token.
    assert_eq!(serving.post(event("e1", "b1")).send().await.json(), json!({"result": "e1 run 2"}));
    assert_eq!(runs.causes(), [Cause::Retry]);
}

#[tokio::test]
async fn what_was_sealed_with_another_key_is_parked_and_says_so() {
    let mut stage = Stage::new();
    stage.with_key(1);
    crashed(&stage, Policy::default(), &[("e1", "b1")]).await;

    stage.with_key(2);
    let runs = Runs::default();
    let serving = stage.serve(stage.prompt(&runs)).await;
    let parked =
        serving.until(&event("e1", "b1"), "it is parked", |found| found.state == State::Parked).await;
    let reason = parked.parked_reason.unwrap();
    assert!(reason.contains("sealed with another key") && reason.contains("BOOKHOOK_KEY"), "{reason}");
    assert_eq!(runs.count(), 0);
    assert_eq!(serving.post(event("e2", "b1")).send().await.status, 200, "the lane goes on");
}

#[tokio::test]
async fn a_replay_after_a_restart_is_a_replay() {
    let (stage, runs) = (Stage::new(), Runs::default());
    let serving = stage.serve(stage.prompt(&runs)).await;
    assert_eq!(serving.post(event("e1", "b1")).send().await.status, 200);
    serving.stop().await;

    let serving = stage.serve(stage.prompt(&runs)).await;
    assert_eq!(serving.delivery(&event("e1", "b1")).await.answered, Some(200));
    assert_eq!(serving.post(event("e1", "b1")).send().await.json(), json!({"result": "e1 run 2"}));
    assert_eq!(runs.causes(), [Cause::First, Cause::Replay]);
}
