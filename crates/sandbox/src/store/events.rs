//! Events as they were sent.

use bkper_model::{BookId, Event, EventId};
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::json;

/// Keeps the event, and gives its place in the order of events.
pub(crate) fn insert(db: &Connection, event: &Event) -> rusqlite::Result<i64> {
    let sql =
        "INSERT INTO event (id, book, type, resource, created, payload) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.prepare_cached(sql)?.execute(params![
        event.id.as_ref().map(EventId::as_str),
        event.book_id.as_ref().map(BookId::as_str),
        event.event_type.as_ref().map(ToString::to_string),
        event.resource,
        event.created_at.map(|at| at.timestamp().as_millisecond()),
        json(event)?,
    ])?;
    Ok(db.last_insert_rowid())
}

/// The event as it is sent.
pub(crate) fn payload(db: &Connection, id: &EventId) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT payload FROM event WHERE id = ?1";
    db.prepare_cached(sql)?.query_row([id.as_str()], |row| row.get(0)).optional()
}
