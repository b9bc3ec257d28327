//! Bodies of requests: JSON, or nothing where everything in it may be left out.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use http::header;
use http_body_util::{BodyExt, Limited};
use serde::de::DeserializeOwned;

use crate::problem::Problem;

const BYTES_MAX: usize = 64 * 1024;

/// A body as the value that it means; no body is the value without anything.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let is_json = is_json(request.headers());
        let bytes = read(request.into_body()).await?;
        let bytes = match bytes.trim_ascii() {
            [] => &b"{}"[..],
            // Only a program of the operator's own can say so: a form of a web page cannot.
            _ if !is_json => return Err(Problem::not_json()),
            bytes => bytes,
        };
        serde_json::from_slice(bytes).map(Self).map_err(|error| Problem::bad_body(error.to_string()))
    }
}

fn is_json(headers: &http::HeaderMap) -> bool {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

async fn read(body: Body) -> Result<bytes::Bytes, Problem> {
    match Limited::new(body, BYTES_MAX).collect().await {
        Ok(read) => Ok(read.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(Problem::body_too_large()),
        Err(_) => Err(Problem::bad_body("the body broke off")),
    }
}
