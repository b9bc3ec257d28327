//! Apps are told of what happens in a book.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use std::time::Duration;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bookhook_sandbox::google::Signer;
use bookhook_sandbox::{Builder, OwnEvents, Sandbox, TimeChange};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::client::Client;
use crate::receiver::{Received, Receiver};

/// A sandbox where a retry takes milliseconds.
pub(crate) fn hasty() -> Builder {
    Sandbox::builder().backoff(Duration::from_millis(2), Duration::from_millis(20))
}

/// A book of mia's with the app in it.
pub(crate) async fn given(sandbox: &Sandbox, manifest: Value) -> (Client, String) {
    let mia = Client::of(sandbox).user("mia").agent("bkper-cli");
    let book = mia.new_book("Aurora").await;
    mia.user("owner").post("/v5/apps", manifest.clone()).await.ok();
    mia.post(&format!("{book}/integrations"), json!({"agentId": manifest["id"]})).await.ok();
    (mia, book)
}

pub(crate) async fn new_account(client: &Client, book: &str, name: &str) {
    client.post(&format!("{book}/accounts"), json!({"name": name, "type": "ASSET"})).await.ok();
}

#[tokio::test]
async fn an_app_is_told_what_it_asked_for_and_nothing_else() {
    let app = Receiver::silent().await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED"])).await;
    mia.post(&format!("{book}/groups"), json!({"name": "Assets"})).await.ok();
    new_account(&mia, &book, "Cash").await;
    sandbox.settled().await;

    let received = app.received();
    assert_eq!(received.len(), 1);
    let call = &received[0];
    assert_eq!((call.path.as_str(), call.what(), call.name()), ("/events", "ACCOUNT_CREATED", "Cash"));
    assert_eq!(call.header("content-type"), "application/json");
    assert_eq!(call.header("bkper-agent-id"), "tax-bot");
    assert_eq!(call.event["botResponses"], json!([]));
    assert_eq!(call.event["user"]["username"], "mia");
    assert_eq!(call.event["agent"], json!({"id": "bkper-cli", "name": "bkper-cli"}));
    assert!(book.ends_with(call.event["book"]["id"].as_str().unwrap()));
}

#[tokio::test]
async fn the_token_acts_for_who_installed_the_app() {
    let app = Receiver::silent().await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED"])).await;
    new_account(&mia, &book, "Cash").await;
    let token = app.came(1).await[0].header("bkper-oauth-token").to_owned();
    assert!(token.starts_with("ya29."), "{token}");
    let handler = Client::of(&sandbox).user(&token).agent("tax-bot");
    let book = handler.get(&book).await.ok();
    assert_eq!(book["permission"], "OWNER");
}

#[tokio::test]
async fn own_events_are_delivered_unless_they_are_suppressed() {
    let (loud, quiet) = (Receiver::silent().await, Receiver::silent().await);
    let sandbox = hasty().own_events("quiet", OwnEvents::Suppress).start().await.unwrap();
    let (mia, book) = given(&sandbox, loud.manifest("loud", &["ACCOUNT_CREATED"])).await;
    mia.post("/v5/apps", quiet.manifest("quiet", &["ACCOUNT_CREATED"])).await.ok();
    mia.post(&format!("{book}/integrations"), json!({"agentId": "quiet"})).await.ok();
    for agent in ["loud", "quiet", "bkper-cli"] {
        new_account(&mia.agent(agent), &book, agent).await;
    }
    sandbox.settled().await;
    let names = |app: &Receiver| app.received().iter().map(|call| call.name().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&loud), ["loud", "quiet", "bkper-cli"]);
    assert_eq!(names(&quiet), ["loud", "bkper-cli"]);
    let agent = &loud.received()[1].event["agent"];
    assert_eq!(agent, &json!({"id": "quiet", "name": "Tax Bot"}), "the app as it is registered");
}

#[tokio::test]
async fn events_of_a_book_come_in_order_and_books_do_not_wait_for_each_other() {
    let app = Receiver::holding(|_, _| json!({"result": false}).into()).await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, first) = given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED"])).await;
    let second = mia.new_book("Borealis").await;
    mia.post(&format!("{second}/integrations"), json!({"agentId": "tax-bot"})).await.ok();
    for name in ["a", "b", "c"] {
        new_account(&mia, &first, name).await;
    }
    new_account(&mia, &second, "x").await;

    let names = |received: Vec<Received>| {
        let mut names: Vec<_> = received.iter().map(|call| call.name().to_owned()).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(names(app.came(2).await), ["a", "x"], "one of each book, and nothing behind them");
    app.answer(4);
    sandbox.settled().await;
    let received = app.received();
    let of_first = received.iter().map(Received::name).filter(|name| *name != "x");
    assert_eq!(of_first.collect::<Vec<_>>(), ["a", "b", "c"]);
}

#[tokio::test]
async fn an_app_that_was_removed_is_told_nothing_more() {
    let app = Receiver::holding(|_, _| json!({"result": false}).into()).await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) =
        given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED", "INTEGRATION_DELETED"])).await;
    new_account(&mia, &book, "a").await;
    new_account(&mia, &book, "b").await;
    app.came(1).await;
    let integrations = mia.get(&format!("{book}/integrations")).await.ok();
    let id = integrations["items"][0]["id"].as_str().unwrap();
    mia.delete(&format!("{book}/integrations/{id}")).await.ok();
    new_account(&mia, &book, "c").await;
    app.answer(10);
    sandbox.settled().await;
    assert_eq!(app.received().len(), 1);
}

#[tokio::test]
async fn the_last_event_of_a_book_is_that_it_was_deleted() {
    let app = Receiver::silent().await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["BOOK_DELETED"])).await;
    mia.delete(&book).await.ok();
    assert_eq!(app.came(1).await[0].what(), "BOOK_DELETED");
    sandbox.settled().await;
}

