//! Deadlines, 429, timeouts and answers that are none: the same, whatever kind of handler is behind the hook. The
//! handler is the same program each time.

use bookhook::model::{Cause, Outcome, State};
use bookhook_testkit::eventually;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::processes::{command, script, server};
use crate::stage::{Serving, Stage, event};

/// A host with the handler in one way in which it can be run.
struct Given {
    kind: &'static str,
    stage: Stage,
    serving: Serving,
}

/// Tells the story for the handler in every way in which it can be run. `policy` is lines of the hook.
async fn for_every_kind(policy: &[&str], story: impl AsyncFn(Given)) {
    let of_kind = async |kind| {
        let stage = Stage::new();
        let (handler, _server) = match kind {
            "http" => elsewhere(&stage).await,
            "run" => (server(""), None),
            _ => (command(), None),
        };
        let serving = stage.serve_handler(&handler, policy).await;
        // It has started.
        assert_eq!(serving.send_until_answered(&event("ok-0", "b0")).await.status, 200, "{kind}");
        story(Given { kind, stage, serving }).await;
    };
    tokio::join!(of_kind("http"), of_kind("run"), of_kind("exec"));
}

/// A server that somebody else has started.
async fn elsewhere(stage: &Stage) -> (String, Option<Child>) {
    let place = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut command = Command::new("python3");
    command.arg(script()).arg("serve").env("PORT", place.port().to_string());
    let server = command.current_dir(stage.folder.path()).kill_on_drop(true).spawn().unwrap();
    eventually("it listens", async || TcpStream::connect(place).await.ok()).await;
    (format!("{{http: \"http://{place}/\"}}"), Some(server))
}

#[tokio::test]
async fn a_response_is_the_callers() {
    for_every_kind(&[], async |Given { kind, serving, .. }| {
        let event = event("ok-1", "b1");
        assert_eq!(serving.post(&event).send().await.json(), json!({"result": "ok-1"}), "{kind}");
        assert_eq!(serving.delivery(&event).await.outcome, Some(Outcome::Result), "{kind}");
    })
    .await;
}

#[tokio::test]
async fn past_the_deadline_the_caller_comes_back_for_the_stored_response() {
    for_every_kind(&["deadline: 1s"], async |Given { kind, serving, stage }| {
        let event = event("late-1", "b1");
        assert_eq!(serving.post(&event).send().await.status, 429, "{kind}");
        assert_eq!(serving.delivery(&event).await.state, State::Running, "{kind}");
        stage.write("go");
        serving.until(&event, "it is settled", |found| found.state == State::Settled).await;
        assert_eq!(serving.post(&event).send().await.json(), json!({"result": "late-1"}), "{kind}");
        assert_eq!(serving.delivery(&event).await.runs.unwrap().len(), 1, "{kind}");
    })
    .await;
}

#[tokio::test]
async fn a_busy_handler_is_the_callers_to_try_again() {
    for_every_kind(&[], async |Given { kind, serving, .. }| {
        let event = event("busy-1", "b1");
        let reply = serving.post(&event).send().await;
        assert_eq!(reply.status, 429, "{kind}");
        assert!(reply.retry_after().unwrap() >= 1, "{kind}");
        assert_eq!(serving.delivery(&event).await.state, State::Waiting, "{kind}");
        assert_eq!(serving.post(&event).send().await.json(), json!({"result": "busy-1"}), "{kind}");
        let runs = serving.delivery(&event).await.runs.unwrap();
        assert_eq!((runs[0].cause, runs[1].cause), (Cause::First, Cause::Retry), "{kind}");
        assert_eq!(runs[0].handler_status, Some(429), "{kind}");
    })
    .await;
}

#[tokio::test]
async fn what_takes_too_long_or_is_no_response_is_an_error_and_the_lane_goes_on() {
    for_every_kind(&["timeout: 5s"], async |Given { kind, serving, .. }| {
        for (id, told) in [
            ("late-1", "the handler did not answer within 5s"),
            ("wrong-1", "a JSON list where a JSON object with `result`, `warning` or `error` is expected"),
            ("long-1", "more than 1MiB"),
        ] {
            let event = event(id, "b1");
            let reply = serving.post(&event).send().await;
            let error = reply.json()["error"].as_str().unwrap().to_owned();
            assert!(reply.status == 200 && error.contains(told), "{kind}: {error}");
            let delivery = serving.delivery(&event).await;
            let ended = (delivery.state, delivery.outcome, delivery.runs.unwrap().remove(0).error);
            assert_eq!(ended, (State::Settled, Some(Outcome::Error), Some(error)), "{kind}");
        }
        assert_eq!(serving.post(event("ok-1", "b1")).send().await.status, 200, "{kind}");
    })
    .await;
}
