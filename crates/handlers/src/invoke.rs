//! What holds for every kind of handler: it has so much time, and its panic is its own.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use bookhook_model::units::show_duration;
use bookhook_model::{Failure, FailureKind, RunEnd};
use futures_util::FutureExt;
use tokio::time::timeout;

use crate::{Handler, Invocation};

/// Runs a handler once, for at most `limit`.
///
/// Past the limit the handler's future is dropped, which ends its work. A panic in the handler, even while it is being
/// dropped, ends the run and nothing else.
pub async fn invoke(handler: &dyn Handler, invocation: Invocation, limit: Duration) -> RunEnd {
    let run = async { timeout(limit, handler.handle(invocation)).await };
    // Nothing of the run is looked at after a panic, so that nothing half-changed can be seen.
    match AssertUnwindSafe(run).catch_unwind().await {
        Ok(Ok(end)) => end,
        Ok(Err(_elapsed)) => RunEnd::Failed(timed_out(limit)),
        Err(panic) => RunEnd::Failed(panicked(panic.as_ref())),
    }
}

fn timed_out(limit: Duration) -> Failure {
    let message = format!("the handler did not answer within {}", show_duration(limit));
    Failure::new(FailureKind::TimedOut, message)
}

fn panicked(panic: &(dyn Any + Send)) -> Failure {
    let message = match panic_text(panic) {
        Some(text) => format!("the handler panicked: {text}"),
        None => "the handler panicked".to_owned(),
    };
    Failure::new(FailureKind::Panicked, message)
}

/// The text of `panic!("…")`; a panic can also carry a value that is none.
fn panic_text(panic: &(dyn Any + Send)) -> Option<&str> {
    let literal = panic.downcast_ref::<&'static str>().copied();
    literal.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
}
