//! The state as a whole: begun once, with a clock of its own, and thrown away.

use rusqlite::Connection;

use super::rows::{json, one};
use crate::clock::Setting;

const SEEDED: &str = "seeded";
const CLOCK: &str = "clock";

/// Whether somebody began it.
pub(crate) fn is_begun(db: &Connection) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM setting WHERE name = ?1")?.exists([SEEDED])
}

/// Notes that it is begun.
pub(crate) fn begin(db: &Connection) -> rusqlite::Result<()> {
    db.execute("INSERT OR IGNORE INTO setting (name, value) VALUES (?1, 'true')", [SEEDED]).map(drop)
}

/// Keeps how the clock goes.
pub(crate) fn keep_clock(db: &Connection, setting: Setting) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)";
    db.execute(sql, [CLOCK, &json(&setting)?]).map(drop)
}

/// How the clock goes: with the machine's, where nobody said otherwise.
pub(crate) fn clock(db: &Connection) -> rusqlite::Result<Setting> {
    Ok(one(db, "SELECT value FROM setting WHERE name = ?1", [CLOCK])?.unwrap_or_default())
}

/// Throws away everything but what makes new ids new: hosts take an event with a known id for one that they have.
pub(crate) fn clear(db: &Connection) -> rusqlite::Result<()> {
    db.execute("DELETE FROM setting WHERE name = ?1", [CLOCK])?;
    db.pragma_update(None, "defer_foreign_keys", true)?;
    for table in tables(db)? {
        db.execute(&format!("DELETE FROM \"{table}\""), [])?;
    }
    Ok(())
}

fn tables(db: &Connection) -> rusqlite::Result<Vec<String>> {
    const SQL: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'setting' \
                       AND name NOT LIKE 'sqlite%'";
    db.prepare(SQL)?.query_map([], |row| row.get(0))?.collect()
}
