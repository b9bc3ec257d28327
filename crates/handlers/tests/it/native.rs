//! Rust functions as handlers.

use std::io;

use anyhow::Context;
use bookhook_handlers::{Handler, Invocation, NativeHandler};
use bookhook_model::{Response, RunEnd};

use crate::invocation;

async fn respond(handler: NativeHandler) -> Response {
    match handler.handle(invocation()).await {
        RunEnd::Answered { status: None, response } => response,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_functions_response_is_the_answer() {
    let handler = NativeHandler::new(async |run: Invocation| {
        io::Result::Ok(Response::result(format!("{} in run {}", run.event.event_type, run.run)))
    });
    assert_eq!(respond(handler).await, Response::result("TRANSACTION_CHECKED in run 3"));
}

#[tokio::test]
async fn an_error_is_a_result_with_its_causes() {
    let handler = NativeHandler::new(async |_| -> anyhow::Result<Response> {
        Err(io::Error::other("connection reset")).context("asking for rates").context("exchange failed")
    });
    assert_eq!(
        respond(handler).await,
        Response::error("exchange failed: asking for rates: connection reset")
    );
}

#[tokio::test]
async fn a_cause_that_the_error_shows_itself_is_not_said_twice() {
    #[derive(Debug, thiserror::Error)]
    #[error("no rates: {0}")]
    struct NoRates(#[source] io::Error);

    let handler = NativeHandler::new(async |_| Err::<Response, _>(NoRates(io::Error::other("offline"))));
    assert_eq!(respond(handler).await, Response::error("no rates: offline"));
}

#[tokio::test]
async fn any_error_will_do() {
    let handler = NativeHandler::new(async |_| Err::<Response, _>("the book has no tax rate"));
    assert_eq!(respond(handler).await, Response::error("the book has no tax rate"));
}
