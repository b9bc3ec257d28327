//! New ids, unique over all books of a sandbox and, as far as chance allows, over all sandboxes.
//!
//! Clients put most ids into URLs, queries and tags as they are, so they consist of letters and digits. Those of
//! accounts, groups, saved queries and integrations are 64 bit integers.

use rusqlite::{Connection, OptionalExtension};

/// Beyond this many ids, two sandboxes could make the same one.
const COUNTER: i64 = 10_000_000_000;
/// How many digits a numeric id has.
pub(crate) const DIGITS: usize = 15;
/// Salts are five digits, so that all numeric ids have the same length and fit what a double holds exactly.
const SALTS: std::ops::Range<i64> = 10_000..90_000;

/// A new numeric id.
pub(crate) fn number(db: &Connection) -> rusqlite::Result<i64> {
    let salt = salt(db)?;
    let sql = "INSERT INTO setting (name, value) VALUES ('last_id', '1') \
               ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1 \
               RETURNING CAST(value AS INTEGER)";
    let next: i64 = db.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(salt * COUNTER + next)
}

/// A new opaque id of this kind, such as `tx481930000000017`.
pub(crate) fn opaque(db: &Connection, kind: &str) -> rusqlite::Result<String> {
    number(db).map(|number| format!("{kind}{number}"))
}

/// What tells this sandbox's ids from another one's; as it was, where there is one.
pub(crate) fn set_salt_once(db: &Connection, random: u32) -> rusqlite::Result<()> {
    let salt = SALTS.start + i64::from(random) % (SALTS.end - SALTS.start);
    db.execute("INSERT OR IGNORE INTO setting (name, value) VALUES ('salt', ?1)", [salt.to_string()])
        .map(drop)
}

/// What tells this sandbox's ids from another one's.
pub(crate) fn salt(db: &Connection) -> rusqlite::Result<i64> {
    let sql = "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'salt'";
    Ok(db.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?.unwrap_or(SALTS.start))
}
