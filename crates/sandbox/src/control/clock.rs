//! `clock`

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};

use super::Shared;
use super::request::Asked;
use crate::clock::{Time, TimeChange};
use crate::refusal::Refusal;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new().route("/clock", get(show).put(change))
}

async fn show(State(world): Shared) -> Json<Time> {
    Json(world.clock.time())
}

async fn change(State(world): Shared, Asked(change): Asked<TimeChange>) -> Result<Json<Time>, Refusal> {
    let refused =
        |error: crate::clock::NoSuchTime| Refusal::Invalid { field: "clock", message: error.to_string() };
    world.change_time(change).map(Json).map_err(refused)
}
