//! `books/{book}/files`

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use bkper_model::{BookId, File, FileId, FileList};

use super::{Answer, Body, Caller, Params, Path, Shared};
use crate::ledger::files;

const PAGE: usize = 100;
const LONGEST_PAGE: usize = 1000;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new()
        .route("/books/{book}/files", get(list).post(create).put(update))
        .route("/books/{book}/files/{file}", get(one).delete(remove))
}

async fn list(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<String>,
    params: Params,
) -> Answer<FileList> {
    let limit = params.limit(PAGE, LONGEST_PAGE)?;
    let page = world.read(who, move |view| files::list(view, &BookId::new(book), params.cursor(), limit));
    page.await.map(Json)
}

async fn create(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<String>,
    Body(file): Body<File>,
) -> Answer<File> {
    world.write(who, move |act| files::create(act, &BookId::new(book), file)).await.map(Json)
}

async fn update(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<String>,
    Body(file): Body<File>,
) -> Answer<File> {
    world.write(who, move |act| files::update(act, &BookId::new(book), file)).await.map(Json)
}

async fn one(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, file)): Path<(String, String)>,
) -> Answer<File> {
    world.read(who, move |view| files::get(view, &BookId::new(book), &FileId::new(file))).await.map(Json)
}

async fn remove(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, file)): Path<(String, String)>,
) -> Answer<File> {
    world.write(who, move |act| files::delete(act, &BookId::new(book), &FileId::new(file))).await.map(Json)
}
