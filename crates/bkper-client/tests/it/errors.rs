//! What a caller learns when a call fails, and what a call says to the server.

#![allow(clippy::unwrap_used, reason = "a test that cannot call fails")]

use std::error::Error as _;
use std::time::Duration;

use bkper_client::model::{Account, Book, Transaction};
use bkper_client::{Client, Error};
use serde_json::json;

use crate::scripted::{Answer, Server, refusal};

/// All that can be read of an error.
fn chain(error: &Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(format!("{error} {error:?}"), |text, cause| format!("{text} {cause} {cause:?}"))
}

#[tokio::test]
async fn a_refusal_tells_call_status_reason_and_message() {
    let server =
        Server::answering([Answer::Json(404, refusal(404, "notFound", "account not found: Bank Fees"))])
            .await;
    let error = server.client().book("b1").account("Bank Fees").get().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "GET /v5/books/b1/accounts/Bank%20Fees was refused with 404 (notFound): account not found: Bank Fees"
    );
    assert_eq!(error.call().method(), "GET");
    assert_eq!(error.call().path(), "/v5/books/b1/accounts/Bank%20Fees");
    assert_eq!((error.status(), error.code(), error.reason()), (Some(404), Some(404), Some("notFound")));
}

#[tokio::test]
async fn to_find_nothing_is_no_error_and_to_be_refused_is() {
    let strange = refusal(401, "required", "The user [a] is not a collaborator on the book [b - b1]");
    let missing = refusal(404, "notFound", "not found");
    let server = Server::answering([Answer::Json(404, missing), Answer::Json(404, strange)]).await;
    let account = server.client().book("b1").account("Cash");
    assert!(account.find().await.unwrap().is_none());
    assert!(account.find().await.unwrap_err().is_unauthorized());
}

