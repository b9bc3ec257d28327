//! The schema's history: numbered migrations, forward only, never changed once released; with the numbers of SQLite's.

use std::fmt::Write as _;
use std::path::PathBuf;

use aws_lc_rs::digest;
use tokio_postgres::{Client, Error};

use crate::error::OpenError;

use super::session::Database;

/// Every migration's name and text; the first has number 1.
pub const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_journal", include_str!("../../migrations/postgres/0001_journal.sql")),
    ("0002_pause_reason", include_str!("../../migrations/postgres/0002_pause_reason.sql")),
    ("0003_paused_lane", include_str!("../../migrations/postgres/0003_paused_lane.sql")),
    ("0004_operators", include_str!("../../migrations/postgres/0004_operators.sql")),
    ("0005_retention", include_str!("../../migrations/postgres/0005_retention.sql")),
    ("0006_finding", include_str!("../../migrations/postgres/0006_finding.sql")),
    ("0007_replay_host", include_str!("../../migrations/postgres/0007_replay_host.sql")),
    ("0008_event_runs", include_str!("../../migrations/postgres/0008_event_runs.sql")),
    ("0009_kinds", include_str!("../../migrations/postgres/0009_kinds.sql")),
    ("0010_user", include_str!("../../migrations/postgres/0010_user.sql")),
];

/// Taken by a host that migrates, so that others who start at the same time wait: "bkhkmigr".
const LOCK: &str = "SELECT pg_advisory_xact_lock(7091893085606963826)";

const HISTORY: &str = "
    SET LOCAL client_min_messages = warning;
    CREATE SCHEMA IF NOT EXISTS bookhook;
    SET LOCAL search_path = bookhook;
    CREATE TABLE IF NOT EXISTS migration (
        number   INTEGER PRIMARY KEY,
        name     TEXT NOT NULL,
        checksum TEXT NOT NULL
    );
";

/// Whether there is a journal, so that a host without the right to make a schema can use one that was made for it.
const IS_THERE: &str = "SELECT to_regclass('bookhook.migration') IS NOT NULL";

/// Applies what is missing, all or nothing.
pub(super) async fn run(client: &Client, database: &Database) -> Result<(), OpenError> {
    if is_current(client, database).await? {
        return Ok(());
    }
    let failed = |error: Error| database.cannot_open(error);
    client.batch_execute("BEGIN").await.map_err(failed)?;
    client.batch_execute(LOCK).await.map_err(failed)?;
    client.batch_execute(HISTORY).await.map_err(failed)?;
    let applied = applied(client, database).await?;
    for (number, (name, sql)) in (1..).zip(MIGRATIONS).skip(applied) {
        apply(client, number, name, sql).await.map_err(failed)?;
    }
    client.batch_execute("COMMIT").await.map_err(failed)
}

/// Refuses a database without a journal, for who only reads.
pub(super) async fn check_readable(client: &Client, database: &Database) -> Result<(), OpenError> {
    if is_current(client, database).await? {
        return Ok(());
    }
    Err(OpenError::Missing { path: path(database) })
}

async fn is_current(client: &Client, database: &Database) -> Result<bool, OpenError> {
    let is_there = client.query_one(IS_THERE, &[]).await.and_then(|row| row.try_get(0));
    if !is_there.map_err(|error| database.cannot_open(error))? {
        return Ok(false);
    }
    Ok(applied(client, database).await? == MIGRATIONS.len())
}

/// How many the database has, which must be the first of ours.
async fn applied(client: &Client, database: &Database) -> Result<usize, OpenError> {
    let sql = "SELECT checksum FROM bookhook.migration ORDER BY number";
    let rows = client.query(sql, &[]).await.map_err(|error| database.cannot_open(error))?;
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    if rows.len() > MIGRATIONS.len() {
        let (found, known) = (number(rows.len()), number(MIGRATIONS.len()));
        return Err(OpenError::Newer { path: path(database), found, known });
    }
    for (at, (row, (_, sql))) in rows.iter().zip(MIGRATIONS).enumerate() {
        let known: String = row.try_get(0).map_err(|error| database.cannot_open(error))?;
        if known != checksum(sql) {
            return Err(OpenError::OtherMigration { path: path(database), number: number(at + 1) });
        }
    }
    Ok(rows.len())
}

async fn apply(client: &Client, number: i32, name: &str, sql: &str) -> Result<(), Error> {
    client.batch_execute(sql).await?;
    let note = "INSERT INTO migration (number, name, checksum) VALUES ($1, $2, $3)";
    client.execute(note, &[&number, &name, &checksum(sql)]).await.map(drop)
}

fn path(database: &Database) -> PathBuf {
    PathBuf::from(database.address().to_string())
}

fn checksum(sql: &str) -> String {
    let digest = digest::digest(&digest::SHA256, sql.as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
