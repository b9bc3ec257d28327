//! The sandbox's own door: what it is, its clock, its tokens.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use std::time::Duration;

use bookhook_sandbox::{Happening, Sandbox, Seed, TimeChange};
use serde_json::{Value, json};

use crate::client::Client;
use crate::receiver::Receiver;

#[tokio::test]
async fn the_sandbox_tells_what_it_is_and_who_and_what_is_in_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let book = client.user("mia").post("/v5/books", json!({"name": "Aurora"})).await.ok();
    let about = client.get("/sandbox/").await.ok();
    assert_eq!(about["api"], sandbox.url());
    assert_eq!(about["clock"]["running"], true);
    assert_eq!(about["users"], json!([{"username": "mia", "email": "mia@example.com", "name": "Mia"}]));
    assert_eq!(about["books"], json!([{"id": book["id"], "name": "Aurora", "owner": "mia"}]));
}

#[tokio::test]
async fn what_is_created_has_the_time_of_the_sandboxs_clock() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox).user("mia");
    let stopped =
        client.put("/sandbox/clock", json!({"now": "2031-05-01T08:00:00Z", "running": false})).await;
    assert_eq!(stopped.ok(), json!({"now": "2031-05-01T08:00:00Z", "running": false}));
    let book = client.post("/v5/books", json!({"name": "Aurora"})).await.ok();
    assert_eq!(book["createdAt"], "1935388800000");
    let moved = sandbox.set_time(TimeChange::advance(jiff::SignedDuration::from_hours(36))).unwrap();
    assert_eq!(moved.now.to_string(), "2031-05-02T20:00:00Z");
    assert_eq!(client.get("/sandbox/clock").await.ok()["now"], "2031-05-02T20:00:00Z");
}

#[tokio::test]
async fn what_goes_on_with_a_file_goes_on_with_its_clock() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let builder = Sandbox::builder().data(folder.path().join("sandbox.db"));
        async { builder.start().await.unwrap() }
    };
    let first = start().await;
    let year = TimeChange::advance(jiff::SignedDuration::from_hours(365 * 24));
    let ahead = first.set_time(year).unwrap();
    drop(first);
    let second = start().await;
    assert!(second.time().running && second.time().now >= ahead.now);
    let stopped = second.set_time(TimeChange::stop()).unwrap();
    drop(second);
    let third = start().await;
    assert_eq!(third.time(), stopped);
    third.reset().unwrap();
    assert!(third.time().running && third.time().now < ahead.now);
    drop(third);
    assert!(start().await.time().running);
}

#[tokio::test]
async fn a_token_names_its_user_until_it_expires() {
    let sandbox = Sandbox::builder().strict().start().await.unwrap();
    let client = Client::of(&sandbox);
    let token = client.post("/sandbox/tokens", json!({"user": "mia", "lifetime": "1h"})).await.ok();
    let text = token["token"].as_str().unwrap();
    let mia = client.user(text);
    assert_eq!(mia.post("/v5/books", json!({"name": "Aurora"})).await.ok()["ownerName"], "mia");
    assert_eq!(client.get("/sandbox/tokens").await.ok()["items"], json!([token]));
    let lasting = client.user(&sandbox.token("mia").unwrap());
    client.put("/sandbox/clock", json!({"advance": "61m"})).await.ok();
    mia.get("/v5/books").await.refused(401, "required");
    assert_eq!(lasting.get("/v5/books").await.ok()["items"][0]["name"], "Aurora");
}

#[tokio::test]
async fn what_the_door_does_not_understand_it_says_and_changes_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let before = client.put("/sandbox/clock", json!({"running": false})).await.ok();
    for (body, said) in [
        (json!({"forward": "1h"}), "unknown field `forward`, expected one of `now`, `advance`, `running`"),
        (json!({"advance": "soon"}), r#""soon" is no duration; write `90s`, `36h`, `7 days`"#),
        (json!({"now": "2031"}), r#""2031" is no time; write 2026-03-02T10:00:00Z"#),
    ] {
        let refused = client.put("/sandbox/clock", body).await.refused(400, "invalidParameter");
        assert!(refused.contains(said), "{refused}");
    }
    assert_eq!(client.get("/sandbox/clock").await.ok(), before);
    let refused = client.post("/sandbox/tokens", json!({"user": "no name"})).await;
    assert!(refused.refused(400, "invalidParameter").contains("no username"));
}

#[tokio::test]
async fn who_watches_hears_of_every_call_and_who_made_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut watch = sandbox.watch();
    let client = Client::of(&sandbox).user("mia@aurora.example").agent("tax-bot");
    client.get("/v5/books/none?&key=secret&x=1").await;
    let Some(Happening::Call(call)) = watch.next().await else { panic!("a call is a call") };
    assert_eq!((&*call.method, &*call.path, call.status), ("GET", "/v5/books/none?x=1", 404));
    assert_eq!(call.user.as_deref(), Some("mia"));
    assert_eq!(call.agent.unwrap().as_str(), "tax-bot");
}

