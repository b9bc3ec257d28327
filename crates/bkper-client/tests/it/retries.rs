//! What is tried again, and what is not.

#![allow(clippy::unwrap_used, reason = "a test that cannot call fails")]

use std::time::{Duration, Instant};

use bkper_client::model::{Account, Transaction};
use bkper_client::{BookHandle, Client, Error, RetryPolicy};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::scripted::{Answer, Server, quick, refusal};

fn operation() -> Value {
    json!({"transaction": {"id": "t1", "posted": true}, "accounts": []})
}

fn with_remote_id() -> Transaction {
    Transaction { remote_ids: Some(vec!["r1".into()]), ..Transaction::default() }
}

/// How often a call was made that was answered first so, and then well.
async fn calls<F: Future<Output = Result<(), Error>>>(
    first: Answer,
    then: Value,
    call: impl FnOnce(BookHandle) -> F,
) -> (usize, Result<(), Error>) {
    let server = Server::answering([first, Answer::Json(200, then)]).await;
    let client = server.builder().token("mia").timeout(Duration::from_secs(2)).build().unwrap();
    let done = call(client.book("b1")).await;
    (server.lines().len(), done)
}

fn what_passes() -> [Answer; 7] {
    [
        Answer::Text(408, ""),
        Answer::Json(429, refusal(429, "rateLimitExceeded", "slower")),
        Answer::Json(500, refusal(500, "backendError", "sorry")),
        Answer::Text(502, "<html>Bad Gateway</html>"),
        Answer::WithHeader(503, "retry-after", "3600"),
        Answer::Break,
        Answer::Silence,
    ]
}

#[tokio::test]
async fn what_can_pass_is_tried_again_for_a_call_that_can_be_repeated() {
    for failure in what_passes() {
        let read = calls(failure, json!({"id": "b1"}), async |book| book.get().await.map(drop)).await;
        assert!(matches!(read, (2, Ok(()))), "{read:?}");
    }
    for failure in what_passes() {
        let create = async |book: BookHandle| book.create_transaction(&with_remote_id()).await.map(drop);
        let created = calls(failure, operation(), create).await;
        assert!(matches!(created, (2, Ok(()))), "{created:?}");
    }
    for failure in what_passes() {
        let check = async |book: BookHandle| book.transaction("t1").check().await.map(drop);
        let checked = calls(failure, operation(), check).await;
        assert!(matches!(checked, (2, Ok(()))), "{checked:?}");
    }
}

#[tokio::test]
async fn what_may_have_been_done_is_not_done_twice() {
    for failure in what_passes() {
        let may_repeat = matches!(failure, Answer::Json(429, _));
        let create = async |book: BookHandle| book.new_transaction().amount("1").post().await.map(drop);
        let (calls, done) = calls(failure, operation(), create).await;
        assert_eq!((calls, done.is_ok()), if may_repeat { (2, true) } else { (1, false) }, "{done:?}");
        assert!(done.is_ok() || done.unwrap_err().is_transient());
    }
}

#[tokio::test]
async fn each_call_knows_whether_it_can_be_repeated() {
    /// How often it is called when the server only fails.
    async fn tries<T>(call: impl AsyncFnOnce(BookHandle) -> Result<T, Error>) -> usize {
        let server = Server::answering((0..9).map(|_| Answer::Text(503, ""))).await;
        assert!(call(server.client().book("b1")).await.is_err());
        server.lines().len()
    }
    let stored = || Transaction { id: Some("t1".into()), ..Transaction::default() };
    let account = Account { name: Some("Cash".into()), ..Account::default() };

    assert_eq!(tries(async |book| book.post_transaction(&stored()).await).await, 4);
    assert_eq!(tries(async |book| book.update_transaction(&stored()).await).await, 4);
    assert_eq!(tries(async |book| book.create_transactions(vec![with_remote_id(); 2]).await).await, 4);
    assert_eq!(tries(async |book| book.check_transactions(["t1"]).await).await, 4);
    assert_eq!(tries(async |book| book.delete_accounts([&stored_account()]).await).await, 4);
    assert_eq!(tries(async |book| book.account("1").delete().await).await, 4);
    assert_eq!(tries(async |book| book.audit().await).await, 4);

    let mixed = vec![with_remote_id(), Transaction::default()];
    assert_eq!(tries(async |book| book.create_transactions(mixed).await).await, 1);
    assert_eq!(tries(async |book| book.create_account(&account).await).await, 1);
    assert_eq!(tries(async |book| book.merge_transactions("t1", "t2").await).await, 1);
    assert_eq!(tries(async |book| book.copy("Copy").await).await, 1);
    assert_eq!(tries(async |book| book.event("e1").replay("tax-bot").await).await, 1);
}

fn stored_account() -> Account {
    Account { id: Some("1".into()), ..Account::default() }
}

#[tokio::test]
async fn what_will_not_pass_is_not_tried_again() {
    for status in [400, 401, 403, 404, 409, 418] {
        let answer = Answer::Json(status, refusal(status, "required", "no"));
        let (calls, done) = calls(answer, json!({}), async |book| book.get().await.map(drop)).await;
        assert_eq!((calls, done.unwrap_err().status()), (1, Some(status)));
    }
}

#[tokio::test]
async fn tries_come_to_an_end_with_the_last_error() {
    let server =
        Server::answering((0..9).map(|_| Answer::Json(503, refusal(503, "backendError", "later")))).await;
    let error = server.client().user().await.unwrap_err();
    assert_eq!(error.to_string(), "GET /v5/user was refused with 503 (backendError): later");
    assert_eq!(server.lines().len(), 4);
}

#[tokio::test]
async fn retries_can_be_turned_off() {
    let server = Server::answering([Answer::Text(503, "")]).await;
    let client = server.builder().retry(RetryPolicy::OFF).build().unwrap();
    assert!(client.user().await.is_err());
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn a_wish_of_the_server_is_granted() {
    let server =
        Server::answering([Answer::WithHeader(429, "retry-after", "1"), Answer::Json(200, json!({}))]).await;
    let patient = RetryPolicy { longest_wish: Duration::from_secs(5), ..quick() };
    let begin = Instant::now();
    server.builder().retry(patient).build().unwrap().user().await.unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_connection_that_cannot_be_made_is_tried_again_even_for_what_cannot_be_repeated() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let wait = Duration::from_millis(20);
    let policy = RetryPolicy { tries: 3, first: wait, longest: wait, longest_wish: wait };
    let client = Client::builder().base_url(url).retry(policy).build().unwrap();
    let begin = Instant::now();
    let error = client.book("b1").copy("Copy").await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error:?}");
    assert!(begin.elapsed() >= wait, "it waited at least half of two waits");
}
