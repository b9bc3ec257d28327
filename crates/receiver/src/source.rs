//! Who calls, and how a call is verified and read: one file a source, and one arm in each function here.

pub(crate) mod bkper;

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;

use bookhook_dispatch::Purpose;
use bookhook_model::{BadEvent, Event, LaneRule, Response};

use crate::identity::Refusal;

use bkper::Bkper;

/// A hook's source.
#[derive(Debug)]
pub enum Source {
    /// Bkper, on behalf of the users of an app.
    Bkper(Bkper),
}

/// Why a verified body is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoEvent {
    #[error("the body is not JSON: {}", cut(.0))]
    NotJson(serde_json::Error),
    #[error("the body is no Bkper event: {}", cut(.0))]
    NotAnEvent(serde_json::Error),
    #[error("the body is not UTF-8, which JSON must be")]
    NotUtf8(#[from] std::str::Utf8Error),
    #[error("the body is no JSON object")]
    NotAnObject,
    #[error("the body is no Bkper event: `{0}` is missing")]
    Missing(&'static str),
    #[error("the header `{0}` is not text")]
    HeaderNotText(&'static str),
    #[error(transparent)]
    Bad(#[from] BadEvent),
}

/// What serde says quotes the body, however long that is.
fn cut(error: &serde_json::Error) -> String {
    error.to_string().chars().take(200).collect()
}

impl From<serde_json::Error> for NoEvent {
    fn from(error: serde_json::Error) -> Self {
        if error.is_data() { Self::NotAnEvent(error) } else { Self::NotJson(error) }
    }
}

impl Source {
    /// Whether the caller is who it must be, by the request's head. A source whose callers sign the body will have its
    /// check after the body, and before anything of it is parsed.
    pub(crate) async fn verify(&self, headers: &HeaderMap, now: Timestamp) -> Result<(), Refusal> {
        match self {
            Self::Bkper(bkper) => bkper.verify(headers, now).await,
        }
    }

    /// What a caller is told whose event is durable and runs later.
    pub(crate) fn accepted(&self) -> Response {
        match self {
            Self::Bkper(_) => Response::suppressed(),
        }
    }

    /// The event in a verified body, and what is to be done with it.
    pub(crate) fn read(
        &self,
        headers: &HeaderMap,
        body: &Bytes,
        lane: &LaneRule,
    ) -> Result<(Event, Purpose), NoEvent> {
        match self {
            Self::Bkper(bkper) => bkper.read(headers, body, lane),
        }
    }
}
