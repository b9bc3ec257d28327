//! Apps are registered, found and changed.

use bkper_model::{self as wire, AgentId};

use rusqlite::Connection;

use super::{App, User};
use crate::act::{Act, View};
use crate::refusal::Refusal;
use crate::store;

/// Who acts when no app does. Handlers look at the agent of every event.
pub(crate) const BKPER: &str = "bkper";

/// The apps that the user may install. Deprecated ones go on where they are, and are found by their id.
pub(crate) fn list(view: &View<'_>) -> Result<Vec<wire::App>, Refusal> {
    let user = &view.actor.user;
    let apps = store::apps::list(view.db)?.into_iter();
    Ok(apps.filter(|app| app.is_for(user) && !app.is_deprecated()).map(|app| app.shown(user)).collect())
}

/// The app.
pub(crate) fn get(view: &View<'_>, id: &AgentId) -> Result<wire::App, Refusal> {
    Ok(find(view, id)?.shown(&view.actor.user))
}

pub(super) fn find(view: &View<'_>, id: &AgentId) -> Result<App, Refusal> {
    store::apps::find(view.db, id)?.ok_or_else(|| Refusal::UnknownApp { id: id.clone() })
}

/// How an app stands in events and at what it made: as it says, or by its id where it is not known here.
pub(crate) fn agent(db: &Connection, id: &AgentId) -> rusqlite::Result<wire::Agent> {
    let unknown = || wire::Agent {
        id: Some(id.clone()),
        name: Some(if id.as_str() == BKPER { "Bkper".to_owned() } else { id.to_string() }),
        ..wire::Agent::default()
    };
    Ok(store::apps::agent(db, id)?.unwrap_or_else(unknown))
}

/// A new app, owned by the user.
pub(crate) fn create(act: &Act<'_>, body: &wire::App) -> Result<wire::App, Refusal> {
    let id = id_of(body)?;
    if store::apps::find(act.db, &id)?.is_some() {
        return Err(Refusal::AppExists { id });
    }
    described(act, App::new(id, &act.actor.user), body)
}

/// Changes an app of the user.
pub(crate) fn update(act: &Act<'_>, body: &wire::App) -> Result<wire::App, Refusal> {
    let app = find(act, &id_of(body)?)?;
    if !app.is_developed_by(&act.actor.user) {
        return Err(Refusal::NotADeveloper { id: app.id });
    }
    described(act, app, body)
}

fn described(act: &Act<'_>, mut app: App, body: &wire::App) -> Result<wire::App, Refusal> {
    app.describe(body);
    store::apps::put(act.db, &app)?;
    Ok(app.shown(&act.actor.user))
}

/// The id that an app is given.
pub(crate) fn id_of(body: &wire::App) -> Result<AgentId, Refusal> {
    let id = body.id.clone().ok_or(Refusal::Required { field: "id" })?;
    let of_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !id.as_str().is_empty() && id.as_str().chars().all(of_id) {
        return Ok(id);
    }
    let message =
        format!("{:?} is no id of an app: it has lower-case letters, digits and hyphens", id.as_str());
    Err(Refusal::Invalid { field: "id", message })
}

/// Registers an app for its owner. One that is known already stays its owner's, and is what it says now.
pub(crate) fn register(
    db: &Connection,
    id: &AgentId,
    owner: &User,
    manifest: &wire::App,
) -> rusqlite::Result<()> {
    let known = store::apps::find(db, id)?;
    let mut app = known.unwrap_or_else(|| App::new(id.clone(), owner));
    app.describe(manifest);
    store::apps::put(db, &app)
}
