//! Files, their content apart from what is said about them.

use bkper_model::{BookId, FileId};
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{doc, json, one};
use crate::ledger::{Content, File};

pub(crate) fn insert(db: &Connection, file: &File, content: &Content) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO file (id, book, doc, content) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![file.id.as_str(), file.book.as_str(), json(file)?, content.as_base64()])
        .map(drop)
}

/// Writes what is said about the file.
pub(crate) fn update(db: &Connection, file: &File) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE file SET doc = ?2 WHERE id = ?1")?
        .execute(params![file.id.as_str(), json(file)?])
        .map(drop)
}

pub(crate) fn update_content(db: &Connection, id: &FileId, content: &Content) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE file SET content = ?2 WHERE id = ?1")?
        .execute([id.as_str(), content.as_base64()])
        .map(drop)
}

pub(crate) fn delete(db: &Connection, id: &FileId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM file WHERE id = ?1")?.execute([id.as_str()]).map(drop)
}

pub(crate) fn find(db: &Connection, book: &BookId, id: &FileId) -> rusqlite::Result<Option<File>> {
    one(db, "SELECT doc FROM file WHERE id = ?1 AND book = ?2", [id.as_str(), book.as_str()])
}

/// The file, in whatever book it is.
pub(crate) fn find_anywhere(db: &Connection, id: &FileId) -> rusqlite::Result<Option<File>> {
    one(db, "SELECT doc FROM file WHERE id = ?1", [id.as_str()])
}

/// The file's content; none where there is no such file.
pub(crate) fn content(db: &Connection, id: &FileId) -> rusqlite::Result<Option<Content>> {
    let sql = "SELECT content FROM file WHERE id = ?1";
    db.prepare_cached(sql)?.query_row([id.as_str()], |row| row.get(0).map(Content::stored)).optional()
}

/// Where a file stands among all files, by their creation.
pub(crate) type Place = i64;

/// The newest files of the book, of those that are older than the one at this place.
pub(crate) fn page(
    db: &Connection,
    book: &BookId,
    before: Option<Place>,
    limit: usize,
) -> rusqlite::Result<Vec<(Place, File)>> {
    let sql = "SELECT doc, seq FROM file WHERE book = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";
    let before = before.unwrap_or(Place::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(1)?, doc(row)?));
    db.prepare_cached(sql)?.query_map(params![book.as_str(), before, limit], row)?.collect()
}

/// Files are served under this address from now on: a sandbox that is started again may have another one.
pub(crate) fn set_address(db: &Connection, address: &str) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO setting (name, value) VALUES ('files', ?1)";
    db.execute(sql, [address]).map(drop)
}

/// The address under which files are served.
pub(crate) fn address(db: &Connection) -> rusqlite::Result<String> {
    let sql = "SELECT value FROM setting WHERE name = 'files'";
    Ok(db.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?.unwrap_or_default())
}