/// A book with an app that answers 429 for now, and is asked again in an hour at the earliest.
async fn given_a_busy_app() -> (Receiver, Sandbox, Client) {
    let app =
        Receiver::answering(|calls, _| if calls == 0 { (429, "later").into() } else { json!({}).into() })
            .await;
    let seed = "books: [{id: one, name: One, owner: mia, apps: [tax-bot]}]";
    let hour = Duration::from_hours(1);
    let sandbox = Sandbox::builder().seed(Seed::parse("seed.yaml", seed).unwrap()).backoff(hour, hour);
    let sandbox = sandbox.app(app.manifest("tax-bot", &["ACCOUNT_CREATED"])).start().await.unwrap();
    let mia = Client::of(&sandbox).user("mia");
    (app, sandbox, mia)
}

async fn waiting(sandbox: &Sandbox, tries: u64) -> Value {
    let client = Client::of(sandbox);
    loop {
        let outbox = client.get("/sandbox/outbox").await.ok();
        if outbox["items"][0]["tries"] == tries {
            return outbox;
        }
    }
}

#[tokio::test]
async fn what_waits_to_be_sent_is_seen_and_sent_when_the_clock_is_put_forward() {
    let (app, sandbox, mia) = given_a_busy_app().await;
    mia.post("/v5/books/one/accounts", json!({"name": "Bank", "type": "ASSET"})).await.ok();
    let outbox = waiting(&sandbox, 1).await;
    let event = mia.get("/v5/books/one/events").await.ok()["items"][0]["id"].clone();
    let expected =
        json!({"event": event, "event_type": "ACCOUNT_CREATED", "book": "one", "app": "tax-bot", "tries": 1});
    assert_eq!(outbox, json!({"items": [expected]}));
    mia.put("/sandbox/clock", json!({"advance": "2h"})).await.ok();
    sandbox.settled().await;
    assert_eq!(app.received().len(), 2);
    assert_eq!(mia.get("/sandbox/outbox").await.ok(), json!({"items": []}));
}

#[tokio::test]
async fn after_a_reset_nothing_waits_for_what_was_before() {
    let (app, sandbox, mia) = given_a_busy_app().await;
    mia.post("/v5/books/one/accounts", json!({"name": "Bank", "type": "ASSET"})).await.ok();
    waiting(&sandbox, 1).await;
    sandbox.reset().unwrap();
    mia.post("/v5/books/one/accounts", json!({"name": "Cash", "type": "ASSET"})).await.ok();
    sandbox.settled().await;
    let names: Vec<_> = app.received().iter().map(|call| call.name().to_owned()).collect();
    assert_eq!(names, ["Bank", "Cash"]);
}

#[tokio::test]
async fn an_app_is_kept_from_its_own_events_when_the_door_is_told_so() {
    let (_app, sandbox, mia) = given_a_busy_app().await;
    let set = |setting: &'static str| {
        let mia = mia.clone();
        async move { mia.put("/sandbox/apps/tax-bot", json!({"own_events": setting})).await }
    };
    assert_eq!(set("suppress").await.ok()["own_events"], "suppress");
    mia.agent("tax-bot").post("/v5/books/one/accounts", json!({"name": "Own", "type": "ASSET"})).await.ok();
    assert_eq!(mia.get("/sandbox/outbox").await.ok(), json!({"items": []}));
    assert_eq!(Client::of(&sandbox).get("/sandbox").await.ok()["apps"][0]["own_events"], "suppress");
    let refused = set("sometimes").await.refused(400, "invalidParameter");
    assert!(refused.contains("expected `deliver` or `suppress`"), "{refused}");
    let unknown = mia.put("/sandbox/apps/none", json!({"own_events": "deliver"})).await;
    unknown.refused(404, "notFound");
}
