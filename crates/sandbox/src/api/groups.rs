//! `books/{book}/groups`

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use bkper_model::{AccountList, BookId, Group, GroupList};

use super::accounts::listed as listed_accounts;
use super::{Answer, Body, Caller, Path, Shared};
use crate::ledger::groups;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new()
        .route("/books/{book}/groups", get(list).post(create).put(update))
        .route("/books/{book}/groups/batch", post(create_all))
        .route("/books/{book}/groups/{group}", get(one).delete(remove))
        .route("/books/{book}/groups/{group}/accounts", get(accounts))
}

async fn list(State(world): Shared, Caller(who): Caller, Path(book): Path<BookId>) -> Answer<GroupList> {
    world.read(who, move |view| groups::list(view, &book)).await.map(listed)
}

async fn create(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(group): Body<Group>,
) -> Answer<Group> {
    world.write(who, move |act| groups::create(act, &book, &group)).await.map(Json)
}

async fn update(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(group): Body<Group>,
) -> Answer<Group> {
    world.write(who, move |act| groups::update(act, &book, &group)).await.map(Json)
}

async fn create_all(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(list): Body<GroupList>,
) -> Answer<GroupList> {
    let items = list.items.unwrap_or_default();
    world.write(who, move |act| groups::create_all(act, &book, &items)).await.map(listed)
}

async fn one(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, group)): Path<(BookId, String)>,
) -> Answer<Group> {
    world.read(who, move |view| groups::get(view, &book, &group)).await.map(Json)
}

async fn remove(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, group)): Path<(BookId, String)>,
) -> Answer<Group> {
    world.write(who, move |act| groups::delete(act, &book, &group)).await.map(Json)
}

async fn accounts(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, group)): Path<(BookId, String)>,
) -> Answer<AccountList> {
    world.read(who, move |view| groups::accounts(view, &book, &group)).await.map(listed_accounts)
}

pub(super) fn listed(items: Vec<Group>) -> Json<GroupList> {
    Json(GroupList { items: Some(items), ..GroupList::default() })
}
