//! Calls of the API go wrong on purpose.

use std::io::{Error, ErrorKind};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::Shared;
use crate::refusal::Refusal;

/// Answers the call, or does not.
pub(super) async fn faulty(State(world): Shared, request: Request, next: Next) -> Response {
    let mischief = &world.mischief;
    if mischief.strikes(|faults| &mut faults.calls.slow) {
        tokio::time::sleep(mischief.faults().calls.delay).await;
    }
    if mischief.strikes(|faults| &mut faults.calls.too_many) {
        return Refusal::TooMany.into_response();
    }
    if mischief.strikes(|faults| &mut faults.calls.failure) {
        return Refusal::Failure.into_response();
    }
    let response = next.run(request).await;
    if mischief.strikes(|faults| &mut faults.calls.lost_answer) {
        return Response::new(broken());
    }
    response
}

/// A body that does not come to its end: the server closes the connection.
fn broken() -> Body {
    let lost = Error::new(ErrorKind::ConnectionReset, "the answer is lost on purpose");
    Body::from_stream(stream::iter([Err::<Bytes, _>(lost)]))
}
