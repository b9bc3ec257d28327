//! Events as they were sent.

use bkper_model::{BookId, Event, EventId, EventType};
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{doc, json};

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

/// An event of the book, and its place in the order of events.
pub(crate) fn find(db: &Connection, book: &BookId, id: &EventId) -> rusqlite::Result<Option<(i64, Event)>> {
    let sql = "SELECT payload, seq FROM event WHERE id = ?1 AND book = ?2";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(1)?, doc(row)?));
    db.prepare_cached(sql)?.query_row([id.as_str(), book.as_str()], read).optional()
}

/// Which events of a book are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Only {
    All,
    /// Those about the resource with this id.
    Resource(String),
    /// Those with a response that is an error.
    Errors,
    Type(EventType),
}

/// Where an event stands among those of its book: when it happened, in milliseconds, and in which order.
pub(crate) type Place = (i64, i64);

/// The newest events before this place, none of them from before this time.
pub(crate) fn page(
    db: &Connection,
    book: &BookId,
    only: &Only,
    from: i64,
    before: Place,
    limit: usize,
) -> rusqlite::Result<Vec<(Place, Event)>> {
    let (condition, value) = match only {
        Only::All => ("?2 IS NULL", None),
        Only::Resource(id) => ("resource = ?2", Some(id.as_str())),
        Only::Errors => ("failed AND ?2 IS NULL", None),
        Only::Type(what) => ("type = ?2", Some(what.as_str())),
    };
    let sql = format!(
        "SELECT payload, created, seq FROM event WHERE book = ?1 AND {condition} \
         AND created >= ?3 AND (created, seq) < (?4, ?5) ORDER BY created DESC, seq DESC LIMIT ?6"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let read = |row: &rusqlite::Row<'_>| Ok(((row.get(1)?, row.get(2)?), doc(row)?));
    let params = params![book.as_str(), value, from, before.0, before.1, limit];
    db.prepare_cached(&sql)?.query_map(params, read)?.collect()
}
