//! What can go wrong with a call, and with which.

use std::fmt;
use std::time::Duration;

use reqwest::Method;

/// Why a call has no result.
///
/// Each variant says which [`Call`] it was. Tokens and what was searched for are in none of them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Bkper answered with an error status.
    #[error("{call} was refused with {status}{}", Details { status: *status, code: *code, reason: reason.as_deref(), message: message.as_deref() })]
    Refused {
        /// The call.
        call: Call,
        /// The HTTP status.
        status: u16,
        /// The code in the body, which is what counts: mostly the status, but a book that the user may not see can be
        /// answered 404 with the code 401. Without a body of the API it is the status.
        code: u16,
        /// The reason in one word, such as `notFound`, `required`, `forbidden` or `conflict`.
        reason: Option<String>,
        /// What happened, in words for users.
        message: Option<String>,
    },
    /// Bkper wants to know who calls, and the client has no token.
    #[error("{call} was refused: no token was sent, for the client has none")]
    NoToken {
        /// The call.
        call: Call,
    },
    /// No connection could be made: the call was certainly not done.
    #[error("{call}: no connection can be made")]
    Connect {
        /// The call.
        call: Call,
        /// What the network says.
        source: reqwest::Error,
    },
    /// The connection broke before the whole answer was there. Whether the call was done is unknown.
    #[error("{call}: the connection broke before the answer was there")]
    Broken {
        /// The call.
        call: Call,
        /// What the network says.
        source: reqwest::Error,
    },
    /// The answer did not come in time. Whether the call was done is unknown.
    #[error("{call}: no answer within {limit:?}")]
    Timeout {
        /// The call.
        call: Call,
        /// The [time limit](crate::ClientBuilder::timeout).
        limit: Duration,
    },
    /// The answer is a success, and not the JSON that it should be: perhaps another server answers at the base URL.
    #[error("{call}: the answer is not what the API has there")]
    NotJson {
        /// The call.
        call: Call,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The answer is JSON of the right kind, but the part that was asked for is not in it.
    #[error("{call}: the answer has no {missing}")]
    Incomplete {
        /// The call.
        call: Call,
        /// The JSON name of what is missing.
        missing: &'static str,
    },
    /// The content of a file is no Base64.
    #[error("{call}: the content of the file is no Base64")]
    NotBase64 {
        /// The call.
        call: Call,
        /// What is wrong with it.
        source: base64::DecodeError,
    },
    /// What the call is about [refers to](crate::RefersTo) nothing, or by a text that cannot stand in a path: `.` or
    /// `..`. Nothing was sent.
    #[error("{call}: what is meant has neither an id nor a name that can be sent")]
    NoAddress {
        /// The call; its path ends before what is missing.
        call: Call,
    },
    /// The body of the call cannot be written as JSON. Nothing was sent.
    #[error("{call}: the body cannot be written as JSON")]
    Body {
        /// The call.
        call: Call,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The token, the API key, the agent id or the cursor has a character that no header can have, such as a line
    /// break. Nothing was sent.
    #[error("{call}: the header {header} cannot have this value")]
    Header {
        /// The call.
        call: Call,
        /// The name of the header.
        header: &'static str,
    },
}

/// A call of the API: a method and a path, without the query string and the base URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    method: Method,
    path: String,
}

impl Call {
    pub(crate) fn new(method: Method, path: String) -> Self {
        Self { method, path }
    }

    pub(crate) fn http_method(&self) -> Method {
        self.method.clone()
    }

    /// The HTTP method, such as `GET`.
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// The path, such as `/v5/books/b1/accounts/Bank%20Account`.
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// `GET /v5/books/b1`
impl fmt::Display for Call {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.method, self.path)
    }
}

impl Error {
    /// The call that failed.
    pub fn call(&self) -> &Call {
        match self {
            Self::Refused { call, .. }
            | Self::NoToken { call }
            | Self::Connect { call, .. }
            | Self::Broken { call, .. }
            | Self::Timeout { call, .. }
            | Self::NotJson { call, .. }
            | Self::Incomplete { call, .. }
            | Self::NotBase64 { call, .. }
            | Self::NoAddress { call }
            | Self::Body { call, .. }
            | Self::Header { call, .. } => call,
        }
    }

