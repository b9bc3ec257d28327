//! `/sandbox` itself: what this is, and what is in it.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use bkper_model::AgentId;
use rusqlite::Connection;
use serde::Serialize;

use super::Shared;
use crate::clock::Time;
use crate::faults::Faults;
use crate::ledger::{Book, User};
use crate::refusal::Refusal;
use crate::registry::OwnEvents;
use crate::store;
use crate::world::World;

/// What a sandbox is, and what is in it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct About {
    /// Where it is, and what does not change while it runs.
    #[serde(flatten)]
    pub facts: Facts,
    /// What its clock shows.
    pub clock: Time,
    /// What goes wrong on purpose.
    pub faults: Faults,
    /// Everybody whom it knows.
    pub users: Vec<Person>,
    /// All books, oldest first.
    pub books: Vec<ShownBook>,
    /// All apps, by id.
    pub apps: Vec<ShownApp>,
}

/// What does not change while a sandbox runs.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Facts {
    /// Of the program.
    pub version: &'static str,
    /// The base URL of the API.
    pub api: String,
    /// Where the key that signs calls of apps is published.
    pub jwks: String,
    /// Where the state is kept; nowhere when it is in memory.
    pub data: Option<PathBuf>,
}

/// Somebody whom the sandbox knows. Either name is a token.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Person {
    /// The short name.
    pub username: String,
    /// The email address.
    pub email: String,
    /// The name that people see.
    pub name: String,
}

/// A book of the sandbox.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ShownBook {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Username of its owner.
    pub owner: String,
}

/// An app that the sandbox knows.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ShownApp {
    /// Its id.
    pub id: AgentId,
    /// The email address of its owner, whose events go to the development URL.
    pub owner: String,
    /// Where it is told of what others do.
    pub webhook_url: Option<String>,
    /// Where it is told of what its owner and its developers do, if that is somewhere else.
    pub webhook_url_dev: Option<String>,
    /// What it is told of what it did itself.
    pub own_events: OwnEvents,
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
    Router::new().route("/", get(async move |world: Shared| show(world, facts).await))
}

async fn show(State(world): Shared, facts: Facts) -> Result<Json<About>, Refusal> {
    let (clock, faults) = (world.clock.time(), world.mischief.faults());
    world.own(move |db, _| Ok(Json(about(db, facts, clock, faults)?))).await
}

/// What is in the sandbox now.
pub(crate) fn about(db: &Connection, facts: Facts, clock: Time, faults: Faults) -> rusqlite::Result<About> {
    let users = store::users::all(db)?.into_iter().map(Into::into).collect();
    let books = store::books::all(db)?.into_iter().map(Into::into).collect();
    Ok(About { facts, clock, faults, users, books, apps: super::apps::all(db)? })
}
