//! Apps.

use bkper_model::{Agent, AgentId};
use rusqlite::{Connection, params};

use super::rows::{all, json, one};
use crate::ledger::App;

/// Keeps the app, in the place of what was known of it.
pub(crate) fn put(db: &Connection, app: &App) -> rusqlite::Result<()> {
    const SQL: &str = "INSERT INTO app (id, agent, wishes, doc) VALUES (?1, ?2, ?3, ?4) \
                       ON CONFLICT (id) DO UPDATE SET agent = ?2, wishes = ?3, doc = ?4";
    db.prepare_cached(SQL)?
        .execute(params![app.id.as_str(), json(&app.agent())?, json(&app.wishes())?, json(app)?])
        .map(drop)
}

pub(crate) fn find(db: &Connection, id: &AgentId) -> rusqlite::Result<Option<App>> {
    one(db, "SELECT doc FROM app WHERE id = ?1", [id.as_str()])
}

/// How the app stands in events. Does not read the whole app, which may have a logo and a readme in it.
pub(crate) fn agent(db: &Connection, id: &AgentId) -> rusqlite::Result<Option<Agent>> {
    one(db, "SELECT agent FROM app WHERE id = ?1", [id.as_str()])
}

/// All of them, in the order of their ids.
pub(crate) fn list(db: &Connection) -> rusqlite::Result<Vec<App>> {
    all(db, "SELECT doc FROM app ORDER BY id", [])
}

/// Sets whether the app is told of what it did itself.
pub(crate) fn suppress_own_events(db: &Connection, id: &AgentId, suppress: bool) -> rusqlite::Result<()> {
    let sql = if suppress {
        "INSERT OR IGNORE INTO own_events_suppressed (agent) VALUES (?1)"
    } else {
        "DELETE FROM own_events_suppressed WHERE agent = ?1"
    };
    db.prepare_cached(sql)?.execute([id.as_str()]).map(drop)
}

/// Whether it is not told of what it did itself.
pub(crate) fn own_events_are_suppressed(db: &Connection, id: &AgentId) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM own_events_suppressed WHERE agent = ?1")?.exists([id.as_str()])
}
