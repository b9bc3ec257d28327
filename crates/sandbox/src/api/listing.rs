//! `transactions`, as far as they are only read

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use bkper_model::query::Granularity;
use bkper_model::{BookId, Count, Counts, Periodicity, Transaction, TransactionId, TransactionList};

use super::{Answer, Caller, Params, Path, Shared};
use crate::ledger::listing::{self, counts};
use crate::refusal::Refusal;
use crate::world::World;

const PAGE: usize = 100;
const PAGE_MAX: usize = 1000;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/books/{book}/transactions", get(list))
        .route("/books/{book}/transactions/{id}", get(one))
        .route("/books/{book}/transactions/count", get(count))
        .route("/books/{book}/transactions/count/posted", get(count_posted))
}

async fn list(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    params: Params,
) -> Answer<TransactionList> {
    let asked = listing::Asked {
        query: query(&params),
        limit: params.limit(PAGE, PAGE_MAX)?,
        cursor: params.cursor().map(str::to_owned),
    };
    world.read(who, move |view| listing::list(view, &book, &asked)).await.map(Json)
}

async fn one(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, id)): Path<(BookId, TransactionId)>,
) -> Answer<Transaction> {
    world.read(who, move |view| listing::get(view, &book, &id)).await.map(Json)
}

async fn count(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    params: Params,
) -> Answer<Count> {
    let query = query(&params);
    world.read(who, move |view| listing::count(view, &book, &query)).await.map(Json)
}

async fn count_posted(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    params: Params,
) -> Answer<Counts> {
    let asked = counts::Asked {
        after: params.get("after").map(str::to_owned),
        before: params.get("before").map(str::to_owned),
        granularity: granularity(&params)?,
    };
    world.read(who, move |view| counts::posted(view, &book, &asked)).await.map(Json)
}

/// The query, which is empty when there is none: it finds everything that is not in the trash.
fn query(params: &Params) -> String {
    params.get("query").unwrap_or_default().to_owned()
}

fn granularity(params: &Params) -> Result<Granularity, Refusal> {
    let Some(text) = params.get("periodicity") else { return Ok(Granularity::Month) };
    let known =
        Granularity::ALL.into_iter().find(|known| Periodicity::from(*known) == Periodicity::from(text));
    known.ok_or_else(|| Refusal::InvalidFormat { message: format!("{text:?} is no Periodicity") })
}
