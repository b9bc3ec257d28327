//! A handler that answers 429: not now.

use bookhook::model::{Cause, State};
use serde_json::json;

use crate::handler_server::{Does, HandlerServer};
use crate::stage::{Stage, event};

#[tokio::test]
async fn a_busy_handlers_429_goes_to_the_caller_whose_retry_runs_again() {
    let stage = Stage::new();
    let script = |call| if call == 0 { Does::IsBusy("7") } else { Does::Answers(r#"{"result": "done"}"#) };
    let handler = HandlerServer::start(script).await;
    let serving = stage.serve_url(&handler.url(), &[]).await;
    let (busy, next) = (event("e1", "b1"), event("e2", "b1"));

    let reply = serving.post(&busy).send().await;
    assert_eq!((reply.status, reply.retry_after()), (429, Some(7)));
    let waiting = serving.delivery(&busy).await;
    assert_eq!((waiting.state, waiting.next_run_at, waiting.answered), (State::Waiting, None, None));

    // The lane does not wait for it.
    assert_eq!(serving.post(&next).send().await.status, 200);

    let retry = serving.post(&busy).send().await;
    assert_eq!((retry.status, retry.json()), (200, json!({"result": "done"})));
    let runs = serving.delivery(&busy).await.runs.unwrap();
    let told: Vec<_> = runs.iter().map(|run| (run.cause, run.handler_status)).collect();
    assert_eq!(told, [(Cause::First, Some(429)), (Cause::Retry, Some(200))]);
    assert_eq!(handler.calls()[2].header("bookhook-cause"), Some("retry"));
    assert_eq!(handler.calls()[2].header("bookhook-run"), Some("2"));
}

#[tokio::test]
async fn a_busy_handler_that_names_no_time_is_given_one() {
    let stage = Stage::new();
    let handler = HandlerServer::start(|_| Does::IsBusy("")).await;
    let serving = stage.serve_url(&handler.url(), &[]).await;

    let reply = serving.post(event("e1", "b1")).send().await;

    assert_eq!(reply.status, 429);
    assert!(reply.retry_after().unwrap() >= 1);
}

#[tokio::test]
async fn what_waits_for_its_caller_waits_over_a_restart_too() {
    let stage = Stage::new();
    let script = |call| if call == 0 { Does::IsBusy("1") } else { Does::Answers("{}") };
    let handler = HandlerServer::start(script).await;
    let serving = stage.serve_url(&handler.url(), &[]).await;
    let event = event("e1", "b1");
    assert_eq!(serving.post(&event).send().await.status, 429);
    serving.stop().await;

    let serving = stage.serve_url(&handler.url(), &[]).await;
    assert_eq!(serving.delivery(&event).await.state, State::Waiting);
    assert_eq!(serving.post(&event).send().await.status, 200);
    assert_eq!(serving.delivery(&event).await.runs.unwrap()[1].cause, Cause::Retry);
    assert_eq!(handler.calls().len(), 2);
}
