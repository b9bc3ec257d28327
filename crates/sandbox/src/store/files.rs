//! Files, their content apart from what is said about them.

use bkper_model::{BookId, File, FileId};
use rusqlite::Connection;

use super::rows::one;

/// What is said about the file, without its content.
pub(crate) fn find(db: &Connection, book: &BookId, id: &FileId) -> rusqlite::Result<Option<File>> {
    one(db, "SELECT doc FROM file WHERE id = ?1 AND book = ?2", [id.as_str(), book.as_str()])
}
