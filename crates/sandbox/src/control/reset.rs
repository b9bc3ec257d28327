//! `reset`

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;

use super::Shared;
use crate::refusal::Refusal;
use crate::seed::SeedError;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new().route("/reset", post(reset))
}

async fn reset(State(world): Shared) -> Result<StatusCode, Refusal> {
    let reset = tokio::task::spawn_blocking(move || world.reset()).await;
    reset.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic())).map_err(refusal)?;
    Ok(StatusCode::NO_CONTENT)
}

fn refusal(error: SeedError) -> Refusal {
    match error {
        SeedError::Storage(error) => Refusal::Storage(error),
        error => Refusal::Invalid { field: "seed", message: error.to_string() },
    }
}
