//! Connections of users.

use bkper_model::{ConnectionId, UserId};
use rusqlite::Connection as Database;

use super::rows::{all, json, one};
use crate::ledger::Connection;

pub(crate) fn insert(db: &Database, connection: &Connection) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO connection (id, user, doc) VALUES (?1, ?2, ?3)")?
        .execute([connection.id.as_str(), connection.user.as_str(), &json(connection)?])
        .map(drop)
}

pub(crate) fn update(db: &Database, connection: &Connection) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE connection SET doc = ?2 WHERE id = ?1")?
        .execute([connection.id.as_str(), &json(connection)?])
        .map(drop)
}

pub(crate) fn delete(db: &Database, id: &ConnectionId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM connection WHERE id = ?1")?.execute([id.as_str()]).map(drop)
}

pub(crate) fn find(db: &Database, user: &UserId, id: &ConnectionId) -> rusqlite::Result<Option<Connection>> {
    one(db, "SELECT doc FROM connection WHERE id = ?1 AND user = ?2", [id.as_str(), user.as_str()])
}

/// All of the user, oldest first.
pub(crate) fn of_user(db: &Database, user: &UserId) -> rusqlite::Result<Vec<Connection>> {
    all(db, "SELECT doc FROM connection WHERE user = ?1 ORDER BY rowid", [user.as_str()])
}
