//! A handler behind a URL that asks to come back later.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use bookhook::EventType;
use bookhook::model::{Cause, Outcome, State};
use tokio::net::TcpListener;

use crate::scene::{Scene, sell};

const POSTED: &[EventType] = &[EventType::TransactionPosted];

/// The users' tokens that came, a call each.
type Tokens = Arc<Mutex<Vec<String>>>;

/// A handler that is busy when it is called for the first two times. Its URL.
async fn busy_twice(tokens: &Tokens) -> String {
    let tokens = Arc::clone(tokens);
    let handle = move |headers: HeaderMap| {
        let mut tokens = tokens.lock().unwrap();
        tokens.push(headers["bkper-oauth-token"].to_str().unwrap().to_owned());
        let is_busy = tokens.len() <= 2;
        async move {
            if is_busy {
                (StatusCode::TOO_MANY_REQUESTS, "come back later")
            } else {
                (StatusCode::OK, r#"{"result": "at last"}"#)
            }
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/events", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handle)).await });
    url
}

#[tokio::test]
async fn a_busy_handler_is_asked_again_with_a_fresh_token_until_it_answers() {
    let (scene, tokens) = (Scene::new().await, Tokens::default());
    let book = scene.book_with("tax-bot", POSTED).await;
    let serving = scene.serve_url("tax-bot", &busy_twice(&tokens).await).await;
    sell(&book, "440").await;
    scene.settled().await;

    assert_eq!(scene.activity(&book, &POSTED[0]).await, [["INFO of tax-bot: at last"]]);
    let delivery = serving.until("it is settled", |found| found.state == State::Settled).await;
    assert_eq!(delivery.outcome, Some(Outcome::Result));
    let runs: Vec<_> = delivery.runs.unwrap().iter().map(|run| (run.cause, run.handler_status)).collect();
    let expected = [(Cause::First, 429), (Cause::Retry, 429), (Cause::Retry, 200)];
    assert_eq!(runs, expected.map(|(cause, status)| (cause, Some(status))));

    let tokens = tokens.lock().unwrap().clone();
    assert_eq!(tokens.len(), 3);
    assert!(tokens[0] != tokens[1] && tokens[1] != tokens[2], "each try brings a token of its own");
}
