//! `reset`

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;

use super::Shared;
use crate::refusal::Refusal;
use crate::seed::SeedError;
use crate::world::World;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new().route("/reset", post(reset))
}

async fn reset(State(world): Shared) -> Result<StatusCode, Refusal> {
    world.aside(World::reset).await.map_err(refusal)?;
    Ok(StatusCode::NO_CONTENT)
}

fn refusal(error: SeedError) -> Refusal {
    match error {
        SeedError::Storage(error) => Refusal::Storage(error),
        error => Refusal::Invalid { field: "seed", message: error.to_string() },
    }
}
