//! Handlers that are Rust functions within the host.

use std::error::Error;
use std::fmt;

use bookhook_model::{Response, RunEnd};

use crate::{Handler, Invocation, Running};

/// An async function as a handler.
pub struct NativeHandler {
    run: Box<dyn Fn(Invocation) -> Running<'static> + Send + Sync>,
}

impl NativeHandler {
    /// Makes a handler of `function`.
    ///
    /// Its `Err` is a result for the book to show, `{"error": "outer: cause: cause"}`, and no failure: nobody tries
    /// again because of it. Any error will do, `anyhow::Error` included.
    pub fn new<F, Fut, E>(function: F) -> Self
    where
        F: Fn(Invocation) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Response, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let run = move |invocation| -> Running<'static> {
            let running = function(invocation);
            Box::pin(async move {
                let response =
                    running.await.unwrap_or_else(|error| Response::error(chain(error.into().as_ref())));
                RunEnd::Answered { status: None, response }
            })
        };
        Self { run: Box::new(run) }
    }
}

impl Handler for NativeHandler {
    fn handle(&self, invocation: Invocation) -> Running<'_> {
        (self.run)(invocation)
    }

    fn describe(&self) -> String {
        "native".to_owned()
    }
}

impl fmt::Debug for NativeHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NativeHandler")
    }
}

/// The error and its causes in one line. Some errors show their cause themselves; it is not said twice.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    for cause in std::iter::successors(error.source(), |&cause| cause.source()) {
        let cause = cause.to_string();
        if !text.ends_with(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}
