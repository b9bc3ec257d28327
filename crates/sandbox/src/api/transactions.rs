//! `books/{book}/transactions`: everything that changes them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{patch, post};
use axum::{Json, Router};
use bkper_model::{BookId, Transaction, TransactionList, TransactionOperation};

use super::{Answer, Body, Caller, Params, Path, Shared};
use crate::ledger::transactions::{self, Request};
use crate::refusal::Refusal;

const ALL: &str = "/books/{book}/transactions";

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new().merge(for_one()).merge(for_many()).route(&format!("{ALL}/merge"), patch(merge))
}

/// What is asked for one transaction, which is the body.
fn for_one() -> Router<std::sync::Arc<crate::world::World>> {
    let of_one = |request: Request| {
        move |world: Shared, who: Caller, book: Path<BookId>, body: Body<Transaction>| {
            one(request, world, who, book, body)
        }
    };
    let update = Request::Update { checked_too: false };
    let trash = Request::Trash { checked_too: false };
    Router::new()
        .route(ALL, post(of_one(Request::Create)).put(of_one(update)))
        .route(&format!("{ALL}/post"), patch(of_one(Request::Post)))
        .route(&format!("{ALL}/check"), patch(of_one(Request::Check)))
        .route(&format!("{ALL}/uncheck"), patch(of_one(Request::Uncheck)))
        .route(&format!("{ALL}/trash"), patch(of_one(trash)))
        .route(&format!("{ALL}/restore"), patch(of_one(Request::Restore)))
        .route(&format!("{ALL}/untrash"), patch(of_one(Request::Restore)))
        .route(&format!("{ALL}/remove"), patch(of_one(Request::Remove)))
}

/// The same for all items of a list, with nothing in the answer.
fn for_many() -> Router<std::sync::Arc<crate::world::World>> {
    let of_each = |request: Request| {
        move |world: Shared, who: Caller, book: Path<BookId>, body: Body<TransactionList>| async move {
            batch(request, world, who, book, body).await.map(|_| StatusCode::NO_CONTENT)
        }
    };
    Router::new()
        .route(&format!("{ALL}/batch"), post(create_all).put(update_all))
        .route(&format!("{ALL}/post/batch"), patch(of_each(Request::Post)))
        .route(&format!("{ALL}/check/batch"), patch(of_each(Request::Check)))
        .route(&format!("{ALL}/uncheck/batch"), patch(of_each(Request::Uncheck)))
        .route(&format!("{ALL}/trash/batch"), patch(trash_all))
        .route(&format!("{ALL}/untrash/batch"), patch(of_each(Request::Restore)))
}

async fn one(
    request: Request,
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(transaction): Body<Transaction>,
) -> Answer<TransactionOperation> {
    world.write(who, move |act| transactions::one(act, &book, request, &transaction)).await.map(Json)
}

async fn batch(
    request: Request,
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(list): Body<TransactionList>,
) -> Answer<TransactionList> {
    let items = list.items.unwrap_or_default();
    let items = world.write(who, move |act| transactions::batch(act, &book, request, &items)).await?;
    Ok(Json(TransactionList { items: Some(items), ..TransactionList::default() }))
}

async fn create_all(
    world: Shared,
    who: Caller,
    book: Path<BookId>,
    body: Body<TransactionList>,
) -> Answer<TransactionList> {
    batch(Request::Create, world, who, book, body).await
}

async fn update_all(
    world: Shared,
    who: Caller,
    book: Path<BookId>,
    params: Params,
    body: Body<TransactionList>,
) -> Answer<TransactionList> {
    let checked_too = params.is_true("updateChecked");
    batch(Request::Update { checked_too }, world, who, book, body).await
}

async fn trash_all(
    world: Shared,
    who: Caller,
    book: Path<BookId>,
    params: Params,
    body: Body<TransactionList>,
) -> Result<StatusCode, Refusal> {
    let checked_too = params.is_true("trashChecked");
    batch(Request::Trash { checked_too }, world, who, book, body).await.map(|_| StatusCode::NO_CONTENT)
}

async fn merge(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(list): Body<TransactionList>,
) -> Answer<TransactionOperation> {
    let items = list.items.unwrap_or_default();
    world.write(who, move |act| transactions::merge(act, &book, &items)).await.map(Json)
}
