//! One event from the caller to the journal and back.

use bookhook::model::{Cause, Outcome, State};
use bookhook_testkit::{OAUTH_TOKEN, Runs};

use crate::handler_server::{Does, HandlerServer};
use crate::stage::{APP, Stage, app_hook, event};

/// Nothing in it is as a serialiser would write it.
const RESPONSE: &str = "{ \"result\" : [\"TAX:  12.50\", \"\\u00e9\"],\n\t\"other\": 1.50 }\n";

#[tokio::test]
async fn an_event_goes_through_the_door_to_the_handler_and_its_response_comes_back() {
    let stage = Stage::new();
    let handler = HandlerServer::start(|_| Does::Answers(RESPONSE)).await;
    let serving = stage.serve_url(&handler.url(), &[]).await;
    let event = event("e1", "b1").agent("bkper-cli");

    let reply = serving.post(event.reformatted()).send().await;

    assert_eq!((reply.status, reply.text()), (200, RESPONSE));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let call = handler.calls().remove(0);
    let delivery = serving.delivery(&event).await;
    assert_eq!(call.body, event.reformatted());
    for (name, value) in [
        ("content-type", Some("application/json")),
        ("bkper-oauth-token", Some(OAUTH_TOKEN)),
        ("bkper-agent-id", Some(APP)),
        ("bookhook-delivery", Some(&*delivery.id.to_string())),
        ("bookhook-run", Some("1")),
        ("bookhook-cause", Some("first")),
        ("authorization", None),
    ] {
        assert_eq!(call.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn the_journal_has_the_delivery_its_run_its_payload_and_that_it_was_answered() {
    let stage = Stage::new();
    let handler = HandlerServer::start(|_| Does::Answers(RESPONSE)).await;
    let serving = stage.serve_url(&handler.url(), &[]).await;
    let event = event("e1", "b1").agent("bkper-cli");

    serving.post(event.reformatted()).send().await;

    let delivery = serving.until(&event, "it is noted as answered", |found| found.answered.is_some()).await;
    assert_eq!(delivery.hook, app_hook());
    assert_eq!(delivery.event_id.unwrap().to_string(), "e1");
    assert_eq!(&*delivery.event_type, "TRANSACTION_CHECKED");
    assert_eq!(delivery.lane.unwrap().to_string(), "b1");
    assert_eq!(delivery.book_id.as_deref(), Some("b1"));
    assert_eq!(delivery.agent_id.as_deref(), Some("bkper-cli"));
    assert_eq!((delivery.state, delivery.outcome), (State::Settled, Some(Outcome::Result)));
    assert_eq!((delivery.answered, delivery.conflict), (Some(200), false));
    assert_eq!((delivery.parked_reason, delivery.next_run_at), (None, None));
    assert!(delivery.received_at <= delivery.settled_at.unwrap());

    let [run] = &delivery.runs.unwrap()[..] else { panic!("one run") };
    assert_eq!((run.number.0, run.cause), (1, Cause::First));
    assert_eq!((run.handler_status, &run.error), (Some(200), &None));
    assert_eq!(run.response.as_ref().unwrap().json(), RESPONSE);
    assert!(run.started_at <= run.finished_at.unwrap());

    let payload = serving.host().journal().payload(delivery.id).await.unwrap().unwrap();
    assert_eq!(payload.body, event.reformatted());
    assert_eq!(payload.content_type(), Some("application/json"));
}

#[tokio::test]
async fn the_users_token_is_in_no_file_of_the_journal() {
    let stage = Stage::new();
    let handler = HandlerServer::start(|_| Does::Hangs).await;
    let serving = stage.serve_url(&handler.url(), &[]).await;
    let event = event("e1", "b1");

    let exchange = serving.post(&event).begin().await;
    handler.until_called(1).await;
    assert_kept_secret(&stage);
    exchange.break_off();
    serving.crash().await;
    assert_kept_secret(&stage);

    // An error keeps the token, sealed, for a replay.
    let handler = HandlerServer::start(|_| Does::Answers(r#"{"error": "no such account"}"#)).await;
    let serving = stage.serve_url(&handler.url(), &[]).await;
    serving.until(&event, "it is recovered", |found| found.outcome == Some(Outcome::Error)).await;
    assert_eq!(handler.calls()[0].header("bkper-oauth-token"), Some(OAUTH_TOKEN));
    serving.stop().await;
    assert_kept_secret(&stage);
}

#[tokio::test]
async fn two_events_without_an_id_are_two_deliveries() {
    let (stage, runs) = (Stage::new(), Runs::default());
    let serving = stage.serve(stage.prompt(&runs)).await;
    let body = r#"{"type": "TRANSACTION_CHECKED", "bookId": "b1", "book": {"id": "b1"}}"#;
    for _ in 0..2 {
        assert_eq!(serving.post(body).send().await.status, 200);
    }
    let deliveries = serving.all().await;
    assert_eq!((deliveries.len(), runs.count()), (2, 2));
    assert!(deliveries.iter().all(|delivery| delivery.event_id.is_none() && !delivery.conflict));
}

fn assert_kept_secret(stage: &Stage) {
    let bytes = stage.journal_bytes();
    assert!(bytes.len() > 1000, "the journal was looked at");
    let found = |secret: &str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
    assert!(found("demoTx0000000002"), "the payload is there as it came");
    assert!(!found(OAUTH_TOKEN), "the user's token");
    let caller_token = stage.bkper.sign(&stage.bkper.claims());
    let its_head = caller_token.split('.').next().unwrap();
    assert!(!found(its_head), "the caller's token");
}
