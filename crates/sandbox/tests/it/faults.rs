//! What goes wrong on purpose.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use std::time::{Duration, Instant};

use bookhook_sandbox::{CallFaults, DeliveryFaults, Faults, Sandbox, Times};
use serde_json::{Value, json};

use crate::client::{Client, given_a_book};
use crate::deliveries::{given, hasty, new_account};
use crate::receiver::{Receiver, Reply};

const EVENTS: &[&str] = &["ACCOUNT_CREATED"];

/// A sandbox with this fault, and what its app got when three accounts were made: their names in order.
async fn told(faults: DeliveryFaults, reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Told {
    let app = Receiver::holding(move |calls, _| reply(calls)).await;
    let sandbox = hasty().faults(Faults { deliveries: faults, ..Faults::default() }).start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", EVENTS)).await;
    for name in ["a", "b", "c"] {
        new_account(&mia, &book, name).await;
    }
    app.answer(100);
    sandbox.settled().await;
    let errors = mia.get(&format!("{book}/events?error=true")).await.ok();
    let received = app.received();
    let names = received.iter().map(|call| call.name().to_owned()).collect::<Vec<_>>().concat();
    let tokens = received.iter().map(|call| call.header("bkper-oauth-token").to_owned()).collect();
    Told { sandbox, book, names, tokens, errors: errors["items"].as_array().unwrap().len() }
}

struct Told {
    sandbox: Sandbox,
    book: String,
    names: String,
    tokens: Vec<String>,
    errors: usize,
}

fn fine(_: usize) -> Reply {
    json!({"result": "ok"}).into()
}

#[tokio::test]
async fn nothing_goes_wrong_unless_it_is_told() {
    let told = told(DeliveryFaults::default(), fine).await;
    assert_eq!((told.names.as_str(), told.errors), ("abc", 0));
    assert_eq!(told.sandbox.faults(), Faults::default());
}

#[tokio::test]
async fn an_event_comes_late() {
    let slow =
        DeliveryFaults { slow: Times::Next(1), delay: Duration::from_millis(300), ..Default::default() };
    let start = Instant::now();
    let told = told(slow, fine).await;
    assert_eq!(told.names, "abc");
    assert!(start.elapsed() >= Duration::from_millis(300));
    assert_eq!(told.sandbox.faults().deliveries.slow, Times::Next(0));
}

#[tokio::test]
async fn an_answer_that_is_lost_brings_the_event_again() {
    let told = told(DeliveryFaults { lost_answer: Times::Next(2), ..Default::default() }, fine).await;
    assert_eq!((told.names.as_str(), told.errors), ("aaabc", 0));
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_answer_brings_the_event_again() {
    let faults = DeliveryFaults {
        hang_up: Times::Next(1),
        patience: Duration::from_millis(500),
        ..Default::default()
    };
    let app = Receiver::holding(|_, _| json!({"result": "ok"}).into()).await;
    let sandbox = hasty().faults(Faults { deliveries: faults, ..Faults::default() }).start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", EVENTS)).await;
    new_account(&mia, &book, "a").await;
    // The first is not answered before the second is there.
    app.came(2).await;
    app.answer(2);
    sandbox.settled().await;
    assert_eq!(app.received().len(), 2);
}

#[tokio::test]
async fn an_event_comes_twice_and_the_last_answer_counts() {
    let told =
        told(DeliveryFaults { duplicate: Times::Next(1), ..Default::default() }, |calls| match calls {
            1 => json!({"error": "done already"}).into(),
            _ => json!({"result": "ok"}).into(),
        })
        .await;
    assert_eq!((told.names.as_str(), told.errors), ("aabc", 1));
}

#[tokio::test]
async fn an_event_overtakes_the_one_before() {
    let app = Receiver::holding(|_, _| json!({"result": "ok"}).into()).await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", EVENTS)).await;
    new_account(&mia, &book, "a").await;
    app.came(1).await;
    for name in ["b", "c", "d"] {
        new_account(&mia, &book, name).await;
    }
    let deliveries = DeliveryFaults { out_of_order: Times::Next(1), ..Default::default() };
    sandbox.set_faults(Faults { deliveries, ..Faults::default() });
    app.answer(10);
    sandbox.settled().await;
    let names: Vec<_> = app.received().iter().map(|call| call.name().to_owned()).collect();
    assert_eq!(names.concat(), "acbd");
}

#[tokio::test]
async fn a_token_is_expired_when_it_comes() {
    let told = told(DeliveryFaults { expired_token: Times::Next(1), ..Default::default() }, fine).await;
    let with = |token: &str| Client::of(&told.sandbox).user(token);
    let expired = with(&told.tokens[0]).get(&told.book).await;
    assert!(expired.refused(401, "required").starts_with("Login Required."));
    with(&told.tokens[1]).get(&told.book).await.ok();
}

#[tokio::test]
async fn calls_fail_or_are_too_many_and_change_nothing() {
    let (sandbox, mia, book) = given_a_book().await;
    let calls = CallFaults { too_many: Times::Next(1), failure: Times::Next(1), ..Default::default() };
    sandbox.set_faults(Faults { calls, ..Faults::default() });
    let accounts = format!("{book}/accounts");
    let cash = json!({"name": "Cash", "type": "ASSET"});
    mia.post(&accounts, cash.clone()).await.refused(429, "rateLimitExceeded");
    mia.post(&accounts, cash).await.refused(500, "backendError");
    assert_eq!(mia.get(&accounts).await.ok(), json!({"items": []}));
}

#[tokio::test]
async fn a_call_is_done_and_its_answer_is_lost() {
    let (sandbox, mia, book) = given_a_book().await;
    let calls = CallFaults { lost_answer: Times::Next(1), ..Default::default() };
    sandbox.set_faults(Faults { calls, ..Faults::default() });
    let url = format!("{}{book}/accounts", sandbox.url());
    let call = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    let call = call.post(url).bearer_auth("mia").json(&json!({"name": "Cash", "type": "ASSET"}));
    let broken = match call.send().await {
        Ok(answer) => answer.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(broken);
    assert_eq!(mia.get(&format!("{book}/accounts/Cash")).await.ok()["name"], "Cash");
}

#[tokio::test]
async fn a_call_is_answered_late() {
    let (sandbox, mia, book) = given_a_book().await;
    let calls =
        CallFaults { slow: Times::Percent(100), delay: Duration::from_millis(200), ..Default::default() };
    sandbox.set_faults(Faults { calls, ..Faults::default() });
    let start = Instant::now();
    mia.get(&book).await.ok();
    assert!(start.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn faults_are_set_over_http_and_taken_back_by_a_reset() {
    let (sandbox, mia, book) = given_a_book().await;
    let before = mia.get("/sandbox/faults").await.ok();
    assert_eq!(before["calls"]["failure"], "never");
    let faults = json!({"calls": {"failure": {"next": 5}}, "deliveries": {"delay": "250ms"}});
    let set = mia.put("/sandbox/faults", faults).await.ok();
    assert_eq!(
        (&set["calls"]["failure"], &set["deliveries"]["delay"]),
        (&json!({"next": 5}), &json!("250ms"))
    );
    mia.get(&book).await.refused(500, "backendError");
    assert_eq!(
        mia.get("/sandbox/faults").await.ok()["calls"]["failure"],
        json!({"next": 4}),
        "its own door works"
    );
    mia.put("/sandbox/faults", json!({"calls": {"explode": {"next": 5}}}))
        .await
        .refused(400, "invalidParameter");
    assert_eq!(mia.put("/sandbox/faults", json!({})).await.ok(), before);
    mia.put("/sandbox/faults", json!({"calls": {"failure": {"percent": 100}}})).await.ok();
    sandbox.reset().unwrap();
    assert_eq!(mia.get("/sandbox/faults").await.ok(), before);
    assert_eq!(mia.get("/v5/books").await.ok(), json!({"items": Value::Array(Vec::new())}));
}
