//! `books`

use axum::Router;
use axum::extract::State;
use axum::routing::{get, patch, post};
use axum::{Json, http::StatusCode};
use bkper_model::{Book, BookId, BookList, day_of_value};
use jiff::civil;

use super::{Answer, Body, Caller, Params, Path, Shared};
use crate::ledger::{audit, books, copy};
use crate::refusal::Refusal;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new()
        .route("/books", get(list).post(create).put(update_named))
        .route("/books/{book}", get(one).put(update).delete(remove))
        .route("/books/{book}/audit", patch(audited))
        .route("/books/{book}/copy", post(copied))
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

async fn one(
    State(world): Shared,
    Caller(who): Caller,
    Path(id): Path<String>,
    params: Params,
) -> Answer<Book> {
    let load = books::Load { accounts: params.is_true("loadAccounts"), groups: params.is_true("loadGroups") };
    world.read(who, move |view| books::get(view, &BookId::new(id), load)).await.map(Json)
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

async fn audited(
    State(world): Shared,
    Caller(who): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    world.write(who, move |act| audit::audit(act, &BookId::new(id))).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn copied(
    State(world): Shared,
    Caller(who): Caller,
    Path(id): Path<String>,
    params: Params,
) -> Answer<Book> {
    let name = params.get("name").map(str::to_owned);
    let since = params.is_true("copyTransactions").then(|| from_date(&params)).transpose()?;
    let wanted = copy::Wanted { name, since };
    world.write(who, move |act| copy::copy(act, &BookId::new(id), wanted)).await.map(Json)
}

/// The day that the parameter `fromDate` (YYYYMMDD) tells; before all others when it tells none.
fn from_date(params: &Params) -> Result<civil::Date, Refusal> {
    let Some(text) = params.get("fromDate") else { return Ok(civil::Date::MIN) };
    let day = text.parse().ok().and_then(day_of_value);
    day.ok_or_else(|| Refusal::Invalid { field: "fromDate", message: format!("{text:?} is no day YYYYMMDD") })
}
