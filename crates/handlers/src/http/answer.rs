//! The answer: read to its end or its limit, and judged.

use std::time::Duration;

use bookhook_model::response::NoResponse;
use bookhook_model::{Failure, FailureKind, Response, RunEnd};
use bytes::Bytes;
use http::header::LOCATION;
use http::response::Parts;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use super::target::Target;
use super::trouble;
use crate::RESPONSE_BYTES_MAX as LONGEST;
use crate::excerpt::{Secrets, complaint, excerpt};
use crate::no_response;
use crate::retry_after::retry_after;

/// So long is waited for the words to a status that is no success.
const WORDS_TIME: Duration = Duration::from_secs(2);

/// Reads an answer and says how the run ended.
pub(super) async fn read(target: &Target, secrets: &Secrets<'_>, answer: http::Response<Incoming>) -> RunEnd {
    let (head, body) = answer.into_parts();
    let status = head.status;
    if status.is_success() {
        return success(target, secrets, status, receive(body).await);
    }
    let words = words(body).await;
    if status == StatusCode::TOO_MANY_REQUESTS {
        RunEnd::Busy { retry_after: retry_after(&head.headers) }
    } else {
        RunEnd::Failed(unwelcome(target, secrets, &head, &words))
    }
}

/// Reads an answer of which only the status counts.
pub(super) async fn check(target: &Target, answer: http::Response<Incoming>) -> Result<(), Failure> {
    let (head, body) = answer.into_parts();
    let words = words(body).await;
    let secrets = Secrets::of(&[]);
    if head.status.is_success() { Ok(()) } else { Err(unwelcome(target, &secrets, &head, &words)) }
}

/// What comes with a status that says all already. Read to its end, for a connection with unread bytes cannot be kept;
/// but one that has no end must not keep the run.
async fn words(body: Incoming) -> Vec<u8> {
    let received = tokio::time::timeout(WORDS_TIME, receive(body)).await;
    received.map(|received| received.bytes).unwrap_or_default()
}

/// What came of a body.
struct Received {
    bytes: Vec<u8>,
    end: End,
}

enum End {
    Complete,
    TooLarge,
    Broken(hyper::Error),
}

async fn receive(mut body: Incoming) -> Received {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(LONGEST);
    // Copied, not kept as it lies: a response lives on, and would hold the connection's whole buffer.
    let mut bytes = Vec::with_capacity(announced.min(LONGEST));
    let end = loop {
        match body.frame().await {
            None => break End::Complete,
            Some(Err(error)) => break End::Broken(error),
            Some(Ok(frame)) => {
                let data = frame.into_data().unwrap_or_default();
                let room = LONGEST - bytes.len();
                bytes.extend_from_slice(&data[..data.len().min(room)]);
                if data.len() > room {
                    break End::TooLarge;
                }
            }
        }
    };
    Received { bytes, end }
}

fn success(target: &Target, secrets: &Secrets<'_>, status: StatusCode, body: Received) -> RunEnd {
    let (kind, trouble) = match body.end {
        End::Complete => {
            let json = Bytes::from(body.bytes);
            match Response::parse(json.clone()) {
                Ok(response) => return RunEnd::Answered { status: Some(status.as_u16()), response },
                Err(reason) => {
                    (FailureKind::BadResponse, no_response(target, secrets, status, &json, &reason))
                }
            }
        }
        End::TooLarge => {
            (FailureKind::BadResponse, format!("{target} answered {status} with a body of more than 1MiB"))
        }
        End::Broken(error) => {
            let detail = trouble::detail(&error);
            let message = format!("{target} closed the connection before its answer was complete{detail}");
            (FailureKind::Disconnected, message)
        }
    };
    RunEnd::Failed(Failure::new(kind, trouble))
}

fn no_response(
    target: &Target,
    secrets: &Secrets<'_>,
    status: StatusCode,
    body: &[u8],
    reason: &NoResponse,
) -> String {
    format!("{target} answered {status} with {}", no_response::describe(body, reason, secrets))
}

/// A status that is neither 2xx nor 429.
fn unwelcome(target: &Target, secrets: &Secrets<'_>, head: &Parts, body: &[u8]) -> Failure {
    let status = head.status;
    let message = if status.is_redirection() {
        let aim = aim(&head.headers).and_then(|aim| excerpt(aim.as_bytes(), secrets));
        let aim = aim.map(|aim| format!(" to {aim}")).unwrap_or_default();
        format!("{target} answered {status}, a redirect{aim}: redirects are not followed, give the final URL")
    } else {
        let complaint = complaint(body, secrets).map(|text| format!(": {text}")).unwrap_or_default();
        format!("{target} answered {status}{complaint}")
    };
    let kind = FailureKind::Status(status.as_u16());
    Failure { retry_after: retry_after(&head.headers), ..Failure::new(kind, message) }
}

/// Where a redirect leads; shown only as far as any URL may be shown.
fn aim(headers: &HeaderMap) -> Option<String> {
    let location = headers.get(LOCATION)?.to_str().ok()?;
    if location.starts_with('/') {
        return location.split(['?', '#']).next().map(str::to_owned);
    }
    Target::parse(location).ok().map(|target| target.to_string())
}