#[tokio::test]
async fn a_client_without_a_token_says_so_when_one_is_needed() {
    let login = || Answer::Json(401, refusal(401, "required", "Login Required."));
    let server = Server::answering([login(), login()]).await;
    let error = server.client().user().await.unwrap_err();
    assert_eq!(error.to_string(), "GET /v5/user was refused: no token was sent, for the client has none");
    assert!(error.is_unauthorized());
    let expired = server.client().with_token("t0k").user().await.unwrap_err();
    assert_eq!(expired.to_string(), "GET /v5/user was refused with 401 (required): Login Required.");
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_an_error_that_says_so() {
    let server = Server::answering([
        Answer::Text(200, "<html>Log in</html>"),
        Answer::Json(200, json!([])),
        Answer::Text(204, ""),
    ])
    .await;
    for _ in 0..3 {
        let error = server.client().user().await.unwrap_err();
        assert!(matches!(error, Error::NotJson { .. }), "{error:?}");
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn an_operation_without_its_transaction_is_an_error() {
    let server = Server::with([json!({"accounts": []}), json!({})]).await;
    let book = server.client().book("b1");
    let error = book.transaction("t1").check().await.unwrap_err();
    assert_eq!(error.to_string(), "PATCH /v5/books/b1/transactions/check: the answer has no transaction");
    let error = book.transactions("").count().await.unwrap_err();
    assert_eq!(error.to_string(), "GET /v5/books/b1/transactions/count: the answer has no total");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = Server::answering([Answer::WithHeader(307, "location", "/v5/elsewhere")]).await;
    assert_eq!(server.client().user().await.unwrap_err().status(), Some(307));
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn what_refers_to_nothing_is_not_sent() {
    let server = Server::answering([]).await;
    let client = server.client();
    let book = client.book("b1");
    let nameless = Account::default();
    for error in [
        client.book("").delete().await.unwrap_err(),
        client.book(Book::default()).get().await.unwrap_err(),
        book.account("..").delete().await.unwrap_err(),
        book.account(&nameless).find().await.unwrap_err(),
        book.update_account(&nameless).await.unwrap_err(),
        book.delete_accounts([&nameless]).await.unwrap_err(),
        book.transaction(Transaction::default()).trash().await.unwrap_err(),
        book.trash_transactions(["t1", ""]).await.unwrap_err(),
        book.merge_transactions("t1", &Transaction::default()).await.unwrap_err(),
        client.collection("c1").add_books([&Book::default()]).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::NoAddress { .. }), "{error:?}");
    }
    assert_eq!(server.lines(), [""; 0]);
}

#[tokio::test]
async fn nothing_to_do_makes_no_call() {
    let server = Server::answering([]).await;
    let book = server.client().book("b1");
    book.create_accounts(Vec::new()).await.unwrap();
    book.create_transactions(Vec::new()).await.unwrap();
    book.update_transactions(Vec::new()).await.unwrap();
    book.check_transactions([""; 0]).await.unwrap();
    book.replay_events([""; 0]).await.unwrap();
    assert_eq!(server.lines(), [""; 0]);
}

#[tokio::test]
async fn a_call_says_who_calls() {
    let server = Server::with([json!({}), json!({})]).await;
    let client = server.builder().token("t0k").agent_id("tax-bot").api_key("k3y").build().unwrap();
    client.user().await.unwrap();
    client.book("b1").update(&Book { name: Some("Aurora".into()), ..Book::default() }).await.unwrap();
    let [read, written] = &server.asked()[..] else { panic!("two calls") };
    for asked in [read, written] {
        assert_eq!(asked.header("authorization"), Some("Bearer t0k"));
        assert_eq!(asked.header("bkper-agent-id"), Some("tax-bot"));
        assert_eq!(asked.header("bkper-api-key"), Some("k3y"));
    }
    assert_eq!(read.header("content-type"), None);
    assert_eq!(written.header("content-type"), Some("application/json"));
    assert_eq!(written.json(), json!({"name": "Aurora"}));
}

#[tokio::test]
async fn a_client_for_another_user_changes_nothing_of_the_first() {
    let server = Server::with([json!({}), json!({}), json!({})]).await;
    let nobody = server.client();
    let mia = nobody.with_token("mia");
    let bot = mia.with_agent_id("tax-bot");
    for client in [&nobody, &mia, &bot] {
        client.user().await.unwrap();
    }
    let asked = server.asked();
    let said = |name| asked.iter().map(|asked| asked.header(name)).collect::<Vec<_>>();
    assert_eq!(said("authorization"), [None, Some("Bearer mia"), Some("Bearer mia")]);
    assert_eq!(said("bkper-agent-id"), [None, None, Some("tax-bot")]);
}

#[tokio::test]
async fn no_error_has_a_secret_or_what_was_searched_for() {
    let hush = Client::builder().base_url("http://127.0.0.1:1").token("hush").api_key("hush");
    let client = hush.retry(bkper_client::RetryPolicy::OFF).build().unwrap();
    let unreachable = client.book("b1").transactions("hush").first().await.unwrap_err();
    assert!(matches!(unreachable, Error::Connect { .. }));

    let server = Server::answering([Answer::Silence, Answer::Break, Answer::Text(500, "no")]).await;
    let client = server.builder().token("hush").retry(bkper_client::RetryPolicy::OFF);
    let client = client.timeout(Duration::from_millis(100)).build().unwrap();
    let search = async || client.book("b1").transactions("hush").first().await.unwrap_err();
    let (timeout, broken, refused) = (search().await, search().await, search().await);
    assert!(matches!(timeout, Error::Timeout { .. }));
    assert!(matches!(broken, Error::Broken { .. }));

    let unsendable = client.with_token("hush\n").user().await.unwrap_err();
    assert_eq!(unsendable.to_string(), "GET /v5/user: the header authorization cannot have this value");

    for error in [unreachable, timeout, broken, refused, unsendable] {
        assert!(!chain(&error).contains("hush"), "{}", chain(&error));
    }
}

#[tokio::test]
async fn balances_that_are_elsewhere_are_fetched_there_without_the_token() {
    let elsewhere = Server::with([json!({"periodicity": "MONTHLY"})]).await;
    let url = format!("{}/balances.json?signature=hush", elsewhere.client().base_url());
    let server = Server::with([json!({"balancesUrl": url})]).await;
    let client = server.client().with_token("t0k").with_agent_id("tax-bot");
    let balances = client.book("b1").balances("group:Assets").await.unwrap();
    assert_eq!(balances.periodicity, Some("MONTHLY".into()));
    let [asked] = &elsewhere.asked()[..] else { panic!("one call") };
    assert_eq!(asked.line, "GET /balances.json?signature=hush");
    assert_eq!((asked.header("authorization"), asked.header("bkper-agent-id")), (None, None));
    assert_eq!(server.lines(), ["GET /v5/books/b1/balances?query=group%3AAssets"]);
}
