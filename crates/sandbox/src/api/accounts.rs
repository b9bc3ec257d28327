//! `books/{book}/accounts`

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use bkper_model::{Account, AccountList, BookId, GroupList};

use super::groups::listed as listed_groups;
use super::{Answer, Body, Caller, Path, Shared};
use crate::ledger::accounts;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new()
        .route("/books/{book}/accounts", get(list).post(create).put(update))
        .route("/books/{book}/accounts/batch", post(create_all).put(update_all))
        .route("/books/{book}/accounts/delete/batch", post(remove_all))
        .route("/books/{book}/accounts/{account}", get(one).delete(remove))
        .route("/books/{book}/accounts/{account}/groups", get(groups))
}

async fn list(State(world): Shared, Caller(who): Caller, Path(book): Path<BookId>) -> Answer<AccountList> {
    world.read(who, move |view| accounts::list(view, &book)).await.map(listed)
}

async fn create(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(account): Body<Account>,
) -> Answer<Account> {
    world.write(who, move |act| accounts::create(act, &book, &account)).await.map(Json)
}

async fn update(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(account): Body<Account>,
) -> Answer<Account> {
    world.write(who, move |act| accounts::update(act, &book, &account)).await.map(Json)
}

async fn create_all(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(list): Body<AccountList>,
) -> Answer<AccountList> {
    let items = list.items.unwrap_or_default();
    world.write(who, move |act| accounts::create_all(act, &book, &items)).await.map(listed)
}

async fn update_all(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(list): Body<AccountList>,
) -> Answer<AccountList> {
    let items = list.items.unwrap_or_default();
    world.write(who, move |act| accounts::update_all(act, &book, &items)).await.map(listed)
}

async fn remove_all(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(list): Body<AccountList>,
) -> Answer<AccountList> {
    let items = list.items.unwrap_or_default();
    world.write(who, move |act| accounts::delete_all(act, &book, &items)).await.map(listed)
}

async fn one(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, account)): Path<(BookId, String)>,
) -> Answer<Account> {
    world.read(who, move |view| accounts::get(view, &book, &account)).await.map(Json)
}

async fn remove(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, account)): Path<(BookId, String)>,
) -> Answer<Account> {
    world.write(who, move |act| accounts::delete(act, &book, &account)).await.map(Json)
}

async fn groups(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, account)): Path<(BookId, String)>,
) -> Answer<GroupList> {
    let items = world.read(who, move |view| accounts::groups(view, &book, &account)).await?;
    Ok(listed_groups(items))
}

pub(super) fn listed(items: Vec<Account>) -> Json<AccountList> {
    Json(AccountList { items: Some(items), ..AccountList::default() })
}
