//! Events as they were sent, and what apps answered.

use bkper_model::Event;
use rusqlite::{Connection, params};

use super::rows::json;

/// Keeps the event, and gives its place in the order of events.
pub(crate) fn insert(db: &Connection, event: &Event) -> rusqlite::Result<i64> {
    let sql =
        "INSERT INTO event (id, book, type, resource, created, payload) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.prepare_cached(sql)?.execute(params![
        event.id.as_ref().map(AsRef::<str>::as_ref),
        event.book_id.as_ref().map(AsRef::<str>::as_ref),
        event.event_type.as_ref().map(ToString::to_string),
        event.resource,
        event.created_at.map(|at| at.timestamp().as_millisecond()),
        json(event)?,
    ])?;
    Ok(db.last_insert_rowid())
}
