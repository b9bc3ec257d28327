//! Comments on transactions.

use bkper_model::{BookId, CommentId, TransactionId};
use rusqlite::{Connection, params};

use super::rows::{all, json, one};
use crate::ledger::Comment;

/// Keeps the comment; `false` when the book has no such transaction.
pub(crate) fn insert(db: &Connection, book: &BookId, comment: &Comment) -> rusqlite::Result<bool> {
    const SQL: &str = "INSERT INTO comment (id, \"transaction\", doc) \
                       SELECT ?1, seq, ?4 FROM \"transaction\" WHERE id = ?2 AND book = ?3";
    let inserted = db.prepare_cached(SQL)?.execute(params![
        comment.id.as_str(),
        comment.transaction.as_str(),
        book.as_str(),
        json(comment)?
    ])?;
    Ok(inserted > 0)
}

/// All comments on transactions of the book, oldest first.
pub(crate) fn of_book(db: &Connection, book: &BookId) -> rusqlite::Result<Vec<Comment>> {
    const SQL: &str = "SELECT comment.doc FROM comment \
                       JOIN \"transaction\" AS commented ON commented.seq = comment.\"transaction\" \
                       WHERE commented.book = ?1 ORDER BY comment.rowid";
    all(db, SQL, [book.as_str()])
}

pub(crate) fn delete(db: &Connection, id: &CommentId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM comment WHERE id = ?1")?.execute([id.as_str()]).map(drop)
}

pub(crate) fn find(
    db: &Connection,
    book: &BookId,
    transaction: &TransactionId,
    id: &CommentId,
) -> rusqlite::Result<Option<Comment>> {
    const SQL: &str = "SELECT comment.doc FROM comment \
                       JOIN \"transaction\" AS commented ON commented.seq = comment.\"transaction\" \
                       WHERE comment.id = ?1 AND commented.id = ?2 AND commented.book = ?3";
    one(db, SQL, [id.as_str(), transaction.as_str(), book.as_str()])
}
