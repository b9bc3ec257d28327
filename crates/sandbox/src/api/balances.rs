//! `balances`

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use bkper_model::{Balances, BookId};

use super::{Answer, Caller, Params, Path, Shared};
use crate::ledger::balances;
use crate::world::World;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new().route("/books/{book}/balances", get(asked_for))
}

async fn asked_for(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    params: Params,
) -> Answer<Balances> {
    let query = params.get("query").unwrap_or_default().to_owned();
    world.read(who, move |view| balances::get(view, &book, &query)).await.map(Json)
}
