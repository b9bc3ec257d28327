//! `user/connections`

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use bkper_model::{Connection, ConnectionId, ConnectionList, IntegrationList};

use super::{Answer, Body, Caller, Path, Shared};
use crate::ledger::connections;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new()
        .route("/user/connections", get(list).post(create).put(update))
        .route("/user/connections/{connection}", get(one).delete(remove))
        .route("/user/connections/{connection}/integrations", get(integrations))
}

async fn list(State(world): Shared, Caller(who): Caller) -> Answer<ConnectionList> {
    let items = world.read(who, connections::list).await?;
    Ok(Json(ConnectionList { items: Some(items), ..ConnectionList::default() }))
}

async fn create(
    State(world): Shared,
    Caller(who): Caller,
    Body(connection): Body<Connection>,
) -> Answer<Connection> {
    world.write(who, move |act| connections::create(act, &connection)).await.map(Json)
}

async fn update(
    State(world): Shared,
    Caller(who): Caller,
    Body(connection): Body<Connection>,
) -> Answer<Connection> {
    world.write(who, move |act| connections::update(act, &connection)).await.map(Json)
}

async fn one(State(world): Shared, Caller(who): Caller, Path(id): Path<ConnectionId>) -> Answer<Connection> {
    world.read(who, move |view| connections::get(view, &id)).await.map(Json)
}

async fn remove(
    State(world): Shared,
    Caller(who): Caller,
    Path(id): Path<ConnectionId>,
) -> Answer<Connection> {
    world.write(who, move |act| connections::delete(act, &id)).await.map(Json)
}

async fn integrations(
    State(world): Shared,
    Caller(who): Caller,
    Path(id): Path<ConnectionId>,
) -> Answer<IntegrationList> {
    let items = world.read(who, move |view| connections::integrations(view, &id)).await?;
    Ok(Json(IntegrationList { items: Some(items), ..IntegrationList::default() }))
}
