//! One execution of a handler for a delivery, and the ways in which it can end.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::RunNumber;
use crate::response::Response;

/// Why a run was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The event came for the first time.
    First,
    /// An earlier run did not settle the delivery: the host, or the caller, tries again.
    Retry,
    /// A person asked for it, after the delivery was settled and answered.
    Replay,
    /// The host came back after a crash and found the delivery unsettled.
    Recovery,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 4] = [Self::First, Self::Retry, Self::Replay, Self::Recovery];

    /// The name in the API, the journal and the `bookhook-cause` header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Retry => "retry",
            Self::Replay => "replay",
            Self::Recovery => "recovery",
        }
    }
}

/// A run as the journal tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its number within the delivery.
    pub number: RunNumber,
    /// Why it was started.
    pub cause: Cause,
    /// When it was started.
    #[serde(with = "crate::units::timestamp")]
    pub started_at: Timestamp,
    /// When it ended; `None` while it runs.
    #[serde(with = "crate::units::optional_timestamp")]
    pub finished_at: Option<Timestamp>,
    /// The HTTP status (or exit status) with which the handler answered.
    pub handler_status: Option<u16>,
    /// What it answered, when that was a response.
    pub response: Option<Response>,
    /// What went wrong, when it was none.
    pub error: Option<String>,
}

/// How a run ended, as a handler's kind reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunEnd {
    /// The handler answered with a response, which may well be an `error`: that is a result, not a failure.
    Answered {
        /// The HTTP status, where there is one.
        status: Option<u16>,
        /// The response.
        response: Response,
    },
    /// The handler answered 429: not now.
    Busy {
        /// What its Retry-After asked for.
        retry_after: Option<Duration>,
    },
    /// There is no response.
    Failed(Failure),
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What kind of failure it was.
    pub kind: FailureKind,
    /// What happened, in a sentence for the person who reads the book's activity. Holds no secret.
    pub message: String,
    /// What the handler's Retry-After asked for (on 503, say).
    pub retry_after: Option<Duration>,
}

/// The kinds of failure. Which of them are worth another try is in [`FailureKind::is_retryable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// No connection: DNS, refused, TLS.
    Unreachable,
    /// The connection broke before the response was complete.
    Disconnected,
    /// The handler's process ended before the response was complete, or does not stay up; the host starts it again.
    Died,
    /// No response within the run's time.
    TimedOut,
    /// A status that is neither 2xx nor 429.
    Status(u16),
    /// The exit status of a process, when it means neither a response nor "not now".
    Exited(u8),
    /// A success whose text is no response, or too large.
    BadResponse,
    /// A native handler panicked.
    Panicked,
    /// The host ended while the handler ran.
    Interrupted,
}

impl FailureKind {
    /// Whether running the same event again may end better.
    pub fn is_retryable(self) -> bool {
        match self {
            Self::Unreachable | Self::Disconnected | Self::Died | Self::TimedOut => true,
            Self::Status(status) => status == 408 || status >= 500,
            Self::Exited(_) | Self::BadResponse => true,
            Self::Panicked => false,
            Self::Interrupted => true,
        }
    }

    /// Whether the caller, if one waits, is asked to come back instead of being told of it: it is the host that lets the
    /// handler be gone for a while.
    pub fn is_for_later(self) -> bool {
        self == Self::Died
    }

    /// The handler's HTTP or exit status, when that is what failed.
    pub fn handler_status(self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(status),
            Self::Exited(status) => Some(status.into()),
            _ => None,
        }
    }
}

impl Failure {
    /// A failure without a wish for when to come back.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), retry_after: None }
    }

    /// What the caller and the book are told when nobody tries again.
    pub fn to_response(&self) -> Response {
        Response::error(self.message.as_str())
    }
}
