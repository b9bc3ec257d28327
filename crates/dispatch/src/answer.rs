//! What a caller asks for, and what it is told.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use bookhook_journal::WriteError;
use bookhook_model::{DeliveryId, Event, Response};

/// A verified event at the door.
#[derive(Debug)]
pub struct Arrival {
    /// The event.
    pub event: Event,
    /// When it was received.
    pub received_at: Timestamp,
    /// What is to be done with it.
    pub purpose: Purpose,
}

/// What is to be done with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// The handler shall run.
    Run,
    /// Only keep it: the app does not declare its type.
    Unmatched,
    /// Only keep it, with the host's own response: the app does not want to see it.
    Settle(Response),
}

/// What a caller is told.
#[derive(Debug)]
pub enum Answer {
    /// The response; it is durable, and so is the event.
    Response {
        /// The delivery.
        delivery: DeliveryId,
        /// The handler's response, or the stored one of an earlier run.
        response: Response,
    },
    /// The event is durable, and the host sees to the rest.
    Accepted {
        /// The delivery.
        delivery: DeliveryId,
    },
    /// Come back later.
    Later {
        /// The delivery, if there is one.
        delivery: Option<DeliveryId>,
        /// After how long.
        retry_after: Duration,
        /// Why.
        why: Later,
    },
    /// The journal could not be written; nothing is promised.
    Unavailable(Arc<WriteError>),
}

/// Why a caller should come back later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Later {
    /// As many deliveries wait as the hook allows; this one was not taken.
    QueueFull,
    /// The host is about to end; this one may have been taken.
    Draining,
    /// The response is not there yet; the delivery goes on.
    Deadline,
    /// The handler answered 429.
    HandlerBusy,
    /// The hook or the lane is paused; the delivery is held.
    Paused,
    /// The host gave up on the delivery; sent again, it runs again.
    Parked,
    /// The delivery was erased before it ran; sent again, it is a new one.
    Erased,
}

impl Later {
    /// A short stable name, for counters and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Draining => "draining",
            Self::Deadline => "deadline",
            Self::HandlerBusy => "handler_busy",
            Self::Paused => "paused",
            Self::Parked => "parked",
            Self::Erased => "erased",
        }
    }
}
