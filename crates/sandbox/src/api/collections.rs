//! `collections`

use axum::extract::State;
use axum::routing::{delete, get, patch};
use axum::{Json, Router};
use bkper_model::{Book, BookId, BookList, Collection, CollectionId, CollectionList};

use super::{Answer, Body, Caller, Path, Shared};
use crate::ledger::collections;
use crate::refusal::{Refusal, each_item};

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new()
        .route("/collections", get(list).post(create).put(update))
        .route("/collections/{collection}", delete(remove))
        .route("/collections/{collection}/books/add", patch(add_books))
        .route("/collections/{collection}/books/remove", patch(remove_books))
}

async fn list(State(world): Shared, Caller(who): Caller) -> Answer<CollectionList> {
    let items = world.read(who, collections::list).await?;
    Ok(Json(CollectionList { items: Some(items), ..CollectionList::default() }))
}

async fn create(
    State(world): Shared,
    Caller(who): Caller,
    Body(collection): Body<Collection>,
) -> Answer<Collection> {
    world.write(who, move |act| collections::create(act, &collection)).await.map(Json)
}

async fn update(
    State(world): Shared,
    Caller(who): Caller,
    Body(collection): Body<Collection>,
) -> Answer<Collection> {
    world.write(who, move |act| collections::update(act, &collection)).await.map(Json)
}

async fn remove(State(world): Shared, Caller(who): Caller, Path(id): Path<CollectionId>) -> Answer<BookList> {
    world.write(who, move |act| collections::delete(act, &id)).await.map(books)
}

async fn add_books(
    State(world): Shared,
    Caller(who): Caller,
    Path(id): Path<CollectionId>,
    Body(list): Body<BookList>,
) -> Answer<BookList> {
    let named = ids(&list)?;
    world.write(who, move |act| collections::add(act, &id, &named)).await.map(books)
}

async fn remove_books(
    State(world): Shared,
    Caller(who): Caller,
    Path(id): Path<CollectionId>,
    Body(list): Body<BookList>,
) -> Answer<BookList> {
    let named = ids(&list)?;
    world.write(who, move |act| collections::remove(act, &id, &named)).await.map(books)
}

/// Of the books in the body, only the ids matter.
fn ids(list: &BookList) -> Result<Vec<BookId>, Refusal> {
    let id_of = |book: &Book| book.id.clone().ok_or(Refusal::Required { field: "id" });
    each_item(list.items.as_deref().unwrap_or_default(), id_of)
}

fn books(items: Vec<Book>) -> Json<BookList> {
    Json(BookList { items: Some(items), ..BookList::default() })
}
