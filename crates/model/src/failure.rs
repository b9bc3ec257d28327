//! Why a run has no response, and the one table of what is tried again.

use std::time::Duration;

use crate::response::Response;

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

/// The kinds of failure. Each belongs to a [`FailureClass`], which says whether it is worth another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The handler's name has no address.
    Unresolved,
    /// No connection, or the handler's program cannot be started.
    Unreachable,
    /// A connection, but no secure one.
    Insecure,
    /// The connection broke, or the process was killed, before the response was complete.
    Disconnected,
    /// The handler's process ended before the response was complete, or does not stay up; the host starts it again.
    Died,
    /// No response within the run's time.
    TimedOut,
    /// A status that is not 2xx.
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
    /// Its row in the table.
    pub fn class(self) -> FailureClass {
        match self {
            Self::Unresolved => FailureClass::Dns,
            Self::Unreachable => FailureClass::Connect,
            Self::Insecure => FailureClass::Tls,
            Self::Disconnected => FailureClass::Reset,
            Self::Died => FailureClass::Died,
            Self::TimedOut => FailureClass::Timeout,
            Self::Status(408) => FailureClass::RequestTimeout,
            Self::Status(429) => FailureClass::TooManyRequests,
            Self::Status(400..=499) => FailureClass::ClientError,
            Self::Status(500..) => FailureClass::ServerError,
            Self::Status(_) => FailureClass::Redirect,
            Self::Exited(_) => FailureClass::Exited,
            Self::BadResponse => FailureClass::BadResponse,
            Self::Panicked => FailureClass::Panicked,
            Self::Interrupted => FailureClass::Interrupted,
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

/// What failures have in common as to whether a further try may end better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureClass {
    /// [`FailureKind::Unresolved`].
    Dns,
    /// [`FailureKind::Unreachable`].
    Connect,
    /// [`FailureKind::Insecure`].
    Tls,
    /// [`FailureKind::Disconnected`].
    Reset,
    /// [`FailureKind::TimedOut`].
    Timeout,
    /// Status 408.
    RequestTimeout,
    /// Status 429: the handler is busy.
    TooManyRequests,
    /// Another status from 400 to 499.
    ClientError,
    /// A status from 500.
    ServerError,
    /// Any other status but 2xx.
    Redirect,
    /// [`FailureKind::BadResponse`].
    BadResponse,
    /// [`FailureKind::Exited`].
    Exited,
    /// [`FailureKind::Died`].
    Died,
    /// [`FailureKind::Panicked`].
    Panicked,
    /// [`FailureKind::Interrupted`].
    Interrupted,
}

/// One row a class: what it is called, whether the host tries again, and why.
const TABLE: [(FailureClass, &str, bool, &str); 15] = {
    use FailureClass as Class;
    [
        (Class::Dns, "dns", true, "the name of the handler may have an address again"),
        (Class::Connect, "connect", true, "the handler may be down for a while, or just starting"),
        (Class::Tls, "tls", true, "a certificate, or what stands before the handler, can be put right"),
        (Class::Reset, "reset", true, "the connection broke before the response was complete"),
        (Class::Timeout, "timeout", true, "it may not take as long the next time"),
        (Class::RequestTimeout, "408", true, "the handler asks for it"),
        (Class::TooManyRequests, "429", true, "the handler asks for it, and may say when"),
        (Class::ClientError, "4xx", false, "the handler refuses this event, and would refuse it again"),
        (Class::ServerError, "5xx", true, "the handler has a problem, which may pass"),
        (Class::Redirect, "3xx", false, "redirects are not followed: the configuration needs the final URL"),
        (
            Class::BadResponse,
            "bad_response",
            true,
            "it may come from something that stands before the handler",
        ),
        (Class::Exited, "exited", true, "the command has a problem, which may pass"),
        (Class::Died, "died", true, "the host starts the handler again"),
        (Class::Panicked, "panicked", false, "the same code would panic over the same event again"),
        (Class::Interrupted, "interrupted", true, "the handler was not to blame: the host ended"),
    ]
};

impl FailureClass {
    /// Every class, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    /// A short stable name, for logs and metrics.
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// Whether the host tries again.
    pub fn is_retried(self) -> bool {
        self.row().2
    }

    /// Why it does, or does not.
    pub fn reason(self) -> &'static str {
        self.row().3
    }

    fn row(self) -> &'static (Self, &'static str, bool, &'static str) {
        &TABLE[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_one_row_a_class_in_the_order_of_the_classes() {
        for (at, class) in FailureClass::all().enumerate() {
            assert_eq!(class as usize, at);
        }
        let names: std::collections::BTreeSet<_> = FailureClass::all().map(FailureClass::as_str).collect();
        assert_eq!(names.len(), TABLE.len());
    }

    #[test]
    fn a_status_is_in_the_class_of_its_hundred_but_for_two() {
        let class = |status| FailureKind::Status(status).class().as_str();
        assert_eq!(
            [302, 400, 404, 408, 410, 429, 499].map(class),
            ["3xx", "4xx", "4xx", "408", "4xx", "429", "4xx"]
        );
        assert_eq!([500, 503, 599, 999].map(class), ["5xx"; 4]);
    }

    #[test]
    fn what_would_end_the_same_is_not_tried_again() {
        let final_ones: Vec<_> =
            FailureClass::all().filter(|class| !class.is_retried()).map(FailureClass::as_str).collect();
        assert_eq!(final_ones, ["4xx", "3xx", "panicked"]);
    }
}
