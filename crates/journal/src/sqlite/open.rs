//! Connections to a journal, and how SQLite is set up for each use.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::OpenError;

use super::{files, keys, migrate, problem};

/// So long a connection waits for another process (`sqlite3`, a backup) to let go.
pub(super) const BUSY_WAIT: Duration = Duration::from_secs(5);

/// Set before the first page is written, and kept by the file.
const LAYOUT: &str = "PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL;";

/// For the writer: every commit is synced; the log is moved by others; the cache stays small, for an idle host is.
const WRITING: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA journal_size_limit = 134217728;
    PRAGMA foreign_keys = OFF;
    PRAGMA secure_delete = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -8192;
";

/// For the checkpointer, whose syncs make the log's beginning free to be written over.
const MOVING: &str = "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -256;";

/// For readers.
const READING: &str = "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -1024;";

/// Where the database is.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// In a file.
    File(PathBuf),
    /// In this process, under this address.
    Memory(String),
}

impl Place {
    /// A place in memory that no other journal has.
    pub(super) fn unique_memory() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self::Memory(format!("file:/bookhook-journal-{number}?vfs=memdb"))
    }

    /// How messages call it.
    pub(super) fn path(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Memory(_) => PathBuf::from("memory"),
        }
    }

    /// The writer's connection, to a journal that is made or migrated first. The caller holds the lock.
    pub(super) fn open_for_writing(&self) -> Result<Connection, OpenError> {
        if let Self::File(path) = self {
            files::make_private(path)?;
        }
        let path = self.path();
        let mut conn = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        conn.execute_batch(LAYOUT).map_err(|error| problem::open(&path, error))?;
        migrate::check(&conn, &path)?;
        conn.execute_batch(WRITING).map_err(|error| problem::open(&path, error))?;
        migrate::run(&mut conn, &path)?;
        migrate::learn_to_give_back(&conn, &path)?;
        keys::make_filters(&conn).map_err(|error| problem::open(&path, error))?;
        Ok(conn)
    }

    /// The checkpointer's connection.
    pub(super) fn open_beside_writer(&self) -> Result<Connection, OpenError> {
        let conn = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        conn.execute_batch(MOVING).map_err(|error| problem::open(&self.path(), error))?;
        Ok(conn)
    }

    /// A connection that only reads, to a journal that is there.
    pub(super) fn open_for_reading(&self) -> Result<Connection, OpenError> {
        let path = self.path();
        let conn = match self {
            Self::File(path) if !path.exists() => return Err(OpenError::Missing { path: path.clone() }),
            Self::File(_) => self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)?,
            Self::Memory(_) => self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?,
        };
        conn.execute_batch(READING).map_err(|error| problem::open(&path, error))?;
        migrate::check_readable(&conn, &path)?;
        Ok(conn)
    }

    fn connect(&self, access: OpenFlags) -> Result<Connection, OpenError> {
        let (name, kind): (&Path, _) = match self {
            Self::File(path) => (path, OpenFlags::empty()),
            Self::Memory(address) => {
                (Path::new(address), OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_CREATE)
            }
        };
        let flags = access | kind | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(name, flags)
            .and_then(|conn| conn.busy_timeout(BUSY_WAIT).map(|()| conn))
            .map_err(|error| problem::open(&self.path(), error))
    }
}
