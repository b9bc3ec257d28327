//! What is done to one delivery, and why it stands where it stands.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;

use bookhook_model::{Delivery, DeliveryId, Explanation, ReplayOptions};

use crate::actor::Who;
use crate::body;
use crate::console::Console;
use crate::deliveries::{self, id};
use crate::problem::Problem;

type Answer = Result<Json<Delivery>, Problem>;

/// What parking may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parking {
    reason: Option<String>,
}

/// Nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Nothing {}

/// `POST /deliveries/{id}/replay`: it runs again.
pub(crate) async fn replay(
    State(console): State<Console>,
    Path(id): Path<String>,
    Who(who): Who,
    body::Json(options): body::Json<ReplayOptions>,
) -> Answer {
    let id = self::id(&id)?;
    console.dispatcher().replay(id, options, &who).await?;
    now(&console, id).await
}

/// `POST /deliveries/{id}/park`: the host gives up on it.
pub(crate) async fn park(
    State(console): State<Console>,
    Path(id): Path<String>,
    Who(who): Who,
    body::Json(Parking { reason }): body::Json<Parking>,
) -> Answer {
    let id = self::id(&id)?;
    console.dispatcher().park(id, reason.as_deref(), &who).await?;
    now(&console, id).await
}

/// `POST /deliveries/{id}/unpark`: it waits again, in its old place.
pub(crate) async fn unpark(
    State(console): State<Console>,
    Path(id): Path<String>,
    Who(who): Who,
    body::Json(Nothing {}): body::Json<Nothing>,
) -> Answer {
    let id = self::id(&id)?;
    console.dispatcher().unpark(id, &who).await?;
    now(&console, id).await
}

/// `POST /deliveries/{id}/skip`: it is settled without a run.
pub(crate) async fn skip(
    State(console): State<Console>,
    Path(id): Path<String>,
    Who(who): Who,
    body::Json(Nothing {}): body::Json<Nothing>,
) -> Answer {
    let id = self::id(&id)?;
    console.dispatcher().skip(id, &who).await?;
    now(&console, id).await
}

/// `GET /deliveries/{id}/explain`
pub(crate) async fn explain(
    State(console): State<Console>,
    Path(id): Path<String>,
) -> Result<Json<Explanation>, Problem> {
    Ok(Json(console.dispatcher().explain(self::id(&id)?).await?))
}

/// The delivery after the act.
async fn now(console: &Console, id: DeliveryId) -> Answer {
    deliveries::find(console, id).await.map(Json)
}
