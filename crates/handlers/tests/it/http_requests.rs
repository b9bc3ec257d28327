//! What a handler behind a URL is sent.

use bookhook_handlers::{Handler, HttpHandler, Invocation};
use bookhook_model::{Cause, RunNumber, SecretHeader};
use bytes::Bytes;

use crate::server::{Seen, Server, ok};
use crate::{TOKEN, header, invocation, with_body};

/// What the server sees of an invocation.
async fn sent(invocation: Invocation) -> Seen {
    let server = Server::answering(ok("{}")).await;
    HttpHandler::new(&server.url()).unwrap().handle(invocation).await;
    server.requests().remove(0)
}

#[tokio::test]
async fn the_body_arrives_byte_for_byte() {
    let no_text: Vec<u8> = (0..=255).collect();
    let large: Vec<u8> = no_text.iter().copied().cycle().take(1 << 20).collect();
    for body in [Vec::new(), b"{\n  \"amount\": 12.50\n}".to_vec(), no_text, large] {
        let seen = sent(with_body(Bytes::from(body.clone()))).await;
        assert!(seen.body == body, "{} bytes came of {}", seen.body.len(), body.len());
        assert_eq!(seen.one("content-length"), body.len().to_string());
    }
}

#[tokio::test]
async fn the_events_headers_arrive_in_order_with_duplicates_and_secrets() {
    let mut invocation = invocation();
    invocation.event.headers = vec![
        header("x-hop", "one"),
        header("content-type", "application/json; charset=utf-8"),
        header("x-hop", "two"),
        header("bkper-agent-id", "tax-bot"),
        header("x-latin", b"caf\xe9"),
    ];
    let seen = sent(invocation).await;
    assert_eq!(seen.line, "POST / HTTP/1.1");
    assert_eq!(seen.all("x-hop"), [b"one", b"two"]);
    assert_eq!(seen.one("content-type"), "application/json; charset=utf-8");
    assert_eq!(seen.one("bkper-agent-id"), "tax-bot");
    assert_eq!(seen.one("bkper-oauth-token"), TOKEN);
    assert_eq!(seen.all("x-latin"), [b"caf\xe9"]);
}

#[tokio::test]
async fn the_host_adds_what_identifies_the_run() {
    let seen = sent(invocation()).await;
    assert_eq!(seen.one("bookhook-delivery"), invocation().delivery.to_string());
    assert_eq!(seen.one("bookhook-run"), "3");
    assert_eq!(seen.one("bookhook-cause"), "replay");
    let trace: Vec<_> = seen.one("traceparent").split('-').collect();
    assert_eq!([trace[0], trace[1], trace[3]], ["00", "07070707070707070707070707070707", "01"]);
}

#[tokio::test]
async fn runs_of_one_delivery_share_a_trace_and_no_span() {
    let first = sent(Invocation { run: RunNumber(1), cause: Cause::First, ..invocation() }).await;
    let second = sent(Invocation { run: RunNumber(2), cause: Cause::Retry, ..invocation() }).await;
    let (first, second) = (first.one("traceparent"), second.one("traceparent"));
    assert_eq!(first[..36], second[..36]);
    assert_ne!(first, second);
}

#[tokio::test]
async fn credentials_for_the_host_and_headers_of_its_connection_stay_behind() {
    let withheld = [
        "authorization",
        "proxy-authorization",
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "expect",
        "accept-encoding",
        "tracestate",
    ];
    let mut invocation = invocation();
    invocation.event.headers.extend(withheld.map(|name| header(name, "chunked")));
    invocation.event.headers.push(header("Authorization", "Bearer signed"));
    invocation.event.secrets.push(SecretHeader { name: "authorization".into(), value: "Bearer x".into() });
    let seen = sent(invocation).await;
    for name in withheld {
        assert_eq!(seen.all(name), [b""; 0], "{name}");
    }
}

#[tokio::test]
async fn an_event_cannot_speak_for_the_host() {
    let server = Server::answering(ok("{}")).await;
    let mut invocation = invocation();
    for name in ["host", "content-length", "traceparent", "bookhook-delivery", "bookhook-run", "bookhook-x"] {
        invocation.event.headers.push(header(name, "7"));
    }
    HttpHandler::new(&server.url()).unwrap().handle(invocation).await;
    let seen = server.requests().remove(0);
    assert_eq!(seen.one("host"), server.place());
    assert_eq!(seen.one("content-length"), "2");
    assert_eq!(seen.one("bookhook-run"), "3");
    assert_eq!(seen.one("traceparent").len(), 55);
    assert!(seen.all("bookhook-x").is_empty());
}

#[tokio::test]
async fn a_header_that_http_does_not_allow_does_not_stop_the_event() {
    let mut invocation = invocation();
    invocation.event.headers.push(header("x-bad", "a\r\nx-smuggled: 1"));
    invocation.event.headers.push(header("no name", "1"));
    let seen = sent(invocation).await;
    assert!(seen.all("x-bad").is_empty());
    assert!(seen.all("x-smuggled").is_empty());
    assert_eq!(seen.one("bkper-agent-id"), "tax-bot");
}

#[tokio::test]
async fn path_query_and_credentials_of_the_url_are_used_and_not_shown() {
    let server = Server::answering(ok("{}")).await;
    let url = format!("http://me:hunter2@{}/tax/events?key=s3cret", server.place());
    let handler = HttpHandler::new(&url).unwrap();
    handler.handle(invocation()).await;
    let seen = server.requests().remove(0);
    assert_eq!(seen.line, "POST /tax/events?key=s3cret HTTP/1.1");
    assert_eq!(seen.one("authorization"), "Basic bWU6aHVudGVyMg==");
    assert_eq!(seen.one("host"), server.place());
    assert_eq!(handler.describe(), format!("http http://{}/tax/events", server.place()));
    assert_eq!(format!("{handler:?}"), format!("HttpHandler(http://{}/tax/events)", server.place()));
}
