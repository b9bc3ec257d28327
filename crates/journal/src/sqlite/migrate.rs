//! The schema's history: numbered migrations, forward only, never changed once released.

use std::fmt::Write as _;
use std::path::Path;

use aws_lc_rs::digest;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use crate::error::OpenError;

use super::{problem, vacuum};

/// "bkhk": tells a journal from any other SQLite file.
const APPLICATION_ID: i32 = 0x626b_686b;

/// What `PRAGMA auto_vacuum` says of a file that can become smaller.
const INCREMENTAL: i64 = 2;

/// Every migration's name and text; the first has number 1.
pub const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_journal", include_str!("../../migrations/sqlite/0001_journal.sql")),
    ("0002_pause_reason", include_str!("../../migrations/sqlite/0002_pause_reason.sql")),
    ("0003_paused_lane", include_str!("../../migrations/sqlite/0003_paused_lane.sql")),
    ("0004_operators", include_str!("../../migrations/sqlite/0004_operators.sql")),
    ("0005_retention", include_str!("../../migrations/sqlite/0005_retention.sql")),
    ("0006_finding", include_str!("../../migrations/sqlite/0006_finding.sql")),
    ("0007_replay_host", include_str!("../../migrations/sqlite/0007_replay_host.sql")),
    ("0008_event_runs", include_str!("../../migrations/sqlite/0008_event_runs.sql")),
    ("0009_kinds", include_str!("../../migrations/sqlite/0009_kinds.sql")),
    ("0010_user", include_str!("../../migrations/sqlite/0010_user.sql")),
];

const HISTORY: &str = "
    CREATE TABLE IF NOT EXISTS migration (
        number   INTEGER PRIMARY KEY,
        name     TEXT NOT NULL,
        checksum TEXT NOT NULL
    ) STRICT";

/// What the file says that it is.
struct Label {
    application: i32,
    version: u32,
    is_empty: bool,
}

/// Refuses a file that is no journal, or a later one, before anything is written to it.
pub(super) fn check(conn: &Connection, path: &Path) -> Result<(), OpenError> {
    let label = label(conn).map_err(|error| problem::open(path, error))?;
    if label.is_empty && label.application == 0 { Ok(()) } else { check_label(&label, path) }
}

/// The same for a reader, to whom an empty file is no journal, and one that is to be migrated is none yet.
pub(super) fn check_readable(conn: &Connection, path: &Path) -> Result<(), OpenError> {
    let label = label(conn).map_err(|error| problem::open(path, error))?;
    check_label(&label, path)
}

/// Whether a journal that is read has every migration, unchanged.
pub(super) fn is_current(conn: &Connection, path: &Path) -> Result<bool, OpenError> {
    for (number, (_, sql)) in (1..).zip(MIGRATIONS) {
        match applied(conn, number).map_err(|error| problem::open(path, error))? {
            None => return Ok(false),
            Some(known) if known == checksum(sql) => {}
            Some(_) => return Err(OpenError::OtherMigration { path: path.to_owned(), number }),
        }
    }
    Ok(true)
}

fn check_label(label: &Label, path: &Path) -> Result<(), OpenError> {
    if label.application != APPLICATION_ID {
        return Err(OpenError::NotAJournal { path: path.to_owned() });
    }
    if label.version > latest() {
        return Err(OpenError::Newer { path: path.to_owned(), found: label.version, known: latest() });
    }
    Ok(())
}

fn label(conn: &Connection) -> rusqlite::Result<Label> {
    Ok(Label {
        application: conn.query_row("PRAGMA application_id", [], |row| row.get(0))?,
        version: conn.query_row("PRAGMA user_version", [], |row| row.get(0))?,
        is_empty: conn.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?,
    })
}

fn latest() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// Applies what is missing, all or nothing: a file that is begun and not labelled would be taken for another program's.
pub(super) fn run(conn: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |error| problem::open(path, error);
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    transaction.execute_batch(HISTORY).map_err(failed)?;
    for (number, (name, sql)) in (1..).zip(MIGRATIONS) {
        match applied(&transaction, number).map_err(failed)? {
            None => apply(&transaction, number, name, sql).map_err(failed)?,
            Some(known) if known == checksum(sql) => {}
            Some(_) => return Err(OpenError::OtherMigration { path: path.to_owned(), number }),
        }
    }
    transaction.commit().map_err(failed)
}

/// A file that was begun without it learns to become smaller: that takes writing all of it anew.
pub(super) fn learn_to_give_back(conn: &Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |error| problem::open(path, error);
    let number = |pragma| conn.query_row(pragma, [], |row| row.get::<_, i64>(0)).map_err(failed);
    if number("PRAGMA auto_vacuum")? == INCREMENTAL {
        return Ok(());
    }
    let bytes = vacuum::bytes(conn).map_err(failed)?;
    if bytes > vacuum::REWRITTEN_MAX {
        tracing::info!(
            path = %path.display(), mib = bytes >> 20,
            "this journal was begun by an earlier version, and its file does not become smaller when deliveries are \
             removed; to change that, stop the host and run: sqlite3 FILE 'PRAGMA auto_vacuum = INCREMENTAL; VACUUM'"
        );
        return Ok(());
    }
    conn.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM").map_err(failed)
}

/// The checksum of the migration with this number, when the file has it.
fn applied(conn: &Connection, number: u32) -> rusqlite::Result<Option<String>> {
    conn.query_row("SELECT checksum FROM migration WHERE number = ?1", [number], |row| row.get(0)).optional()
}

fn apply(conn: &Connection, number: u32, name: &str, sql: &str) -> rusqlite::Result<()> {
    conn.execute_batch(sql)?;
    conn.execute(
        "INSERT INTO migration (number, name, checksum) VALUES (?1, ?2, ?3)",
        params![number, name, checksum(sql)],
    )?;
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    conn.pragma_update(None, "user_version", number)
}

fn checksum(sql: &str) -> String {
    let digest = digest::digest(&digest::SHA256, sql.as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
