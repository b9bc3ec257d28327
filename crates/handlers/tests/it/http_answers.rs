//! What becomes of a handler's answer.

use std::time::Duration;

use bookhook_handlers::{Handler, HttpHandler};
use bookhook_model::{Failure, FailureKind, Outcome, RunEnd};

use crate::server::{Act, Server, answer, ok};
use crate::{TOKEN, failure, invocation};

const EXPECTED: &str = "where a JSON object with `result`, `warning` or `error` is expected";

/// How a run ends whose handler answers so. `URL` in the failure's sentence stands for the handler's.
async fn run(bytes: impl Into<Vec<u8>>) -> RunEnd {
    let bytes = bytes.into();
    run_with(move || Act::AnswerAndClose(bytes.clone())).await
}

async fn run_with(act: impl Fn() -> Act + Send + Sync + 'static) -> RunEnd {
    let server = Server::start(move |_| act()).await;
    let end = HttpHandler::new(&server.url()).unwrap().handle(invocation()).await;
    match end {
        RunEnd::Failed(failure) => {
            RunEnd::Failed(Failure { message: failure.message.replace(&server.url(), "URL"), ..failure })
        }
        end => end,
    }
}

#[tokio::test]
async fn a_response_is_kept_verbatim() {
    let text = "{\n  \"result\": [ \"TAX: 12.50\" ],\n  \"more\": 1e2\n}\n";
    let RunEnd::Answered { status, response } = run(ok(text)).await else { panic!() };
    assert_eq!(status, Some(200));
    assert_eq!(response.json(), text.as_bytes());
    assert_eq!(response.outcome(), Outcome::Result);
}

