//! One table of behaviours that every kind of handler is held to: the same handler, behind a URL and as a command.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bookhook_handlers::process::{CommandLine, Guard};
use bookhook_handlers::run::{Readiness, RestartPolicy, ServerSetup};
use bookhook_handlers::{ExecHandler, Handler, HttpHandler, RunHandler, invoke};
use bookhook_model::{FailureKind, RunEnd};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::processes::eventually;
use crate::{failure, with_body};

/// A handler that is ready, and what has to go on meanwhile.
struct Ready {
    name: &'static str,
    handler: Box<dyn Handler>,
    _server: Option<Child>,
}

/// `handler.py` in every way in which it can be run.
async fn kinds() -> Vec<Ready> {
    vec![http().await, run(), exec()]
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/kinds/handler.py")
}

async fn http() -> Ready {
    let place = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut command = Command::new("python3");
    command.arg(script()).arg("serve").env("PORT", place.port().to_string()).kill_on_drop(true);
    let server = command.spawn().unwrap();
    eventually("the handler listens", async || TcpStream::connect(place).await.ok()).await;
    let handler = HttpHandler::new(&format!("http://{place}/")).unwrap();
    Ready { name: "http", handler: Box::new(handler), _server: Some(server) }
}

fn run() -> Ready {
    let setup = ServerSetup {
        command: python("serve"),
        path: "/".to_owned(),
        ready: Readiness::default(),
        restart: RestartPolicy::default(),
    };
    let (handler, supervisor) = RunHandler::new("tax-bot".parse().unwrap(), setup, Guard::start()).unwrap();
    tokio::spawn(supervisor.run(async |gave_up| panic!("{gave_up:?}"), std::future::pending()));
    Ready { name: "run", handler: Box::new(handler), _server: None }
}

fn exec() -> Ready {
    let handler = ExecHandler::new("tax-bot".parse().unwrap(), python("once"), Guard::start());
    Ready { name: "exec", handler: Box::new(handler), _server: None }
}

fn python(manner: &str) -> CommandLine {
    CommandLine {
        program: "python3".to_owned(),
        arguments: vec![script().to_str().unwrap().to_owned(), manner.to_owned()],
        folder: Path::new("/").to_owned(),
        environment: Vec::new(),
    }
}

impl Ready {
    async fn asked_to(&self, wish: &str) -> RunEnd {
        self.asked_within(wish, Duration::from_mins(1)).await
    }

    async fn asked_within(&self, wish: &str, limit: Duration) -> RunEnd {
        invoke(&*self.handler, with_body(json!({"do": wish}).to_string()), limit).await
    }
}

#[tokio::test]
async fn a_response_is_taken_byte_for_byte() {
    for kind in kinds().await {
        let RunEnd::Answered { response, .. } = kind.asked_to("result").await else {
            panic!("{}", kind.name)
        };
        let text = "{\n  \"result\": [ \"TAX: 12.50\" ],\n  \"more\": 1e2\n}\n";
        assert_eq!(response.json(), text.as_bytes(), "{}", kind.name);
    }
}

#[tokio::test]
async fn an_error_in_a_response_is_a_result() {
    for kind in kinds().await {
        let RunEnd::Answered { response, .. } = kind.asked_to("error").await else { panic!("{}", kind.name) };
        assert_eq!(response.json(), r#"{"error": "no such account"}"#.as_bytes(), "{}", kind.name);
    }
}

#[tokio::test]
async fn what_is_no_response_is_told() {
    for kind in kinds().await {
        for (wish, told) in [
            ("list", "with a JSON list where"),
            ("html", "with HTML or XML where"),
            ("text", "with text that is no JSON where"),
            ("broken", "with broken JSON (EOF"),
        ] {
            let failure = failure(kind.asked_to(wish).await);
            assert_eq!(failure.kind, FailureKind::BadResponse, "{}: {wish}", kind.name);
            // A server answers with something, a command writes it.
            let told = if kind.name == "exec" { told.replace("with ", "wrote ") } else { told.to_owned() };
            assert!(failure.message.contains(&told), "{}: {failure}", kind.name);
        }
    }
}

#[tokio::test]
async fn a_response_is_taken_up_to_a_size() {
    for kind in kinds().await {
        let largest = kind.asked_to("largest").await;
        assert!(matches!(largest, RunEnd::Answered { .. }), "{}", kind.name);
        for wish in ["too large", "flood"] {
            let failure = failure(kind.asked_to(wish).await);
            assert_eq!(failure.kind, FailureKind::BadResponse, "{}: {wish}", kind.name);
            assert!(failure.message.contains("more than 1MiB"), "{}: {failure}", kind.name);
        }
    }
}

#[tokio::test]
async fn not_now_is_no_failure() {
    for kind in kinds().await {
        assert_eq!(kind.asked_to("busy").await, RunEnd::Busy { retry_after: None }, "{}", kind.name);
    }
}

#[tokio::test]
async fn a_failure_is_told_with_the_handlers_words_and_may_be_tried_again() {
    for kind in kinds().await {
        let failure = failure(kind.asked_to("fail").await);
        assert!(failure.message.ends_with(": no rate for 2026"), "{}: {failure}", kind.name);
        assert!(failure.kind.class().is_retried(), "{}", kind.name);
        assert!(failure.kind.handler_status().is_some(), "{}", kind.name);
    }
}

#[tokio::test]
async fn a_token_that_the_handler_repeats_is_not_told() {
    for kind in kinds().await {
        let failure = failure(kind.asked_to("fail with the token").await);
        assert!(failure.message.ends_with(": it does not take [sealed]"), "{}: {failure}", kind.name);
    }
}

#[tokio::test]
async fn past_its_time_a_run_has_failed_and_the_next_one_is_fine() {
    for kind in kinds().await {
        let failure = failure(kind.asked_within("hang", Duration::from_millis(200)).await);
        assert_eq!(failure.kind, FailureKind::TimedOut, "{}", kind.name);
        assert_eq!(failure.message, "the handler did not answer within 200ms", "{}", kind.name);
        assert!(matches!(kind.asked_to("result").await, RunEnd::Answered { .. }), "{}", kind.name);
    }
}

#[tokio::test]
async fn a_handler_that_dies_has_failed_in_a_way_that_may_be_tried_again() {
    for kind in kinds().await {
        let failure = failure(kind.asked_to("die").await);
        assert!(failure.kind.class().is_retried(), "{}: {failure}", kind.name);
    }
}
