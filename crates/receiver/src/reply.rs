//! Every answer that the door gives, and how it looks: `{"error": …}` where Bkper calls, RFC 9457 elsewhere.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response as HttpResponse;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

use bookhook_dispatch::Later;
use bookhook_journal::WriteError;

use crate::body::NoBody;
use crate::identity::Refusal;
use crate::source::NoEvent;

/// How long a caller should wait when the host cannot say anything better.
const UNAVAILABLE: Duration = Duration::from_secs(5);

/// Why a request is answered with something else than a handler's response.
#[derive(Debug)]
pub(crate) enum Refused {
    NoSuchHook,
    NotPost,
    NotJson,
    Encoded,
    Body(NoBody),
    Identity(Refusal),
    NoEvent(NoEvent),
    Later(Later, Duration),
    JournalUnavailable(Arc<WriteError>),
}

impl Refused {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchHook => StatusCode::NOT_FOUND,
            Self::NotPost => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotJson | Self::Encoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Body(NoBody::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(NoBody::TooSlow) => StatusCode::REQUEST_TIMEOUT,
            Self::Body(NoBody::Broken) | Self::NoEvent(_) => StatusCode::BAD_REQUEST,
            Self::Identity(refusal) => refusal.status(),
            Self::Later(..) => StatusCode::TOO_MANY_REQUESTS,
            Self::JournalUnavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// A short stable name, for counters.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::NoSuchHook => "no_such_hook",
            Self::NotPost => "method",
            Self::NotJson => "media_type",
            Self::Encoded => "content_encoding",
            Self::Body(NoBody::TooLarge) => "body_too_large",
            Self::Body(NoBody::TooSlow) => "body_too_slow",
            Self::Body(NoBody::Broken) => "body_broken",
            Self::Identity(refusal) => refusal.reason(),
            Self::NoEvent(_) => "no_event",
            Self::Later(why, _) => why.as_str(),
            Self::JournalUnavailable(_) => "journal_unavailable",
        }
    }

    /// What the caller is told: nothing that helps a stranger.
    fn told(&self) -> String {
        match self {
            Self::NoSuchHook => "there is no such hook".to_owned(),
            Self::NotPost => "a hook takes POST only".to_owned(),
            Self::NotJson => "the content type must be application/json".to_owned(),
            Self::Encoded => "the body must not be compressed".to_owned(),
            Self::Body(NoBody::TooLarge) => "the body is larger than this hook allows".to_owned(),
            Self::Body(NoBody::TooSlow) => "the body did not arrive in time".to_owned(),
            Self::Body(NoBody::Broken) => "the body broke off".to_owned(),
            Self::Identity(refusal) => match refusal.status() {
                StatusCode::FORBIDDEN => "forbidden".to_owned(),
                StatusCode::SERVICE_UNAVAILABLE => "callers cannot be verified at the moment".to_owned(),
                _ => "unauthorized".to_owned(),
            },
            Self::NoEvent(why) => why.to_string(),
            Self::Later(Later::QueueFull, _) => "too many events are waiting".to_owned(),
            Self::Later(Later::Draining, _) => "the host is restarting".to_owned(),
            Self::Later(Later::Deadline, _) => {
                "the event is taken and its response is not there yet".to_owned()
            }
            Self::Later(Later::HandlerBusy, _) => "the handler is busy, or being started again".to_owned(),
            Self::Later(Later::Paused, _) => {
                "the hook, or the event's lane, is paused; the event is held".to_owned()
            }
            Self::Later(Later::Parked, _) => "the event was set aside; send it again to run it".to_owned(),
            Self::Later(Later::Erased, _) => "the event was erased before it ran".to_owned(),
            Self::JournalUnavailable(_) => "the journal cannot be written".to_owned(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Later(_, after) => Some(*after),
            _ if self.status() == StatusCode::SERVICE_UNAVAILABLE => Some(UNAVAILABLE),
            _ => None,
        }
    }

    /// For Bkper, which shows `error` in the book's activity.
    pub(crate) fn to_bkper(&self) -> HttpResponse {
        let body = serde_json::json!({ "error": self.told() }).to_string();
        self.with_headers(json(self.status(), "application/json", Body::from(body)))
    }

    /// For everybody else.
    pub(crate) fn to_problem(&self) -> HttpResponse {
        let status = self.status();
        let title = status.canonical_reason().unwrap_or_default();
        let problem = serde_json::json!({ "title": title, "status": status.as_u16(), "detail": self.told() });
        self.with_headers(json(status, "application/problem+json", Body::from(problem.to_string())))
    }

    fn with_headers(&self, mut response: HttpResponse) -> HttpResponse {
        let headers = response.headers_mut();
        if let Some(after) = self.retry_after() {
            let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if matches!(self, Self::NotPost) {
            headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// 200 with a handler's response, byte for byte.
pub(crate) fn response(json_text: Bytes, body: impl FnOnce(Bytes) -> Body) -> HttpResponse {
    json(StatusCode::OK, "application/json", body(json_text))
}

fn json(status: StatusCode, media_type: &'static str, body: Body) -> HttpResponse {
    let mut response = HttpResponse::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
