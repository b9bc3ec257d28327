//! Who a book is shared with, and who asks for it.

use bkper_model::{BookId, UserId};
use rusqlite::{Connection, params};

use super::rows::{all, json, one};
use crate::ledger::{AccessRequest, Collaborator};

pub(crate) fn insert(db: &Connection, collaborator: &Collaborator) -> rusqlite::Result<()> {
    const SQL: &str =
        "INSERT INTO collaborator (id, book, user, permission, doc) VALUES (?1, ?2, ?3, ?4, ?5)";
    let Collaborator { id, book, user, permission, .. } = collaborator;
    db.prepare_cached(SQL)?
        .execute([id.as_str(), book.as_str(), user.as_str(), permission.as_str(), &json(collaborator)?])
        .map(drop)
}

pub(crate) fn update(db: &Connection, collaborator: &Collaborator) -> rusqlite::Result<()> {
    let Collaborator { id, permission, .. } = collaborator;
    db.prepare_cached("UPDATE collaborator SET permission = ?2, doc = ?3 WHERE id = ?1")?
        .execute([id.as_str(), permission.as_str(), &json(collaborator)?])
        .map(drop)
}

pub(crate) fn delete(db: &Connection, collaborator: &Collaborator) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM collaborator WHERE id = ?1")?.execute([collaborator.id.as_str()]).map(drop)
}

/// What the user is in the book.
pub(crate) fn find(db: &Connection, book: &BookId, user: &UserId) -> rusqlite::Result<Option<Collaborator>> {
    one(db, "SELECT doc FROM collaborator WHERE book = ?1 AND user = ?2", [book.as_str(), user.as_str()])
}

/// All of the book, who came first first.
pub(crate) fn of_book(db: &Connection, book: &BookId) -> rusqlite::Result<Vec<Collaborator>> {
    all(db, "SELECT doc FROM collaborator WHERE book = ?1 ORDER BY rowid", [book.as_str()])
}

/// Keeps what a user asks for, in the place of what the same user asked for before.
pub(crate) fn insert_request(db: &Connection, request: &AccessRequest) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO access_request (id, book, user, doc) VALUES (?1, ?2, ?3, ?4)";
    let AccessRequest { id, book, user, .. } = request;
    db.prepare_cached(sql)?.execute(params![id, book.as_str(), user.as_str(), json(request)?]).map(drop)
}

pub(crate) fn find_request(
    db: &Connection,
    book: &BookId,
    id: &str,
) -> rusqlite::Result<Option<AccessRequest>> {
    one(db, "SELECT doc FROM access_request WHERE id = ?1 AND book = ?2", [id, book.as_str()])
}
