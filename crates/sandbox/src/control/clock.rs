//! `clock`

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};

use super::Shared;
use super::request::Asked;
use crate::clock::{ClockError, Time, TimeChange};
use crate::refusal::Refusal;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new().route("/clock", get(show).put(change))
}

async fn show(State(world): Shared) -> Json<Time> {
    Json(world.clock.time())
}

async fn change(State(world): Shared, Asked(change): Asked<TimeChange>) -> Result<Json<Time>, Refusal> {
    world.aside(move |world| world.change_time(change)).await.map(Json).map_err(refusal)
}

fn refusal(error: ClockError) -> Refusal {
    match error {
        ClockError::Write(error) => Refusal::Storage(error),
        error => Refusal::Invalid { field: "clock", message: error.to_string() },
    }
}
