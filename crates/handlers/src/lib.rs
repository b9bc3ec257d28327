//! The kinds of handler: what runs when a delivery's turn has come.
//!
//! A kind turns an [`Invocation`] into a [`RunEnd`] and knows nothing of lanes, journals or callers. What holds for
//! every kind alike (the time limit, containing a panic) is in [`mod@invoke`].

mod excerpt;
pub mod exec;
pub mod http;
pub mod invoke;
pub mod native;
mod no_response;
pub mod process;
mod retry_after;
pub mod run;
mod traceparent;

use std::pin::Pin;

use bookhook_model::{Cause, DeliveryId, Event, HookName, RunEnd, RunNumber};

pub use crate::exec::ExecHandler;
pub use crate::http::HttpHandler;
pub use invoke::invoke;
pub use native::NativeHandler;
pub use run::RunHandler;

/// No more than this is taken of what a handler answers.
const RESPONSE_BYTES_MAX: usize = 1 << 20;

/// One run of a handler: what to handle, and the facts that go with it.
#[derive(Debug)]
pub struct Invocation {
    /// The hook.
    pub hook: HookName,
    /// The delivery.
    pub delivery: DeliveryId,
    /// The run's number within the delivery.
    pub run: RunNumber,
    /// Why it runs.
    pub cause: Cause,
    /// The event.
    pub event: Event,
}

/// The future that a handler returns.
pub type Running<'a> = Pin<Box<dyn Future<Output = RunEnd> + Send + 'a>>;

/// Something that handles events.
///
/// Whatever goes wrong is a [`RunEnd::Failed`] with a sentence for the person who reads the book's activity. When
/// the run's time is over the future is dropped: dropping it must end the work.
pub trait Handler: Send + Sync + 'static {
    /// Handles one event.
    fn handle(&self, invocation: Invocation) -> Running<'_>;

    /// What it is, for people: `http http://127.0.0.1:3003/`. Holds no secret.
    fn describe(&self) -> String;
}
