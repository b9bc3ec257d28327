//! The API's own description.

use axum::response::{IntoResponse, Response};
use http::header;

/// The description of the API: `OpenAPI` 3.1, as JSON.
pub const OPENAPI: &str = include_str!("../openapi.json");

/// `GET /openapi.json`
pub(crate) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}
