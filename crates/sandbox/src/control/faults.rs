//! `faults`

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};

use super::Shared;
use super::request::Asked;
use crate::faults::Faults;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new().route("/faults", get(show).put(set))
}

async fn show(State(world): Shared) -> Json<Faults> {
    Json(world.mischief.faults())
}

/// Sets all of them: what is not named does not go wrong any more.
async fn set(State(world): Shared, Asked(faults): Asked<Faults>) -> Json<Faults> {
    world.mischief.set(faults);
    Json(world.mischief.faults())
}
