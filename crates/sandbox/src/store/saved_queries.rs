//! Saved queries.

use bkper_model::BookId;
use rusqlite::{Connection, params};

use super::rows::{all, json, one};
use crate::ledger::{QueryId, SavedQuery};

pub(crate) fn insert(db: &Connection, book: &BookId, query: &SavedQuery) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO saved_query (id, book, doc) VALUES (?1, ?2, ?3)")?
        .execute(params![query.id, book.as_str(), json(query)?])
        .map(drop)
}

pub(crate) fn update(db: &Connection, query: &SavedQuery) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE saved_query SET doc = ?2 WHERE id = ?1")?
        .execute(params![query.id, json(query)?])
        .map(drop)
}

pub(crate) fn delete(db: &Connection, id: QueryId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM saved_query WHERE id = ?1")?.execute([id]).map(drop)
}

pub(crate) fn find(db: &Connection, book: &BookId, id: QueryId) -> rusqlite::Result<Option<SavedQuery>> {
    one(db, "SELECT doc FROM saved_query WHERE id = ?1 AND book = ?2", params![id, book.as_str()])
}

/// All of the book, oldest first.
pub(crate) fn of_book(db: &Connection, book: &BookId) -> rusqlite::Result<Vec<SavedQuery>> {
    all(db, "SELECT doc FROM saved_query WHERE book = ?1 ORDER BY id", [book.as_str()])
}
