//! `books/{book}/integrations` and `books/{book}/apps`

use axum::extract::State;
use axum::routing::{delete, get};
use axum::{Json, Router};
use bkper_model::{AppList, BookId, Integration, IntegrationList};

use super::{Answer, Body, Caller, Path, Shared};
use crate::ledger::integrations;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new()
        .route("/books/{book}/integrations", get(list).post(create).put(update))
        .route("/books/{book}/integrations/{integration}", delete(remove))
        .route("/books/{book}/apps", get(apps))
}

async fn list(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
) -> Answer<IntegrationList> {
    let items = world.read(who, move |view| integrations::list(view, &book)).await?;
    Ok(Json(IntegrationList { items: Some(items), ..IntegrationList::default() }))
}

async fn apps(State(world): Shared, Caller(who): Caller, Path(book): Path<BookId>) -> Answer<AppList> {
    let items = world.read(who, move |view| integrations::installed_apps(view, &book)).await?;
    Ok(Json(AppList { items: Some(items), ..AppList::default() }))
}

async fn create(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(integration): Body<Integration>,
) -> Answer<Integration> {
    world.write(who, move |act| integrations::create(act, &book, &integration)).await.map(Json)
}

async fn update(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(integration): Body<Integration>,
) -> Answer<Integration> {
    world.write(who, move |act| integrations::update(act, &book, &integration)).await.map(Json)
}

async fn remove(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, id)): Path<(BookId, String)>,
) -> Answer<Integration> {
    world.write(who, move |act| integrations::delete(act, &book, &id)).await.map(Json)
}
