//! What a request is told when it is not done: `application/problem+json` (RFC 9457).
//!
//! A problem that is the host's own carries its cause into the log, and not to the caller.

use std::error::Error;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use tracing::warn;

use bookhook_dispatch::ActError;
use bookhook_journal::{ReadError, WriteError};
use bookhook_model::HookName;

/// Why a request was not done. Serialised, it is the answer's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    title: &'static str,
    #[serde(serialize_with = "number")]
    status: StatusCode,
    /// A short stable name for programs.
    code: &'static str,
    detail: String,
    /// The parameter that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// What it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<Vec<&'static str>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or_default();
        Self { title, status, code, detail: detail.into(), parameter: None, allowed: None }
    }

    pub(crate) fn unauthorized() -> Self {
        let detail = "send the console's token: `Authorization: Bearer TOKEN`";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    pub(crate) fn foreign_host() -> Self {
        let detail = "without a token, this door is reached by 127.0.0.1 or localhost only";
        Self::new(StatusCode::FORBIDDEN, "foreign_host", detail)
    }

    pub(crate) fn foreign_origin() -> Self {
        let detail = "without a token, this door is closed to web pages of elsewhere";
        Self::new(StatusCode::FORBIDDEN, "foreign_origin", detail)
    }

    pub(crate) fn no_such_path() -> Self {
        let detail = "there is nothing here; /api/v1/openapi.json tells what there is";
        Self::new(StatusCode::NOT_FOUND, "no_such_path", detail)
    }

    pub(crate) fn wrong_method() -> Self {
        let detail = "this path takes other methods; see Allow";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", detail)
    }

    pub(crate) fn no_such_delivery(id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "no_such_delivery", format!("there is no delivery {id}"))
    }

    pub(crate) fn no_such_replays(id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "no_such_replays", format!("there are no replays {id}"))
    }

    pub(crate) fn no_such_hook(name: &str, known: impl IntoIterator<Item = HookName>) -> Self {
        let known: Vec<String> = known.into_iter().map(|name| format!("`{name}`")).collect();
        let detail = format!("this host serves no hook `{name}`; it serves {}", known.join(", "));
        Self::new(StatusCode::NOT_FOUND, "no_such_hook", detail)
    }

    /// A query parameter that there is not.
    pub(crate) fn unknown_parameter(name: &str, allowed: &[&'static str]) -> Self {
        let detail = format!("there is no parameter `{name}`; there are {}", listed(allowed));
        Self::new(StatusCode::BAD_REQUEST, "unknown_parameter", detail).of(name).among(allowed)
    }

    /// A query parameter that is there twice.
    pub(crate) fn repeated_parameter(name: &str) -> Self {
        let detail = format!("`{name}` is there twice");
        Self::new(StatusCode::BAD_REQUEST, "repeated_parameter", detail).of(name)
    }

    /// A value that a parameter cannot have; it says what it can.
    pub(crate) fn bad_value(name: &str, value: &str, expected: &str) -> Self {
        let shown: String = value.chars().take(80).collect();
        let detail = format!("{name}: `{shown}` is not {expected}");
        Self::new(StatusCode::BAD_REQUEST, "bad_value", detail).of(name)
    }

    /// A value that is not among those that a parameter can have.
    pub(crate) fn not_among(name: &str, value: &str, allowed: &[&'static str]) -> Self {
        Self::bad_value(name, value, &format!("one of {}", listed(allowed))).among(allowed)
    }

    pub(crate) fn bad_body(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_body", detail)
    }

    pub(crate) fn body_too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "the body is too large")
    }

    pub(crate) fn not_json() -> Self {
        let detail = "the content type must be application/json";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail)
    }

    fn of(self, name: &str) -> Self {
        Self { parameter: Some(name.chars().take(80).collect()), ..self }
    }

    fn among(self, allowed: &[&'static str]) -> Self {
        Self { allowed: Some(allowed.to_vec()), ..self }
    }
}

fn listed(names: &[&'static str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        warn!(error = &error as &dyn Error, "the journal could not be read");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "journal_unavailable", "the journal cannot be read")
    }
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        let conflict = |code| Self::new(StatusCode::CONFLICT, code, error.to_string());
        match error {
            WriteError::NotFound(id) => Self::no_such_delivery(&id.to_string()),
            WriteError::NoReplays(id) => Self::no_such_replays(&id.to_string()),
            WriteError::Refused { .. } => conflict("wrong_state"),
            WriteError::TokenGone(_) => conflict("token_gone"),
            WriteError::WrongKey(_) => conflict("wrong_key"),
            WriteError::NoHook(_) => conflict("no_hook"),
            WriteError::ReplaysRunning(_) => conflict("replays_running"),
            WriteError::ReplaysOver { .. } => conflict("replays_over"),
            WriteError::NotWiped => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "not_wiped", error.to_string())
            }
            error => {
                warn!(error = &error as &dyn Error, "an operator's act could not be journaled");
                let detail = "the journal cannot be written";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "journal_unavailable", detail)
            }
        }
    }
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        let detail = error.to_string();
        match error {
            ActError::Journal(error) => error.into(),
            ActError::Read(error) => error.into(),
            ActError::NotFound(id) => Self::no_such_delivery(&id.to_string()),
            ActError::NoHook(_) => Self::new(StatusCode::CONFLICT, "no_hook", detail),
            ActError::Draining => Self::new(StatusCode::SERVICE_UNAVAILABLE, "draining", detail),
            ActError::EmptyFilter => Self::new(StatusCode::BAD_REQUEST, "empty_filter", detail).of("filter"),
            ActError::TooMany { .. } => Self::new(StatusCode::BAD_REQUEST, "too_many", detail).of("filter"),
            _ => Self::new(StatusCode::CONFLICT, "refused", detail),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
