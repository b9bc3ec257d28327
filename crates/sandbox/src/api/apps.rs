//! `apps`

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use bkper_model::{AgentId, App, AppList};

use super::{Answer, Body, Caller, Path, Shared};
use crate::ledger::apps;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new()
        .route("/apps", get(list).post(create).put(update).patch(update))
        .route("/apps/{agent}", get(one))
}

async fn list(State(world): Shared, Caller(who): Caller) -> Answer<AppList> {
    let items = world.read(who, apps::list).await?;
    Ok(Json(AppList { items: Some(items), ..AppList::default() }))
}

async fn one(State(world): Shared, Caller(who): Caller, Path(id): Path<String>) -> Answer<App> {
    world.read(who, move |view| apps::get(view, &AgentId::new(id))).await.map(Json)
}

async fn create(State(world): Shared, Caller(who): Caller, Body(app): Body<App>) -> Answer<App> {
    world.write(who, move |act| apps::create(act, &app)).await.map(Json)
}

async fn update(State(world): Shared, Caller(who): Caller, Body(app): Body<App>) -> Answer<App> {
    world.write(who, move |act| apps::update(act, &app)).await.map(Json)
}
