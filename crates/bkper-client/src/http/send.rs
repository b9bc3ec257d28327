//! Sends a call until it is answered, or need not be tried again.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Response, StatusCode};
use secrecy::ExposeSecret;

use super::{Request, answer, retry_after::retry_after};
use crate::Error;

const AGENT: &str = "bkper-agent-id";
const API_KEY: &str = "bkper-api-key";
/// The cursor of a page travels in a header.
const CURSOR: &str = "cursor";

/// A try that came to nothing.
struct Failure {
    error: Error,
    retry_after: Option<Duration>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, retry_after: None }
    }
}

/// The body of the answer, which is a success.
pub(super) async fn until_answered(request: &Request) -> Result<Bytes, Error> {
    let policy = request.client.retry();
    let headers = headers(request)?;
    let mut tried = 0;
    loop {
        let failure = match try_once(request, headers.clone()).await {
            Ok(body) => return Ok(body),
            Err(failure) => failure,
        };
        tried += 1;
        let delay = policy.next_delay(tried, failure.retry_after, rand::random());
        match delay.filter(|_| may_repeat(request, &failure.error)) {
            Some(delay) => {
                tracing::debug!(error = %failure.error, tried, ?delay, "a call is tried again");
                tokio::time::sleep(delay).await;
            }
            None => return Err(failure.error),
        }
    }
}

fn may_repeat(request: &Request, error: &Error) -> bool {
    error.is_transient() && (request.repeatable || error.is_undone())
}

async fn try_once(request: &Request, headers: HeaderMap) -> Result<Bytes, Failure> {
    let client = &request.client;
    let mut call = client
        .http()
        .request(request.call.http_method(), format!("{}{}", request.url, request.query))
        .timeout(client.timeout())
        .headers(headers);
    if let Some(body) = &request.body {
        call = call.body(body.clone());
    }
    let response = call.send().await.map_err(|error| network(request, error))?;
    let (status, retry_after) = (response.status(), retry_after(response.headers()));
    let body = read(request, response).await;
    if status.is_success() { Ok(body?) } else { Err(refused(request, status, retry_after, body)) }
}

async fn read(request: &Request, response: Response) -> Result<Bytes, Error> {
    response.bytes().await.map_err(|error| network(request, error))
}

/// An error status counts even when what should come after it does not.
fn refused(
    request: &Request,
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Result<Bytes, Error>,
) -> Failure {
    let error = answer::refusal(request.call(), status.as_u16(), &body.unwrap_or_default());
    let is_nameless = error.is_unauthorized() && request.client.token().is_none();
    let error = if is_nameless { Error::NoToken { call: request.call() } } else { error };
    Failure { error, retry_after }
}

fn network(request: &Request, error: reqwest::Error) -> Error {
    let call = request.call();
    // The URL has what was searched for.
    let source = error.without_url();
    if source.is_connect() {
        Error::Connect { call, source }
    } else if source.is_timeout() {
        Error::Timeout { call, limit: request.client.timeout() }
    } else {
        Error::Broken { call, source }
    }
}

fn headers(request: &Request) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    let mut set = |name: &'static str, value: &str, is_secret: bool| {
        let refused = |_| Error::Header { call: request.call(), header: name };
        let mut value = HeaderValue::from_str(value).map_err(refused)?;
        value.set_sensitive(is_secret);
        headers.insert(name, value);
        Ok(())
    };
    let client = &request.client;
    if let Some(token) = client.token() {
        set(AUTHORIZATION.as_str(), &format!("Bearer {}", token.expose_secret()), true)?;
    }
    if let Some(key) = client.api_key() {
        set(API_KEY, key.expose_secret(), true)?;
    }
    if let Some(agent) = client.agent_id() {
        set(AGENT, agent.as_str(), false)?;
    }
    if let Some(cursor) = &request.cursor {
        set(CURSOR, cursor, false)?;
    }
    if request.body.is_some() {
        set(CONTENT_TYPE.as_str(), "application/json", false)?;
    }
    Ok(headers)
}
