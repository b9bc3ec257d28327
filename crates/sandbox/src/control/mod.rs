//! The sandbox's own door, `/sandbox/…`: what a test asks of it that no Bkper would answer.
//!
//! It takes no token and is meant for the machine's own user. What it answers is described in `docs/sandbox.md`.

mod about;
mod apps;
mod clock;
mod comments;
mod faults;
mod files;
mod outbox;
mod request;
mod reset;
mod snapshot;
mod tokens;

use std::sync::Arc;

use axum::Router;

use crate::world::World;

pub(crate) use about::about;
pub use about::{About, Facts, Person, ShownApp, ShownBook};
pub(crate) use snapshot::of_book as snapshot;

/// What every handler shares.
type Shared = axum::extract::State<Arc<World>>;

/// All routes of the door.
pub(crate) fn router(world: Arc<World>, facts: Facts) -> Router {
    let routes = Router::new()
        .merge(about::routes(facts))
        .merge(apps::routes())
        .merge(clock::routes())
        .merge(faults::routes())
        .merge(outbox::routes())
        .merge(tokens::routes())
        .merge(comments::routes())
        .merge(files::routes())
        .merge(reset::routes())
        .merge(snapshot::routes());
    Router::new().nest("/sandbox", routes).with_state(world)
}
