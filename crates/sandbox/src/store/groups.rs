//! Groups of accounts.

use bkper_model::BookId;
use rusqlite::{Connection, params};

use super::rows::{all, json, one};
use crate::ledger::{Account, Group, GroupId};

pub(crate) fn insert(db: &Connection, group: &Group) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO \"group\" (id, book, normalized, parent, doc) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![group.id, group.book.as_str(), group.normalized_name(), group.parent, json(group)?])
    .map(drop)
}

pub(crate) fn update(db: &Connection, group: &Group) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE \"group\" SET normalized = ?2, parent = ?3, doc = ?4 WHERE id = ?1")?
        .execute(params![group.id, group.normalized_name(), group.parent, json(group)?])
        .map(drop)
}

pub(crate) fn find(db: &Connection, book: &BookId, id: GroupId) -> rusqlite::Result<Option<Group>> {
    one(db, "SELECT doc FROM \"group\" WHERE id = ?1 AND book = ?2", params![id, book.as_str()])
}

pub(crate) fn named(db: &Connection, book: &BookId, normalized: &str) -> rusqlite::Result<Option<Group>> {
    one(db, "SELECT doc FROM \"group\" WHERE book = ?1 AND normalized = ?2", [book.as_str(), normalized])
}

/// All of the book, in the order of their names.
pub(crate) fn of_book(db: &Connection, book: &BookId) -> rusqlite::Result<Vec<Group>> {
    all(db, "SELECT doc FROM \"group\" WHERE book = ?1 ORDER BY normalized", [book.as_str()])
}

/// The groups right below this one.
pub(crate) fn children(db: &Connection, id: GroupId) -> rusqlite::Result<Vec<Group>> {
    all(db, "SELECT doc FROM \"group\" WHERE parent = ?1 ORDER BY normalized", [id])
}

/// The accounts right in this group.
pub(crate) fn accounts(db: &Connection, id: GroupId) -> rusqlite::Result<Vec<Account>> {
    const SQL: &str = "SELECT account.doc FROM account JOIN account_group ON account_group.account = account.id \
                       WHERE account_group.\"group\" = ?1 ORDER BY account.normalized";
    all(db, SQL, [id])
}
