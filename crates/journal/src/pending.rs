//! The answer to an act that has been handed in.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::error::{ReadError, WriteError};

/// What an act found, once it is durable.
///
/// The act is handed in when the method that gives this returns, whether or not this is ever polled; dropping it does
/// not undo the act.
#[must_use = "an act may fail, and is durable only when this resolves"]
pub struct Pending<T, E = WriteError>(Source<T, E>);

enum Source<T, E> {
    Answer(oneshot::Receiver<Result<T, E>>),
    Work(Pin<Box<dyn Future<Output = Result<T, E>> + Send>>),
}

/// Where the answer to a [`Pending`] goes.
pub(crate) type Reply<T, E = WriteError> = oneshot::Sender<Result<T, E>>;

/// What is found when nobody is left to answer.
pub trait Gone {
    fn gone() -> Self;
}

impl Gone for WriteError {
    fn gone() -> Self {
        Self::Closed
    }
}

impl Gone for ReadError {
    fn gone() -> Self {
        Self::Closed
    }
}

impl<T, E> Pending<T, E> {
    /// A pending answer, and where to put it.
    pub(crate) fn channel() -> (Reply<T, E>, Self) {
        let (reply, answer) = oneshot::channel();
        (reply, Self(Source::Answer(answer)))
    }

    /// An answer that takes more than waiting. The act itself must have been handed in before.
    pub(crate) fn work(work: impl Future<Output = Result<T, E>> + Send + 'static) -> Self {
        Self(Source::Work(Box::pin(work)))
    }
}

impl<T, E: Gone> Future for Pending<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Source::Answer(answer) => {
                Pin::new(answer).poll(cx).map(|answer| answer.unwrap_or_else(|_| Err(E::gone())))
            }
            Source::Work(work) => work.as_mut().poll(cx),
        }
    }
}

impl<T, E> fmt::Debug for Pending<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending")
    }
}
