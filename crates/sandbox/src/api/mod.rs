//! The REST API v5, as clients see it: routes, parameters, bodies, statuses.
//!
//! One module for each resource, with its routes on top. They read what a request says and write what the answer is;
//! what happens in between is told in [`crate::ledger`].

mod accounts;
mod apps;
mod balances;
mod books;
mod collaborators;
mod collections;
mod connections;
mod events;
mod faulty;
mod files;
mod groups;
mod integrations;
mod listing;
mod refused;
mod request;
mod saved_queries;
mod templates;
mod transactions;
mod user;
mod watched;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;

use crate::refusal::Refusal;
use crate::world::World;

pub(crate) use refused::method_not_allowed;
pub(crate) use request::{Body, Caller, Params, Path};

/// What every handler shares.
pub(crate) type Shared = axum::extract::State<Arc<World>>;

/// The answer to a request: a resource as JSON, or a refusal.
pub(crate) type Answer<T> = Result<axum::Json<T>, Refusal>;

/// Local clients call the API under this prefix, others at the root.
const PREFIX: &str = "/_ah/api/bkper";
/// A file of 20 MB in Base64, and what stands around it.
const BODY_LIMIT: usize = 28 * 1024 * 1024;

/// All routes of the API, and what is answered where the sandbox has none: a client at a wrong base URL is told so.
pub(crate) fn router(world: Arc<World>) -> Router {
    let v5 = Router::new()
        .merge(books::routes())
        .merge(transactions::routes())
        .merge(listing::routes())
        .merge(balances::routes())
        .merge(accounts::routes())
        .merge(groups::routes())
        .merge(files::routes())
        .merge(user::routes())
        .merge(connections::routes())
        .merge(templates::routes())
        .merge(saved_queries::routes())
        .merge(collections::routes())
        .merge(collaborators::routes())
        .merge(apps::routes())
        .merge(integrations::routes())
        .merge(events::routes());
    Router::new()
        .nest("/v5", v5.clone())
        .nest(&format!("{PREFIX}/v5"), v5)
        .fallback(refused::no_such_path)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::clone(&world), faulty::faulty))
        .layer(middleware::from_fn_with_state(Arc::clone(&world), watched::watched))
        .with_state(world)
}