#[tokio::test]
async fn an_error_with_a_good_status_is_a_result() {
    let RunEnd::Answered { status, response } = run(answer("201 Created", "", r#"{"error":"x"}"#)).await
    else {
        panic!()
    };
    assert_eq!(status, Some(201));
    assert_eq!(response.outcome(), Outcome::Error);
}

#[tokio::test]
async fn a_chunked_response_is_put_together() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\
                   5\r\n{\"res\r\n4\r\nult\"\r\n5\r\n:\"x\"}\r\n0\r\n\r\n";
    let RunEnd::Answered { response, .. } = run(chunked).await else { panic!() };
    assert_eq!(response.json(), r#"{"result":"x"}"#.as_bytes());
}

#[tokio::test]
async fn a_response_may_end_with_its_connection() {
    let RunEnd::Answered { response, .. } = run("HTTP/1.1 200 OK\r\n\r\n{\"result\":1}").await else {
        panic!()
    };
    assert_eq!(response.json(), r#"{"result":1}"#.as_bytes());
}

#[tokio::test]
async fn a_response_of_just_the_largest_size_is_taken() {
    let text = format!(r#"{{"result":"{}"}}"#, "x".repeat((1 << 20) - 13));
    assert_eq!(text.len(), 1 << 20);
    assert!(matches!(run(ok(&text)).await, RunEnd::Answered { .. }));
    let failure = failure(run(ok(&format!("{text} "))).await);
    assert_eq!(failure.kind, FailureKind::BadResponse);
    assert_eq!(failure.message, "URL answered 200 OK with a body of more than 1MiB");
}

#[tokio::test]
async fn an_endless_body_is_not_read_to_its_end() {
    let server = Server::start(|_| Act::Flood(b"HTTP/1.1 200 OK\r\n\r\n".to_vec())).await;
    let end = HttpHandler::new(&server.url()).unwrap().handle(invocation()).await;
    assert_eq!(failure(end).kind, FailureKind::BadResponse);
    server.until_closed(1).await;
}

/// Slow: takes the two seconds that are waited for the words.
#[tokio::test]
async fn a_status_says_enough_when_its_words_do_not_come() {
    let busy = b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: 10\r\n\r\n".to_vec();
    let server = Server::start(move |_| Act::Answer(busy.clone())).await;
    let end = HttpHandler::new(&server.url()).unwrap().handle(invocation()).await;
    assert_eq!(end, RunEnd::Busy { retry_after: Some(Duration::from_secs(7)) });
}

#[tokio::test]
async fn what_came_instead_of_a_response_is_told() {
    for (bytes, came) in [
        (answer("204 No Content", "", ""), format!("204 No Content with an empty body {EXPECTED}")),
        (ok(" \n"), format!("200 OK with an empty body {EXPECTED}")),
        (ok("<h1>Hi</h1>\n"), format!("200 OK with HTML or XML {EXPECTED}: <h1>Hi</h1>")),
        (ok("[1]"), format!("200 OK with a JSON list {EXPECTED}: [1]")),
        (ok("\"done\""), format!("200 OK with a JSON text {EXPECTED}: \"done\"")),
        (ok("42"), format!("200 OK with a bare JSON value {EXPECTED}: 42")),
        (ok("OK\r\n"), format!("200 OK with text that is no JSON {EXPECTED}: OK")),
    ] {
        let failure = failure(run(bytes).await);
        assert_eq!(failure.kind, FailureKind::BadResponse);
        assert_eq!(failure.message, format!("URL answered {came}"));
    }
    let broken = failure(run(ok(r#"{"result": "#)).await);
    assert!(broken.message.starts_with("URL answered 200 OK with broken JSON (EOF"), "{broken}");
}

#[tokio::test]
async fn a_busy_handler_says_when_to_come_back() {
    for (headers, retry_after) in [
        ("", None),
        ("retry-after: 7\r\n", Some(Duration::from_secs(7))),
        (
            "date: Sat, 21 Nov 2026 12:00:00 GMT\r\nretry-after: Sat, 21 Nov 2026 12:02:00 GMT\r\n",
            Some(Duration::from_mins(2)),
        ),
        ("retry-after: 31536000\r\n", Some(Duration::from_hours(24))),
    ] {
        let end = run(answer("429 Too Many Requests", headers, "slow down")).await;
        assert_eq!(end, RunEnd::Busy { retry_after });
    }
}

#[tokio::test]
async fn any_other_status_is_a_failure_with_the_handlers_words() {
    for (bytes, kind, told) in [
        (answer("500 Internal Server Error", "", ""), 500, "500 Internal Server Error"),
        (
            answer("500 Oops", "", "Type\tError\n  at x"),
            500,
            "500 Internal Server Error: Type\\tError\\n  at x",
        ),
        (answer("500 Oops", "", r#"{"error":"no rate"}"#), 500, "500 Internal Server Error: no rate"),
        (answer("404 Not Found", "", "<p>Cannot POST /"), 404, "404 Not Found: <p>Cannot POST /"),
        (answer("400 Bad", "", r#"{"error":["a","b"]}"#), 400, "400 Bad Request: a; b"),
    ] {
        let failure = failure(run(bytes).await);
        assert_eq!(failure.kind, FailureKind::Status(kind));
        assert_eq!(failure.message, format!("URL answered {told}"));
        assert_eq!(failure.retry_after, None);
    }
}

#[tokio::test]
async fn a_failed_handler_may_say_when_to_come_back() {
    let failure = failure(run(answer("503 Unavailable", "retry-after: 30\r\n", "")).await);
    assert_eq!(failure.kind, FailureKind::Status(503));
    assert_eq!(failure.retry_after, Some(Duration::from_secs(30)));
}

#[tokio::test]
async fn a_long_complaint_is_cut() {
    let failure = failure(run(answer("500 Oops", "", &"ä".repeat(5_000))).await);
    assert_eq!(failure.message, format!("URL answered 500 Internal Server Error: {}…", "ä".repeat(300)));
}

#[tokio::test]
async fn a_complaint_that_is_broken_off_is_still_told() {
    let bytes = "HTTP/1.1 500 Oops\r\ncontent-length: 99\r\n\r\nout of memory";
    let failure = failure(run(bytes).await);
    assert_eq!(failure.message, "URL answered 500 Internal Server Error: out of memory");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::answering(ok("{}")).await;
    let location = format!("location: {}tax?key=s3cret\r\n", elsewhere.url());
    let failure = failure(run(answer("302 Found", &location, "")).await);
    assert_eq!(failure.kind, FailureKind::Status(302));
    let aim = format!("{}tax", elsewhere.url());
    assert_eq!(
        failure.message,
        format!(
            "URL answered 302 Found, a redirect to {aim}: redirects are not followed, give the final URL"
        )
    );
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn a_token_that_the_handler_repeats_is_not_passed_on() {
    let dump = format!("request had bkper-oauth-token: {TOKEN}");
    for bytes in [
        answer("500 Oops", "", &dump),
        answer("500 Oops", "", &format!(r#"{{"error":"{dump}"}}"#)),
        answer("200 OK", "", &dump),
        answer("302 Found", &format!("location: /?token={TOKEN}\r\n"), ""),
        answer("302 Found", &format!("location: /{TOKEN}/tax\r\n"), ""),
    ] {
        failure(run(bytes).await);
    }
}

#[tokio::test]
async fn half_an_answer_is_none() {
    for half in [
        "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"result\":1}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nc\r\n{\"result\":1}\r\n",
    ] {
        let failure = failure(run(half).await);
        assert_eq!(failure.kind, FailureKind::Disconnected);
        assert_eq!(failure.message, "URL closed the connection before its answer was complete");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_told_from_one_that_was_never_there() {
    for bytes in ["", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"] {
        let failure = failure(run_with(|| Act::Reset(bytes.into())).await);
        assert_eq!(failure.kind, FailureKind::Disconnected, "{failure}");
        assert!(failure.message.starts_with("URL closed the connection before "), "{failure}");
    }
    let failure = failure(run("").await);
    assert_eq!(failure.kind, FailureKind::Disconnected);
    assert_eq!(failure.message, "URL closed the connection before it answered");
}

#[tokio::test]
async fn what_is_no_http_is_told() {
    let failure = failure(run("SSH-2.0-OpenSSH_9.9\r\n\r\n").await);
    assert_eq!(failure.kind, FailureKind::BadResponse);
    assert!(failure.message.starts_with("URL did not answer in HTTP/1.1: "), "{failure}");
}
