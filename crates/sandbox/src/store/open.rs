//! Opening the database, and making its tables.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::search;

const SCHEMA: &str = include_str!("schema.sql");
/// Changes with every change of the schema. There are no migrations: a sandbox is seeded anew.
const VERSION: i32 = 2;

/// Where the state is.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    Memory,
    File(PathBuf),
}

impl Data {
    /// The file, where there is one.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        match self {
            Self::Memory => None,
            Self::File(path) => Some(path.clone()),
        }
    }
}

/// The sandbox's data cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// SQLite cannot open the file, or cannot make the tables in it.
    #[error("cannot open the sandbox's data in {}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The file was written by another version of the sandbox.
    #[error(
        "the sandbox's data in {} has version {found}, and this program reads version {VERSION}: remove the file, or name another one",
        path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: i32,
    },
}

/// Opens the state, and makes its tables where there are none.
pub(crate) fn open(data: &Data) -> Result<Connection, OpenError> {
    let path = match data {
        Data::Memory => Path::new(":memory:"),
        Data::File(path) => path,
    };
    let failed = |source| OpenError::Sqlite { path: path.to_owned(), source };
    let db = Connection::open(path).map_err(failed)?;
    prepare(&db).map_err(failed)?;
    match version(&db).map_err(failed)? {
        0 => make_tables(&db).map_err(failed)?,
        VERSION => {}
        found => return Err(OpenError::Version { path: path.to_owned(), found }),
    }
    Ok(db)
}

fn prepare(db: &Connection) -> rusqlite::Result<()> {
    db.set_prepared_statement_cache_capacity(256);
    search::register(db)?;
    // Without it, SQLite plans a statement anew whenever a bound in it has another value.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.pragma_update(None, "foreign_keys", true)?;
    // A power cut may cost a sandbox its last moments, never its consistency.
    db.pragma_update(None, "synchronous", "NORMAL")?;
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
}

fn version(db: &Connection) -> rusqlite::Result<i32> {
    db.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn make_tables(db: &Connection) -> rusqlite::Result<()> {
    let tx = db.unchecked_transaction()?;
    tx.execute_batch(SCHEMA)?;
    tx.pragma_update(None, "user_version", VERSION)?;
    tx.commit()
}
