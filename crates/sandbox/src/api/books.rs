//! `books`

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, patch};
use axum::{Json, http::StatusCode};
use bkper_model::{Book, BookId, BookList};

use super::{Answer, Body, Caller, Params, Shared};
use crate::ledger::books;
use crate::refusal::Refusal;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new()
        .route("/books", get(list).post(create).put(update_named))
        .route("/books/{book}", get(one).put(update).delete(remove))
        .route("/books/{book}/audit", patch(audit))
}

async fn list(State(world): Shared, Caller(who): Caller, params: Params) -> Answer<BookList> {
    let name = params.get("query").map(str::to_owned);
    let items = world.read(who, move |view| books::list(view, name.as_deref())).await?;
    Ok(Json(BookList { items: Some(items), ..BookList::default() }))
}

async fn create(
    State(world): Shared,
    Caller(who): Caller,
    params: Params,
    Body(mut book): Body<Book>,
) -> Answer<Book> {
    if let Some(name) = params.get("name") {
        book.name.get_or_insert_with(|| name.to_owned());
    }
    world.write(who, move |act| books::create(act, &book)).await.map(Json)
}

async fn one(State(world): Shared, Caller(who): Caller, Path(id): Path<String>) -> Answer<Book> {
    world.read(who, move |view| books::get(view, &BookId::new(id))).await.map(Json)
}

async fn update(
    State(world): Shared,
    Caller(who): Caller,
    Path(id): Path<String>,
    Body(book): Body<Book>,
) -> Answer<Book> {
    world.write(who, move |act| books::update(act, &BookId::new(id), &book)).await.map(Json)
}

async fn update_named(State(world): Shared, Caller(who): Caller, Body(book): Body<Book>) -> Answer<Book> {
    let id = book.id.clone().ok_or(Refusal::Required { field: "id" })?;
    world.write(who, move |act| books::update(act, &id, &book)).await.map(Json)
}

async fn remove(State(world): Shared, Caller(who): Caller, Path(id): Path<String>) -> Answer<Book> {
    world.write(who, move |act| books::delete(act, &BookId::new(id))).await.map(Json)
}

async fn audit(
    State(world): Shared,
    Caller(who): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    world.write(who, move |act| books::audit(act, &BookId::new(id))).await?;
    Ok(StatusCode::NO_CONTENT)
}
