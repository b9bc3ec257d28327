//! `/sandbox/files/{file}/{name}`: what is in a file. It is where the `url` of a file leads, so it takes no token.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};
use axum::routing::get;
use bkper_model::FileId;

use super::Shared;
use crate::api::Path;
use crate::ledger::files;
use crate::refusal::Refusal;
use crate::world::World;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new().route("/files/{file}/{name}", get(file))
}

/// The name is only there so that the file is saved under it.
async fn file(
    State(world): Shared,
    Path((id, _name)): Path<(FileId, String)>,
) -> Result<([(HeaderName, HeaderValue); 3], Bytes), Refusal> {
    let (content_type, bytes) = world.own(move |db, _| files::open(db, &id)).await?;
    let content_type =
        HeaderValue::try_from(content_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    // Whatever is in a file, it must not act as a page of the sandbox.
    let headers = [
        (CONTENT_TYPE, content_type),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox")),
    ];
    Ok((headers, bytes.into()))
}
