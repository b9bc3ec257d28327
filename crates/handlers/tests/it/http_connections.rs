//! How connections to a handler are made, kept and given up.

use std::time::Duration;

use bookhook_handlers::{Handler, HttpHandler, invoke};
use bookhook_model::{FailureKind, RunEnd};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::time;

use crate::server::{Act, Server, answer, ok};
use crate::{failure, invocation};

#[tokio::test]
async fn runs_one_after_the_other_share_a_connection() {
    let server = Server::answering(ok(r#"{"result":"x"}"#)).await;
    let handler = HttpHandler::new(&server.url()).unwrap();
    for _ in 0..50 {
        assert!(matches!(handler.handle(invocation()).await, RunEnd::Answered { .. }));
    }
    assert_eq!(server.requests().len(), 50);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_failed_status_costs_no_connection() {
    let server = Server::start(|number| {
        Act::Answer(answer(["429 Busy", "500 Oops", "302 Found"][number % 3], "", "not now"))
    })
    .await;
    let handler = HttpHandler::new(&server.url()).unwrap();
    for _ in 0..9 {
        handler.handle(invocation()).await;
    }
    assert_eq!(server.requests().len(), 9);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_the_handler_closed_in_between_is_not_used_again() {
    let server = Server::start(|_| Act::AnswerAndClose(ok("{}"))).await;
    let handler = HttpHandler::new(&server.url()).unwrap();
    for run in 1..=3 {
        assert!(matches!(handler.handle(invocation()).await, RunEnd::Answered { .. }));
        server.until_closed(run).await;
    }
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn an_idle_connection_is_given_up_before_node_would_close_it() {
    let server = Server::answering(ok("{}")).await;
    let handler = HttpHandler::new(&server.url()).unwrap();
    handler.handle(invocation()).await;
    time::pause();
    time::advance(Duration::from_millis(4_500)).await;
    time::resume();
    handler.handle(invocation()).await;
    server.until_closed(1).await;
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn an_event_that_the_handler_may_have_seen_is_not_sent_again() {
    let server = Server::start(|number| match number {
        0 => Act::Answer(ok("{}")),
        _ => Act::AnswerAndClose(Vec::new()),
    })
    .await;
    let handler = HttpHandler::new(&server.url()).unwrap();
    handler.handle(invocation()).await;
    let failure = failure(handler.handle(invocation()).await);
    assert_eq!(failure.kind, FailureKind::Disconnected);
    assert_eq!(server.requests().len(), 2);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_run_that_is_over_time_hangs_up() {
    let server = Server::start(|_| Act::Silence).await;
    let handler = HttpHandler::new(&server.url()).unwrap();
    let failure = failure(invoke(&handler, invocation(), Duration::from_millis(100)).await);
    assert_eq!(failure.kind, FailureKind::TimedOut);
    assert_eq!(failure.message, "the handler did not answer within 100ms");
    server.until_closed(1).await;
}

#[tokio::test]
async fn nobody_listening_is_told_with_the_place() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    drop(listener);
    let handler = HttpHandler::new(&format!("http://me:hunter2@{place}/?key=s3cret")).unwrap();
    let failure = failure(handler.handle(invocation()).await);
    assert_eq!(failure.kind, FailureKind::Unreachable);
    assert_eq!(failure.message, format!("nothing listens at {place}: is the handler running?"));
}

#[tokio::test]
async fn a_name_without_an_address_is_told() {
    let handler = HttpHandler::new("http://tax-bot.invalid/events").unwrap();
    let failure = failure(handler.handle(invocation()).await);
    assert_eq!(failure.kind, FailureKind::Unresolved);
    assert!(failure.message.starts_with("the name tax-bot.invalid cannot be resolved: "), "{failure}");
}

#[tokio::test]
async fn a_server_without_tls_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let handler = HttpHandler::new(&format!("https://{place}/")).unwrap();
    let failure = failure(handler.handle(invocation()).await);
    assert_eq!(failure.kind, FailureKind::Insecure);
    assert!(failure.message.starts_with(&format!("no secure connection to {place}: ")), "{failure}");
}

#[tokio::test]
async fn a_server_that_hangs_up_on_tls_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    tokio::spawn(async move { drop(listener.accept().await.unwrap()) });
    let handler = HttpHandler::new(&format!("https://{place}/")).unwrap();
    let failure = failure(handler.handle(invocation()).await);
    assert_eq!(failure.kind, FailureKind::Insecure);
    assert!(failure.message.starts_with(&format!("no secure connection to {place}: ")), "{failure}");
}

#[tokio::test]
async fn nobody_listening_for_tls_is_no_matter_of_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    drop(listener);
    let handler = HttpHandler::new(&format!("https://{place}/")).unwrap();
    let failure = failure(handler.handle(invocation()).await);
    assert_eq!(failure.kind, FailureKind::Unreachable);
    assert_eq!(failure.message, format!("nothing listens at {place}: is the handler running?"));
}
