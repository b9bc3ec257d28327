//! `user`, and `user/billing`

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::routing::get;
use axum::{Json, Router};
use bkper_model::{Billing, Counts, Url, User};

use super::{Answer, Caller, Params, Shared};
use crate::ledger::billing;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new()
        .route("/user", get(user))
        .route("/user/billing", get(bill))
        .route("/user/billing/counts", get(counts))
        .route("/user/billing/portal", get(portal))
        .route("/user/billing/checkout", get(checkout))
}

async fn user(State(world): Shared, Caller(who): Caller) -> Answer<User> {
    world.read(who, billing::user).await.map(Json)
}

async fn bill(State(world): Shared, Caller(who): Caller) -> Answer<Billing> {
    world.read(who, billing::billing).await.map(Json)
}

async fn counts(State(world): Shared, Caller(who): Caller) -> Answer<Counts> {
    world.read(who, billing::counts).await.map(Json)
}

/// There is no portal: whoever goes there is back at once.
async fn portal(state: Shared, who: Caller, params: Params, headers: HeaderMap) -> Answer<Url> {
    back(state, who, params.get("returnUrl"), &headers).await
}

/// There is nothing to pay: every checkout succeeds at once.
async fn checkout(state: Shared, who: Caller, params: Params, headers: HeaderMap) -> Answer<Url> {
    back(state, who, params.get("successUrl"), &headers).await
}

/// Where the user wants to go, or else the sandbox's own door.
async fn back(
    State(world): Shared,
    Caller(who): Caller,
    wanted: Option<&str>,
    headers: &HeaderMap,
) -> Answer<Url> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let url = wanted.map_or_else(|| format!("http://{host}/sandbox"), str::to_owned);
    world.read(who, |_| Ok(Json(Url { url: Some(url), ..Url::default() }))).await
}
