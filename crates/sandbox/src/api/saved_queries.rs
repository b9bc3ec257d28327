//! `books/{book}/queries`

use axum::extract::State;
use axum::routing::{delete, get};
use axum::{Json, Router};
use bkper_model::{BookId, Query, QueryList};

use super::{Answer, Body, Caller, Path, Shared};
use crate::ledger::saved_queries;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new()
        .route("/books/{book}/queries", get(list).post(create).put(update))
        .route("/books/{book}/queries/{query}", delete(remove))
}

async fn list(State(world): Shared, Caller(who): Caller, Path(book): Path<BookId>) -> Answer<QueryList> {
    let items = world.read(who, move |view| saved_queries::list(view, &book)).await?;
    Ok(Json(QueryList { items: Some(items), ..QueryList::default() }))
}

async fn create(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(query): Body<Query>,
) -> Answer<Query> {
    world.write(who, move |act| saved_queries::create(act, &book, &query)).await.map(Json)
}

async fn update(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(query): Body<Query>,
) -> Answer<Query> {
    world.write(who, move |act| saved_queries::update(act, &book, &query)).await.map(Json)
}

async fn remove(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, query)): Path<(BookId, String)>,
) -> Answer<Query> {
    world.write(who, move |act| saved_queries::delete(act, &book, &query)).await.map(Json)
}
