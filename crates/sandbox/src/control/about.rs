//! `/sandbox` itself: what this is, and what is in it.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use rusqlite::Connection;
use serde::Serialize;

use super::Shared;
use crate::clock::Time;
use crate::ledger::{Book, User};
use crate::refusal::Refusal;
use crate::store;
use crate::world::World;

/// What does not change while the sandbox runs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Facts {
    pub(crate) version: &'static str,
    /// The base URL of the API.
    pub(crate) api: String,
    /// Where the state is kept; nowhere when it is in memory.
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct About {
    #[serde(flatten)]
    facts: Facts,
    clock: Time,
    users: Vec<Person>,
    books: Vec<ShownBook>,
}

#[derive(Debug, Serialize)]
struct Person {
    username: String,
    email: String,
    name: String,
}

#[derive(Debug, Serialize)]
struct ShownBook {
    id: String,
    name: String,
    owner: String,
}

impl From<User> for Person {
    fn from(user: User) -> Self {
        Self { username: user.username, email: user.email, name: user.name }
    }
}

impl From<Book> for ShownBook {
    fn from(book: Book) -> Self {
        Self { id: book.id.to_string(), name: book.name, owner: book.owner_name }
    }
}

pub(super) fn routes(facts: Facts) -> Router<Arc<World>> {
    Router::new().route("/", get(async move |world: Shared| about(world, facts).await))
}

async fn about(State(world): Shared, facts: Facts) -> Result<Json<About>, Refusal> {
    let clock = world.clock.time();
    world.own(move |db, _| Ok(Json(about_in(db, facts, clock)?))).await
}

fn about_in(db: &Connection, facts: Facts, clock: Time) -> rusqlite::Result<About> {
    let users = store::users::all(db)?.into_iter().map(Into::into).collect();
    let books = store::books::all(db)?.into_iter().map(Into::into).collect();
    Ok(About { facts, clock, users, books })
}
