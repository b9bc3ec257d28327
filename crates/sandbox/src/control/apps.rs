//! `apps/{id}`

use axum::extract::{Path, State};
use axum::routing::put;
use axum::{Json, Router};
use bkper_model::AgentId;
use rusqlite::Connection;
use serde::Deserialize;

use super::request::Asked;
use super::{Shared, ShownApp};
use crate::ledger::App;
use crate::refusal::Refusal;
use crate::registry::OwnEvents;
use crate::store;

/// What can be said of an app that no manifest says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    own_events: OwnEvents,
}

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new().route("/apps/{app}", put(change))
}

async fn change(
    State(world): Shared,
    Path(id): Path<String>,
    Asked(setting): Asked<Setting>,
) -> Result<Json<ShownApp>, Refusal> {
    let id = AgentId::new(id);
    world.own(move |db, _| set(db, &id, setting.own_events).map(Json)).await
}

fn set(db: &Connection, id: &AgentId, own_events: OwnEvents) -> Result<ShownApp, Refusal> {
    let unknown = || Refusal::UnknownApp { id: id.clone() };
    let app = store::apps::find(db, id)?.ok_or_else(unknown)?;
    store::apps::suppress_own_events(db, id, own_events == OwnEvents::Suppress)?;
    Ok(shown(db, &app)?)
}

/// All apps, by id.
pub(super) fn all(db: &Connection) -> rusqlite::Result<Vec<ShownApp>> {
    store::apps::list(db)?.iter().map(|app| shown(db, app)).collect()
}

fn shown(db: &Connection, app: &App) -> rusqlite::Result<ShownApp> {
    let is_suppressed = store::apps::own_events_are_suppressed(db, &app.id)?;
    let [webhook_url, webhook_url_dev] = app.webhook_urls().map(|url| url.map(str::to_owned));
    Ok(ShownApp {
        id: app.id.clone(),
        owner: app.owner_email.clone(),
        webhook_url,
        webhook_url_dev,
        own_events: if is_suppressed { OwnEvents::Suppress } else { OwnEvents::Deliver },
    })
}
