//! `reply: accepted`: Bkper is answered at once, and the host sees to the rest, whatever happens.

use bookhook::model::{Cause, Delivery, State};
use bookhook_testkit::eventually;
use serde_json::json;

use crate::handler_server::{Does, HandlerServer};
use crate::stage::{Serving, Stage, event};

const ACCEPTED: &str = "reply: accepted";
const SOON: &str = "retry: {first: 5ms, max: 20ms, max_runs: 1000}";
const HOLD: &str = "on_park: hold";

async fn until_settled(serving: &Serving, id: &str) -> Delivery {
    serving.until(&event(id, "b1"), "it is settled", |found| found.state == State::Settled).await
}

async fn until_parked(serving: &Serving, id: &str) -> Delivery {
    serving.until(&event(id, "b1"), "it is parked", |found| found.state == State::Parked).await
}

async fn is_accepted(serving: &Serving, id: &str, book: &str) {
    let reply = serving.post(event(id, book)).send().await;
    assert_eq!((reply.status, reply.json()), (200, json!({"result": false})), "{id}");
}

/// Which events the handler was called for.
fn events(handler: &HandlerServer) -> Vec<String> {
    let id = |body: &[u8]| serde_json::from_slice::<serde_json::Value>(body).unwrap()["id"].clone();
    handler.calls().iter().map(|call| id(&call.body).as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn events_are_accepted_while_the_handler_is_down_and_run_in_order_when_it_is_back() {
    let stage = Stage::new();
    let handler = HandlerServer::start(|_| Does::Answers("{}")).await;
    let (address, url) = (handler.address(), handler.url());
    handler.stop().await;
    let serving = stage.serve_url(&url, &[ACCEPTED, SOON]).await;
    for id in ["e1", "e2", "e3"] {
        is_accepted(&serving, id, "b1").await;
    }
    let tries = async || serving.delivery(&event("e1", "b1")).await.runs.unwrap().len();
    eventually("some tries", async || (tries().await >= 3).then_some(())).await;
    assert_eq!(serving.delivery(&event("e2", "b1")).await.state, State::Waiting);

    let handler = HandlerServer::start_at(address, |_| Does::Answers(r#"{"result": "at last"}"#)).await;
    for id in ["e1", "e2", "e3"] {
        until_settled(&serving, id).await;
    }
    assert_eq!(events(&handler), ["e1", "e2", "e3"]);
    let first = serving.delivery(&event("e1", "b1")).await;
    assert_eq!(first.answered, Some(200));
    let runs = first.runs.unwrap();
    assert!(runs[0].error.as_deref().unwrap().contains("nothing listens at"), "{runs:?}");
    assert!(runs[1..].iter().all(|run| run.cause == Cause::Retry));
}

#[tokio::test]
async fn what_the_handler_refuses_is_parked_and_its_book_goes_on() {
    let stage = Stage::new();
    let script = |call| if call == 0 { Does::Fails(404) } else { Does::Answers("{}") };
    let handler = HandlerServer::start(script).await;
    let serving = stage.serve_url(&handler.url(), &[ACCEPTED]).await;
    for id in ["e1", "e2"] {
        is_accepted(&serving, id, "b1").await;
    }
    let parked = until_parked(&serving, "e1").await;
    let reason = parked.parked_reason.unwrap();
    assert!(reason.contains("404") && reason.contains("not tried again"), "{reason}");
    until_settled(&serving, "e2").await;
}

#[tokio::test]
async fn a_replay_of_an_accepted_event_runs_it_again() {
    let stage = Stage::new();
    let handler = HandlerServer::start(|_| Does::Answers("{}")).await;
    let serving = stage.serve_url(&handler.url(), &[ACCEPTED]).await;
    is_accepted(&serving, "e1", "b1").await;
    until_settled(&serving, "e1").await;
    is_accepted(&serving, "e1", "b1").await;
    handler.until_called(2).await;
    let again = until_settled(&serving, "e1").await;
    let causes: Vec<_> = again.runs.unwrap().iter().map(|run| run.cause).collect();
    assert_eq!(causes, [Cause::First, Cause::Replay]);
}

#[tokio::test]
async fn a_host_that_is_killed_goes_on_with_what_it_accepted() {
    let stage = Stage::new();
    let handler = HandlerServer::start(|_| Does::Fails(503)).await;
    let (address, url) = (handler.address(), handler.url());
    let serving = stage.serve_url(&url, &[ACCEPTED, "retry: {first: 1h, max: 1h}"]).await;
    for id in ["e1", "e2"] {
        is_accepted(&serving, id, "b1").await;
    }
    let first = event("e1", "b1");
    let due = serving.until(&first, "it is to be tried again", |found| found.next_run_at.is_some());
    let due = due.await.next_run_at;
    serving.crash().await;

    // It keeps the time of its next try, and its place.
    let serving = stage.serve_url(&url, &[ACCEPTED, SOON]).await;
    is_accepted(&serving, "f1", "b2").await;
    serving.until(&event("f1", "b2"), "it is tried", |found| found.runs.as_ref().unwrap().len() > 1).await;
    let waiting = serving.delivery(&event("e1", "b1")).await;
    assert_eq!((waiting.state, waiting.next_run_at), (State::Waiting, due));
    assert_eq!(waiting.runs.unwrap().len(), 1);
    assert_eq!(serving.delivery(&event("e2", "b1")).await.runs.unwrap().len(), 0);
    serving.crash().await;
    handler.stop().await;

    // What was running is run again, and what the handler refuses is parked as before.
    let handler = HandlerServer::start_at(address, |_| Does::Fails(404)).await;
    let serving = stage.serve_url(&url, &[ACCEPTED]).await;
    let found = serving.until(&event("f1", "b2"), "it is parked", |found| found.state == State::Parked).await;
    assert!(found.runs.unwrap().len() > 2);
    drop(handler);
}

#[tokio::test]
async fn runs_before_a_crash_count() {
    let stage = Stage::new();
    let handler = HandlerServer::start(|_| Does::Fails(503)).await;
    let serving = stage.serve_url(&handler.url(), &[ACCEPTED, SOON]).await;
    is_accepted(&serving, "e1", "b1").await;
    serving.until(&event("e1", "b1"), "some tries", |found| found.runs.as_ref().unwrap().len() >= 3).await;
    serving.crash().await;

    let serving = stage.serve_url(&handler.url(), &[ACCEPTED, "retry: {first: 5ms, max_runs: 3}"]).await;
    let parked = until_parked(&serving, "e1").await;
    let (reason, runs) = (parked.parked_reason.unwrap(), parked.runs.unwrap().len());
    assert!(reason.starts_with(&format!("gave up after {runs} runs: ")), "{reason}");
}

#[tokio::test]
async fn a_book_that_waits_for_a_parked_event_waits_over_a_crash_until_that_is_settled() {
    let stage = Stage::new();
    let handler = HandlerServer::start(|_| Does::Fails(400)).await;
    let (address, url) = (handler.address(), handler.url());
    let serving = stage.serve_url(&url, &[ACCEPTED, HOLD]).await;
    is_accepted(&serving, "e1", "b1").await;
    until_parked(&serving, "e1").await;
    is_accepted(&serving, "e2", "b1").await;
    assert_eq!(serving.delivery(&event("e2", "b1")).await.state, State::Held);
    serving.crash().await;
    handler.stop().await;

    let handler = HandlerServer::start_at(address, |_| Does::Answers("{}")).await;
    let serving = stage.serve_url(&url, &[ACCEPTED, HOLD]).await;
    is_accepted(&serving, "e3", "b1").await;
    is_accepted(&serving, "f1", "b2").await;
    handler.until_called(1).await;
    for id in ["e2", "e3"] {
        assert_eq!(serving.delivery(&event(id, "b1")).await.state, State::Held, "{id}");
    }

    is_accepted(&serving, "e1", "b1").await;
    until_settled(&serving, "e3").await;
    assert_eq!(events(&handler), ["f1", "e1", "e2", "e3"]);
}
