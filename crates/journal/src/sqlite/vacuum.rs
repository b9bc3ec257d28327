//! The file is written anew, without what is between that which is kept.
//!
//! SQLite overwrites what it deletes (`secure_delete`), but not what it leaves behind on a page when it moves rows from
//! there to another page. It passes that by whenever it reads, and may write over it some day.

use rusqlite::Connection;

/// A file up to this size is written anew within seconds, for which the writer can be spared.
pub(super) const REWRITTEN_MAX: i64 = 256 << 20;

/// Writes it anew if it is small enough, or tells in the log what that leaves.
pub(super) fn vacuum(conn: &Connection) {
    match bytes(conn) {
        Ok(bytes) if bytes > REWRITTEN_MAX => tracing::warn!(
            mib = bytes >> 20,
            "scraps of what was erased may be left in unused parts of the journal's pages: to have them gone, stop the \
             host and run: sqlite3 FILE VACUUM"
        ),
        Ok(_) => {
            if let Err(error) = conn.execute_batch("VACUUM") {
                tracing::warn!(
                    %error,
                    "the journal could not be written anew: scraps of what was erased may be left in unused parts of its pages"
                );
            }
        }
        Err(error) => tracing::warn!(%error, "the journal's size cannot be read"),
    }
}

/// The size of the file.
pub(super) fn bytes(conn: &Connection) -> rusqlite::Result<i64> {
    let number = |pragma| conn.query_row(pragma, [], |row| row.get::<_, i64>(0));
    Ok(number("PRAGMA page_count")? * number("PRAGMA page_size")?)
}