#[tokio::test]
async fn a_developers_events_go_to_the_development_url() {
    let app = Receiver::silent().await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED"])).await;
    let owner = mia.user("owner");
    let dev = app.url().replace("/events", "/dev");
    owner.put("/v5/apps", json!({"id": "tax-bot", "webhookUrlDev": dev, "developers": "dev"})).await.ok();
    for email in ["owner", "dev"] {
        let share = json!({"email": format!("{email}@example.com"), "permission": "EDITOR"});
        mia.post(&format!("{book}/collaborators"), share).await.ok();
    }
    for user in ["mia", "owner", "dev"] {
        new_account(&mia.user(user), &book, user).await;
    }
    sandbox.settled().await;
    owner.put("/v5/apps", json!({"id": "tax-bot", "webhookUrlDev": null})).await.ok();
    new_account(&owner, &book, "owner again").await;
    sandbox.settled().await;
    let received = app.received();
    let paths: Vec<_> = received.iter().map(|call| (call.name(), call.path.as_str())).collect();
    let expected = [("mia", "/events"), ("owner", "/dev"), ("dev", "/dev"), ("owner again", "/events")];
    assert_eq!(paths, expected);
}

#[tokio::test]
async fn without_a_url_nothing_is_delivered() {
    let sandbox = hasty().start().await.unwrap();
    let manifest =
        json!({"id": "tax-bot", "events": ["ACCOUNT_CREATED"], "webhookUrlDev": "http://127.0.0.1:1/dev"});
    let (mia, book) = given(&sandbox, manifest).await;
    new_account(&mia, &book, "Cash").await;
    sandbox.settled().await;
    let events = mia.get(&format!("{book}/events?type=ACCOUNT_CREATED")).await.ok();
    assert_eq!(events["items"][0]["botResponses"], json!([]));
}

#[tokio::test]
async fn new_files_come_with_their_content_to_apps_that_have_patterns_for_them() {
    let app = Receiver::silent().await;
    let sandbox = hasty().start().await.unwrap();
    let mut manifest = app.manifest("ofx-bot", &[]);
    manifest["filePatterns"] = json!(["*.ofx"]);
    let (mia, book) = given(&sandbox, manifest).await;
    for name in ["notes.txt", "January.OFX"] {
        let file = json!({"name": name, "contentType": "text/plain", "content": "aGVsbG8="});
        mia.post(&format!("{book}/files"), file).await.ok();
    }
    sandbox.settled().await;
    let received = app.received();
    assert_eq!(received.len(), 1);
    let file = &received[0].event["data"]["object"];
    assert_eq!((&file["name"], &file["content"]), (&json!("January.OFX"), &json!("aGVsbG8=")));
    let events = mia.get(&format!("{book}/events?type=FILE_CREATED")).await.ok();
    assert_eq!(events["items"][0]["data"]["object"].get("content"), None, "it is kept once");
}

/// The part of a JWT, decoded.
fn decoded(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}

#[tokio::test]
async fn calls_are_signed_with_the_key_that_the_sandbox_publishes() {
    let app = Receiver::silent().await;
    let sandbox = hasty().start().await.unwrap();
    // Who checks a signature does not know the sandbox's clock.
    sandbox.set_time(TimeChange::advance(SignedDuration::from_hours(100_000))).unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED"])).await;
    new_account(&mia, &book, "Cash").await;
    let token = app.came(1).await[0].header("authorization").strip_prefix("Bearer ").unwrap().to_owned();

    let keys: Value = reqwest::get(sandbox.jwks_url()).await.unwrap().json().await.unwrap();
    let key = &keys["keys"][0];
    let component = |name: &str| decoded(key[name].as_str().unwrap());
    let public = RsaPublicKeyComponents { n: component("n"), e: component("e") };
    let (message, signature) = token.rsplit_once('.').unwrap();
    public.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &decoded(signature)).unwrap();

    let parts: Vec<&str> = token.split('.').collect();
    let header: Value = serde_json::from_slice(&decoded(parts[0])).unwrap();
    assert_eq!(header["kid"], key["kid"]);
    let claims: Value = serde_json::from_slice(&decoded(parts[1])).unwrap();
    assert_eq!(claims["aud"], app.url());
    assert_eq!(claims["email"], "bkper-hrd@appspot.gserviceaccount.com");
    let now = Timestamp::now().as_second();
    assert!(claims["iat"].as_i64().unwrap() <= now && now < claims["exp"].as_i64().unwrap());
}

#[tokio::test]
async fn a_key_of_ones_own_signs_the_calls() {
    let signer = Signer::generate().unwrap();
    let id = signer.key_id().to_owned();
    let sandbox = Sandbox::builder().signer(signer).start().await.unwrap();
    let keys: Value = reqwest::get(sandbox.jwks_url()).await.unwrap().json().await.unwrap();
    assert_eq!(keys["keys"][0]["kid"], json!(id));
}

#[tokio::test]
async fn a_token_names_its_user_until_its_time_is_over() {
    let app = Receiver::silent().await;
    let sandbox = hasty().token_lifetime(Duration::from_mins(5)).start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED"])).await;
    new_account(&mia, &book, "Cash").await;
    let token = app.came(1).await[0].header("bkper-oauth-token").to_owned();
    sandbox.set_time(TimeChange::advance(SignedDuration::from_secs(299))).unwrap();
    mia.user(&token).get(&book).await.ok();
    sandbox.set_time(TimeChange::advance(SignedDuration::from_secs(1))).unwrap();
    mia.user(&token).get(&book).await.refused(401, "required");
}
