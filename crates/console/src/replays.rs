//! Many deliveries that run again, as a job in the background.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use bookhook_model::{NewReplays, ReplayJob, ReplayJobId};

use crate::actor::Who;
use crate::acts::Nothing;
use crate::body;
use crate::console::Console;
use crate::problem::Problem;

#[derive(Debug, Serialize)]
pub(crate) struct Jobs {
    items: Vec<ReplayJob>,
    next: Option<String>,
}

/// `POST /replays`: a job begins.
pub(crate) async fn start(
    State(console): State<Console>,
    Who(who): Who,
    body::Json(new): body::Json<NewReplays>,
) -> Result<Response, Problem> {
    let job = console.dispatcher().start_replays(new, &who).await?;
    let location = HeaderValue::try_from(format!("/api/v1/replays/{}", job.id));
    let mut response = (StatusCode::ACCEPTED, Json(job)).into_response();
    response.headers_mut().extend(location.ok().map(|location| (header::LOCATION, location)));
    Ok(response)
}

/// `GET /replays`: the newest first.
pub(crate) async fn list(State(console): State<Console>) -> Result<Json<Jobs>, Problem> {
    Ok(Json(Jobs { items: console.dispatcher().replays().await?, next: None }))
}

/// `GET /replays/{id}`
pub(crate) async fn one(
    State(console): State<Console>,
    Path(id): Path<String>,
) -> Result<Json<ReplayJob>, Problem> {
    let found = console.dispatcher().replay_job(self::id(&id)?).await?;
    found.map(Json).ok_or_else(|| Problem::no_such_replays(&id))
}

/// `POST /replays/{id}/cancel`
pub(crate) async fn cancel(
    State(console): State<Console>,
    Path(id): Path<String>,
    Who(who): Who,
    body::Json(Nothing {}): body::Json<Nothing>,
) -> Result<Json<ReplayJob>, Problem> {
    Ok(Json(console.dispatcher().cancel_replays(self::id(&id)?, &who).await?))
}

/// What is no job's id is the id of no job.
fn id(text: &str) -> Result<ReplayJobId, Problem> {
    text.parse().map_err(|_| Problem::no_such_replays(&text.chars().take(80).collect::<String>()))
}
