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
    Path(book): Path<BookId>,
    params: Params,
) -> Answer<FileList> {
    let limit = params.limit(PAGE, LONGEST_PAGE)?;
    let page = world.read(who, move |view| files::list(view, &book, params.cursor(), limit));
    page.await.map(Json)
}

async fn create(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(file): Body<File>,
) -> Answer<File> {
    world.write(who, move |act| files::create(act, &book, file)).await.map(Json)
}

async fn update(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(file): Body<File>,
) -> Answer<File> {
    world.write(who, move |act| files::update(act, &book, file)).await.map(Json)
}

async fn one(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, file)): Path<(BookId, FileId)>,
) -> Answer<File> {
    world.read(who, move |view| files::get(view, &book, &file)).await.map(Json)
}

async fn remove(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, file)): Path<(BookId, FileId)>,
) -> Answer<File> {
    world.write(who, move |act| files::delete(act, &book, &file)).await.map(Json)
}
