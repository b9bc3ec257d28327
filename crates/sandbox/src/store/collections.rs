//! Collections, and the books in them.

use bkper_model::{BookId, CollectionId, UserId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{all, doc, json, one};
use crate::ledger::{Book, Collection, Permission};

pub(crate) fn insert(db: &Connection, collection: &Collection) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO collection (id, owner, doc) VALUES (?1, ?2, ?3)")?
        .execute(params![collection.id.as_str(), collection.owner.as_str(), json(collection)?])
        .map(drop)
}

pub(crate) fn update(db: &Connection, collection: &Collection) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE collection SET doc = ?2 WHERE id = ?1")?
        .execute(params![collection.id.as_str(), json(collection)?])
        .map(drop)
}

/// Removes the collection. Its books remain, in none.
pub(crate) fn delete(db: &Connection, id: &CollectionId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM collection WHERE id = ?1")?.execute([id.as_str()]).map(drop)
}

pub(crate) fn find(db: &Connection, id: &CollectionId) -> rusqlite::Result<Option<Collection>> {
    one(db, "SELECT doc FROM collection WHERE id = ?1", [id.as_str()])
}

/// The collection that the book is in.
pub(crate) fn id_of_book(db: &Connection, book: &BookId) -> rusqlite::Result<Option<CollectionId>> {
    let sql = "SELECT collection FROM collection_book WHERE book = ?1";
    let id: Option<String> =
        db.prepare_cached(sql)?.query_row([book.as_str()], |row| row.get(0)).optional()?;
    Ok(id.map(CollectionId::new))
}

/// The user's own collections, and those with a book that is shared with the user; oldest first.
pub(crate) fn of_user(db: &Connection, user: &UserId) -> rusqlite::Result<Vec<Collection>> {
    const SQL: &str = "SELECT doc FROM collection WHERE owner = ?1 OR id IN (\
                         SELECT collection FROM collection_book \
                         JOIN collaborator ON collaborator.book = collection_book.book \
                         WHERE collaborator.user = ?1 AND collaborator.permission <> 'NONE') \
                       ORDER BY seq";
    all(db, SQL, [user.as_str()])
}

/// A book of a collection, and what is shared of it with the user who asks.
pub(crate) struct Member {
    pub(crate) book: Book,
    pub(crate) shared: Option<Permission>,
    pub(crate) last_update: Timestamp,
}

/// All books of the collection, oldest first.
pub(crate) fn members(db: &Connection, id: &CollectionId, user: &UserId) -> rusqlite::Result<Vec<Member>> {
    const SQL: &str = "SELECT book.doc, collaborator.permission, book.updated FROM collection_book \
                       JOIN book ON book.id = collection_book.book \
                       LEFT JOIN collaborator ON collaborator.book = book.id AND collaborator.user = ?2 \
                       WHERE collection_book.collection = ?1 ORDER BY book.seq";
    let member = |row: &rusqlite::Row<'_>| {
        let shared: Option<String> = row.get(1)?;
        Ok(Member {
            book: doc(row)?,
            shared: shared.and_then(|name| Permission::named(&name)),
            // Written from a timestamp, so it is in range.
            last_update: Timestamp::from_millisecond(row.get(2)?).unwrap_or_default(),
        })
    };
    db.prepare_cached(SQL)?.query_map([id.as_str(), user.as_str()], member)?.collect()
}

/// Puts the book into the collection, and so out of any other one.
pub(crate) fn join(db: &Connection, id: &CollectionId, book: &BookId) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO collection_book (book, collection) VALUES (?1, ?2)")?
        .execute([book.as_str(), id.as_str()])
        .map(drop)
}

/// Takes the book out of the collection; `false` when it was not in it.
pub(crate) fn leave(db: &Connection, id: &CollectionId, book: &BookId) -> rusqlite::Result<bool> {
    let sql = "DELETE FROM collection_book WHERE book = ?1 AND collection = ?2";
    Ok(db.prepare_cached(sql)?.execute([book.as_str(), id.as_str()])? > 0)
}
