//! `outbox`

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use super::Shared;
use crate::refusal::Refusal;
use crate::store;
use crate::store::outbox::Unsent;

#[derive(Debug, Serialize)]
struct Outbox {
    items: Vec<Unsent>,
}

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new().route("/outbox", get(list))
}

async fn list(State(world): Shared) -> Result<Json<Outbox>, Refusal> {
    world.own(|db, _| Ok(Json(Outbox { items: store::outbox::all(db)? }))).await
}
