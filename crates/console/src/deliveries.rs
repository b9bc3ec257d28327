//! Deliveries: a list, one of them, its payload.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Uri, header};

use bookhook_journal::{Page, Payload};
use bookhook_model::{Delivery, DeliveryId};

use crate::console::Console;
use crate::problem::Problem;
use crate::query::{FILTER, PAGING, Query};

/// `GET /deliveries`: the newest first.
pub(crate) async fn list(State(console): State<Console>, uri: Uri) -> Result<Json<Page<Delivery>>, Problem> {
    let query = Query::read(&uri, &[&FILTER[..], &PAGING].concat())?;
    let (filter, paging) = (query.filter()?, query.paging()?);
    Ok(Json(console.journal().list(&filter, paging.cursor.as_ref(), paging.limit).await?))
}

/// `GET /deliveries/{id}`: with its runs.
pub(crate) async fn one(
    State(console): State<Console>,
    Path(id): Path<String>,
) -> Result<Json<Delivery>, Problem> {
    find(&console, self::id(&id)?).await.map(Json)
}

/// One delivery, as it stands now.
pub(crate) async fn find(console: &Console, id: DeliveryId) -> Result<Delivery, Problem> {
    let found = console.journal().find(id).await?;
    found.ok_or_else(|| Problem::no_such_delivery(&id.to_string()))
}

/// `GET /deliveries/{id}/payload`: the event, byte for byte.
pub(crate) async fn payload(
    State(console): State<Console>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let parsed = self::id(&id)?;
    let found = console.journal().payload(parsed).await?;
    found.map(|payload| harmless(parsed, payload)).ok_or_else(|| Problem::no_such_delivery(&id))
}

/// What is no delivery's id is the id of no delivery.
pub(crate) fn id(text: &str) -> Result<DeliveryId, Problem> {
    text.parse().map_err(|_| Problem::no_such_delivery(&text.chars().take(80).collect::<String>()))
}

/// Whoever can send an event must not get hold of the browser of the person who looks at it: only JSON is shown, anything
/// else is a file to be saved.
fn harmless(id: DeliveryId, payload: Payload) -> Response {
    let is_json = payload.content_type().is_some_and(is_json);
    let mut response = payload.body.into_response();
    let headers = response.headers_mut();
    let media_type = if is_json { "application/json" } else { "application/octet-stream" };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    let policy = HeaderValue::from_static("default-src 'none'; sandbox");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    if !is_json {
        let disposition = HeaderValue::try_from(format!("attachment; filename=\"{id}\""));
        headers.extend(disposition.ok().map(|value| (header::CONTENT_DISPOSITION, value)));
    }
    response
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}
