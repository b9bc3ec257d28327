//! What handlers read from a request, as tolerantly as clients need it and as strictly as the API is.

use std::collections::HashMap;
use std::convert::Infallible;

use axum::body::Bytes;
use axum::extract::{self, FromRequest, FromRequestParts, Request};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use bkper_model::{AgentId, Resource, from_request};
use serde::de::DeserializeOwned;

use crate::identity::Credentials;
use crate::refusal::Refusal;

const AGENT: &str = "bkper-agent-id";
/// The cursor of a page travels in a header.
const CURSOR: &str = "cursor";

/// Who calls.
pub(crate) struct Caller(pub(crate) Credentials);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let headers = &parts.headers;
        let bearer = text(headers, AUTHORIZATION.as_str())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim().to_owned());
        let tag = parts.extensions.get().cloned().unwrap_or_default();
        Ok(Self(Credentials { bearer, agent: agent(headers), tag }))
    }
}

/// The app through which the user calls.
pub(super) fn agent(headers: &HeaderMap) -> Option<AgentId> {
    text(headers, AGENT).filter(|id| !id.is_empty()).map(AgentId::new)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The parameters of the query string. Clients leave empty segments in it (`?&&limit=50`).
#[derive(Debug)]
pub(crate) struct Params {
    query: HashMap<String, String>,
    cursor: Option<String>,
}

impl Params {
    /// The parameter's value, unless it is empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether the parameter is `true`.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// How many items a page has: `default` when it is not told (or 0), at most `most`.
    pub(crate) fn limit(&self, default: usize, most: usize) -> Result<usize, Refusal> {
        let Some(limit) = self.get("limit") else { return Ok(default) };
        match limit.parse::<usize>() {
            Ok(0) => Ok(default),
            Ok(limit) => Ok(most.min(limit)),
            Err(_) if limit.bytes().all(|byte| byte.is_ascii_digit()) => Ok(most),
            Err(_) => {
                Err(Refusal::Invalid { field: "limit", message: format!("{limit:?} is no number of items") })
            }
        }
    }

    /// Where the page begins.
    pub(crate) fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let cursor = text(&parts.headers, CURSOR).filter(|cursor| !cursor.is_empty()).map(str::to_owned);
        Ok(Self { query, cursor })
    }
}

/// The variable parts of the path, decoded.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = extract::Path::from_request_parts(parts, state).await;
        let extract::Path(path) =
            path.map_err(|rejection| Refusal::InvalidFormat { message: rejection.body_text() })?;
        Ok(Self(path))
    }
}

/// A resource in the body.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: Resource> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Refusal::TooLarge
            } else {
                Refusal::InvalidFormat { message: "the body did not come to its end".to_owned() }
            }
        })?;
        let resource =
            from_request(&bytes).map_err(|error| Refusal::InvalidFormat { message: with_cause(&error) })?;
        Ok(Self(resource))
    }
}

fn with_cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}
