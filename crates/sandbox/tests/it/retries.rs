//! An event is sent again to an app that is busy or fails, and what comes of it in the end is recorded.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use std::time::Duration;

use bookhook_sandbox::{Happening, Outcome, Sandbox, TimeChange};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::client::Client;
use crate::deliveries::{given, hasty, new_account};
use crate::receiver::{Receiver, Reply};

const EVENTS: &[&str] = &["ACCOUNT_CREATED"];

/// The responses to the newest event of this type.
async fn responses(client: &Client, book: &str) -> Value {
    let mut events = client.get(&format!("{book}/events?type=ACCOUNT_CREATED&limit=1")).await.ok();
    let mut responses = events["items"][0]["botResponses"].take();
    for response in responses.as_array_mut().unwrap() {
        let created = response.as_object_mut().unwrap().remove("createdAt").unwrap();
        assert!(created.as_str().unwrap().parse::<i64>().is_ok());
    }
    responses
}

/// What is recorded when the app answers so.
async fn recorded(reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> (Value, usize) {
    let app = Receiver::answering(move |calls, _| reply(calls)).await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", EVENTS)).await;
    new_account(&mia, &book, "Cash").await;
    sandbox.settled().await;
    (responses(&mia, &book).await, app.received().len())
}

fn response(kind: &str, message: &str) -> Value {
    json!([{"agentId": "tax-bot", "type": kind, "message": message}])
}

#[tokio::test]
async fn a_result_a_warning_and_an_error_are_recorded() {
    let html = "<a href='https://x.example'>POSTED</a> &";
    assert_eq!(recorded(move |_| json!({"result": html}).into()).await, (response("INFO", html), 1));
    let warned = recorded(|_| json!({"result": "ok", "warning": ["a", "b"]}).into()).await;
    assert_eq!(warned, (response("WARNING", "a\nb"), 1));
    let failed = recorded(|_| json!({"error": ["Error: x", "  at y"]}).into()).await;
    assert_eq!(failed, (response("ERROR", "Error: x\n  at y"), 1), "it is not sent again");
    assert_eq!(recorded(|_| json!({"result": false}).into()).await, (json!([]), 1));
    let text = recorded(|_| (200, "done").into()).await;
    assert_eq!(text, (response("ERROR", "the answer is not JSON: done"), 1));
    let unknown = recorded(|_| (404, "no such hook").into()).await;
    assert_eq!(unknown, (response("ERROR", "HTTP 404 Not Found: no such hook"), 1));
}

#[tokio::test]
async fn an_app_that_fails_is_tried_five_times() {
    let failed = recorded(|_| (503, "down").into()).await;
    assert_eq!(failed, (response("ERROR", "HTTP 503 Service Unavailable: down"), 5));
    let recovered = recorded(|calls| match calls {
        0..4 => (500, "down").into(),
        _ => json!({"result": "up"}).into(),
    });
    assert_eq!(recovered.await, (response("INFO", "up"), 5));
}

#[tokio::test]
async fn an_app_that_cannot_be_reached_is_an_error_in_the_end() {
    let sandbox = hasty().start().await.unwrap();
    let app = Receiver::silent().await;
    let manifest = app.manifest("tax-bot", EVENTS);
    drop(app);
    let (mia, book) = given(&sandbox, manifest).await;
    new_account(&mia, &book, "Cash").await;
    sandbox.settled().await;
    let responses = responses(&mia, &book).await;
    let message = responses[0]["message"].as_str().unwrap();
    assert!(message.contains("refused"), "{message}");
}

#[tokio::test]
async fn an_app_that_does_not_answer_in_time_is_an_error_at_once() {
    let app = Receiver::holding(|_, _| json!({}).into()).await;
    let sandbox = hasty().delivery_timeout(Duration::from_millis(100)).start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", EVENTS)).await;
    new_account(&mia, &book, "Cash").await;
    sandbox.settled().await;
    assert_eq!(responses(&mia, &book).await, response("ERROR", "no answer within 0.1 s"));
    assert_eq!(app.received().len(), 1);
}

#[tokio::test]
async fn a_busy_app_is_asked_until_it_answers_and_what_waits_is_the_backlog() {
    let app = Receiver::answering(|calls, _| match calls {
        0..20 => (429, "").into(),
        _ => json!({"result": "done"}).into(),
    })
    .await;
    let sandbox = hasty().start().await.unwrap();
    let mut watch = sandbox.watch();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", EVENTS)).await;
    for name in ["a", "b", "c"] {
        new_account(&mia, &book, name).await;
    }
    app.came(2).await;
    assert_eq!(mia.get(&format!("{book}/events/backlog")).await.ok(), json!({"count": 3}));
    sandbox.settled().await;
    assert_eq!(mia.get(&format!("{book}/events/backlog")).await.ok(), json!({"count": 0}));
    let names: Vec<_> = app.received().iter().map(|call| call.name().to_owned()).collect();
    assert_eq!(names[..21], ["a"; 21], "what is behind waits");
    assert_eq!(names[21..], ["b", "c"]);

    let mut attempts = Vec::new();
    while attempts.len() < 21 {
        if let Some(Happening::Delivery(delivery)) = watch.next().await {
            let again = matches!(delivery.outcome, Outcome::Again { .. });
            attempts.push((delivery.attempt, delivery.status.unwrap(), again));
        }
    }
    assert_eq!((attempts[0], attempts[20]), ((1, 429, true), (21, 200, false)));
}

#[tokio::test]
async fn each_try_has_a_token_of_its_own() {
    let app = Receiver::answering(|calls, _| match calls {
        0 => (429, "").into(),
        _ => json!({}).into(),
    })
    .await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", EVENTS)).await;
    new_account(&mia, &book, "Cash").await;
    let received = app.came(2).await;
    assert_ne!(received[0].header("bkper-oauth-token"), received[1].header("bkper-oauth-token"));
    assert_eq!(received[0].event, received[1].event);
}

#[tokio::test]
async fn a_clock_that_stands_still_holds_up_nothing() {
    let app = Receiver::answering(|calls, _| match calls {
        0..3 => (429, "").into(),
        _ => json!({}).into(),
    })
    .await;
    let sandbox = hasty().start().await.unwrap();
    sandbox.set_time(TimeChange::stop()).unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", EVENTS)).await;
    new_account(&mia, &book, "Cash").await;
    sandbox.settled().await;
    assert_eq!(app.received().len(), 4);
}

#[tokio::test]
async fn a_clock_that_is_put_forward_ends_a_wait() {
    let app = Receiver::answering(|calls, _| match calls {
        0 => (429, "").into(),
        _ => json!({}).into(),
    })
    .await;
    let hour = Duration::from_hours(1);
    let sandbox = Sandbox::builder().backoff(hour, hour).start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", EVENTS)).await;
    let mut watch = sandbox.watch();
    new_account(&mia, &book, "Cash").await;
    while !matches!(watch.next().await, Some(Happening::Delivery(_))) {}
    sandbox.set_time(TimeChange::advance(SignedDuration::from_hours(2))).unwrap();
    sandbox.settled().await;
    assert_eq!(app.received().len(), 2);
}

#[tokio::test]
async fn a_sandbox_that_is_started_again_goes_on_with_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("sandbox.db");
    let app = Receiver::answering(|calls, _| match calls {
        0 => (429, "").into(),
        _ => json!({"result": "done"}).into(),
    })
    .await;
    let hour = Duration::from_hours(1);
    let sandbox = Sandbox::builder().data(&data).backoff(hour, hour).start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", EVENTS)).await;
    for name in ["a", "b"] {
        new_account(&mia, &book, name).await;
    }
    app.came(1).await;
    drop(sandbox);

    let sandbox = hasty().data(&data).start().await.unwrap();
    sandbox.settled().await;
    let names: Vec<_> = app.received().iter().map(|call| call.name().to_owned()).collect();
    assert_eq!(names, ["a", "a", "b"]);
    let mia = Client::of(&sandbox).user("mia");
    assert_eq!(responses(&mia, &book).await, response("INFO", "done"));
}
