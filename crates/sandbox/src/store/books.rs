//! Books, who may enter them, and their counters.

use bkper_model::BookId;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{self, json, one};
use crate::ledger::{Book, Permission, UserId};

pub(crate) fn insert(db: &Connection, book: &Book) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO book (id, updated, doc) VALUES (?1, ?2, ?3)")?
        .execute(params![book.id.as_str(), book.created.as_millisecond(), json(book)?])
        .map(drop)
}

pub(crate) fn update(db: &Connection, book: &Book) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE book SET doc = ?2 WHERE id = ?1")?
        .execute(params![book.id.as_str(), json(book)?])
        .map(drop)
}

/// Notes that something in the book changed. The time is another one than before, however little has passed: clients
/// tell by it whether they have to read again.
pub(crate) fn touch(db: &Connection, book: &BookId, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "UPDATE book SET updated = max(updated + 1, ?2) WHERE id = ?1";
    db.prepare_cached(sql)?.execute(params![book.as_str(), now.as_millisecond()]).map(drop)
}

/// Removes the book with everything in it but its events.
pub(crate) fn delete(db: &Connection, book: &BookId) -> rusqlite::Result<()> {
    // Accounts and transactions refer to each other, which no order of cascades satisfies at once.
    db.pragma_update(None, "defer_foreign_keys", true)?;
    db.prepare_cached("DELETE FROM book WHERE id = ?1")?.execute([book.as_str()]).map(drop)
}

pub(crate) fn find(db: &Connection, book: &BookId) -> rusqlite::Result<Option<Book>> {
    one(db, "SELECT doc FROM book WHERE id = ?1", [book.as_str()])
}

/// The books that the user is a collaborator of, oldest first.
pub(crate) fn of_user(db: &Connection, user: &UserId) -> rusqlite::Result<Vec<Book>> {
    const SQL: &str = "SELECT book.doc FROM book JOIN collaborator ON collaborator.book = book.id \
                       WHERE collaborator.user = ?1 AND collaborator.permission <> 'NONE' ORDER BY book.seq";
    rows::all(db, SQL, [user.as_str()])
}

/// All books, oldest first.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<Book>> {
    rows::all(db, "SELECT doc FROM book ORDER BY seq", [])
}

pub(crate) fn last_update(db: &Connection, book: &BookId) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT updated FROM book WHERE id = ?1")?.query_row([book.as_str()], |row| row.get(0))
}

/// What a collaborator of the book may do.
pub(crate) fn permission(
    db: &Connection,
    book: &BookId,
    user: &UserId,
) -> rusqlite::Result<Option<Permission>> {
    let sql = "SELECT permission FROM collaborator WHERE book = ?1 AND user = ?2";
    let named: Option<String> =
        db.prepare_cached(sql)?.query_row([book.as_str(), user.as_str()], |row| row.get(0)).optional()?;
    Ok(named.and_then(|name| Permission::named(&name)))
}

/// How many transactions are posted in the user's own books in each of these months (YYYYMM) that has any, in order.
pub(crate) fn owned_by_month(
    db: &Connection,
    user: &UserId,
    first: u32,
    last: u32,
) -> rusqlite::Result<Vec<(u32, u64)>> {
    const SQL: &str = "SELECT month, sum(posted) FROM month_count \
                       JOIN collaborator ON collaborator.book = month_count.book \
                       WHERE collaborator.user = ?1 AND collaborator.permission = 'OWNER' \
                       AND month BETWEEN ?2 AND ?3 GROUP BY month HAVING sum(posted) > 0 ORDER BY month";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()));
    db.prepare_cached(SQL)?.query_map(params![user.as_str(), first, last], read)?.collect()
}

/// How many transactions are posted whose date is in these months (YYYYMM), the last one included.
pub(crate) fn posted(db: &Connection, book: &BookId, first: i32, last: i32) -> rusqlite::Result<u64> {
    let sql = "SELECT coalesce(sum(posted), 0) FROM month_count WHERE book = ?1 AND month BETWEEN ?2 AND ?3";
    let posted: i64 =
        db.prepare_cached(sql)?.query_row(params![book.as_str(), first, last], |row| row.get(0))?;
    Ok(posted.unsigned_abs())
}
