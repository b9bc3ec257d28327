//! `/sandbox/books/{book}/transactions/{transaction}/comments`: comments, of which the API v5 tells in events alone.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{delete, post};
use axum::{Json, Router};
use bkper_model::{BookId, Comment, CommentId, TransactionId};

use super::Shared;
use crate::api::{Answer, Body, Caller, Path};
use crate::ledger::comments;
use crate::world::World;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/books/{book}/transactions/{transaction}/comments", post(create))
        .route("/books/{book}/transactions/{transaction}/comments/{comment}", delete(remove))
}

async fn create(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, transaction)): Path<(BookId, TransactionId)>,
    Body(comment): Body<Comment>,
) -> Answer<Comment> {
    world.write(who, move |act| comments::create(act, &book, transaction, &comment)).await.map(Json)
}

async fn remove(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, transaction, comment)): Path<(BookId, TransactionId, CommentId)>,
) -> Answer<Comment> {
    world.write(who, move |act| comments::delete(act, &book, &transaction, &comment)).await.map(Json)
}
