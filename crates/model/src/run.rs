//! One execution of a handler for a delivery, and the ways in which it can end.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
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