    /// The HTTP status of a [refusal](Error::Refused).
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The code of a [refusal](Error::Refused), which is mostly its status.
    pub fn code(&self) -> Option<u16> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// The reason of a [refusal](Error::Refused) in one word, such as `notFound`.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Refused { reason, .. } => reason.as_deref(),
            _ => None,
        }
    }

    /// Whether what was asked for does not exist.
    ///
    /// A deletion can come to this although it was done: its first try deleted, the answer was lost, and the second
    /// try found nothing.
    pub fn is_not_found(&self) -> bool {
        self.code() == Some(404)
    }

    /// Whether the token is missing, expired or unknown, or its user may not see the book.
    pub fn is_unauthorized(&self) -> bool {
        self.code() == Some(401) || matches!(self, Self::NoToken { .. })
    }

    /// Whether the user may not do this.
    pub fn is_forbidden(&self) -> bool {
        self.code() == Some(403)
    }

    /// Whether it contradicts what is there, such as a name that is taken. The API answers some of it with 400.
    pub fn is_conflict(&self) -> bool {
        self.code() == Some(409)
    }

    /// Whether there were too many requests.
    pub fn is_too_many_requests(&self) -> bool {
        self.status() == Some(429)
    }

    /// Whether it may pass when the same is tried later: the network, a time limit, 408, 429 or 5xx. The client has
    /// then tried [as often as it may](crate::RetryPolicy).
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Broken { .. } | Self::Timeout { .. } => true,
            Self::Refused { status, .. } => matches!(status, 408 | 429 | 500..),
            _ => false,
        }
    }

    /// Whether the call was certainly not done, so that doing it again cannot be doing it twice.
    pub(crate) fn is_undone(&self) -> bool {
        matches!(self, Self::Connect { .. }) || self.is_too_many_requests()
    }
}

/// What the API says about a refusal, as far as it says it: ` (code 401, required): Login Required.`
struct Details<'a> {
    status: u16,
    code: u16,
    reason: Option<&'a str>,
    message: Option<&'a str>,
}

impl fmt::Display for Details<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code == self.status, self.reason) {
            (true, None) => {}
            (true, Some(reason)) => write!(out, " ({reason})")?,
            (false, None) => write!(out, " (code {})", self.code)?,
            (false, Some(reason)) => write!(out, " (code {}, {reason})", self.code)?,
        }
        self.message.map_or(Ok(()), |message| write!(out, ": {message}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: u16, reason: Option<&str>, message: Option<&str>) -> Error {
        let call = Call::new(Method::GET, "/v5/books/b1".into());
        let (reason, message) = (reason.map(str::to_owned), message.map(str::to_owned));
        Error::Refused { call, status, code, reason, message }
    }

    #[test]
    fn a_refusal_says_all_that_the_api_says() {
        let text = |status, code, reason, message| refused(status, code, reason, message).to_string();
        assert_eq!(
            text(404, 404, Some("notFound"), Some("book not found: b1")),
            "GET /v5/books/b1 was refused with 404 (notFound): book not found: b1"
        );
        assert_eq!(
            text(404, 401, Some("required"), Some("no collaborator")),
            "GET /v5/books/b1 was refused with 404 (code 401, required): no collaborator"
        );
        assert_eq!(text(404, 401, None, None), "GET /v5/books/b1 was refused with 404 (code 401)");
        assert_eq!(text(502, 502, None, None), "GET /v5/books/b1 was refused with 502");
    }

    #[test]
    fn the_code_counts_where_it_differs_from_the_status() {
        let stranger = refused(404, 401, None, None);
        assert!(stranger.is_unauthorized());
        assert!(!stranger.is_not_found());
    }

    #[test]
    fn only_what_may_pass_is_transient() {
        for (status, transient) in [(408, true), (429, true), (500, true), (503, true), (599, true)]
            .into_iter()
            .chain([400, 401, 403, 404, 409, 418].map(|status| (status, false)))
        {
            assert_eq!(refused(status, status, None, None).is_transient(), transient, "{status}");
        }
    }
}
