//! A journal moves from SQLite to PostgreSQL.
//!
//! All of it is one transaction there: until its end another sees nothing of it, and whatever comes in between leaves
//! nothing behind. What was unsettled belongs to a host that is gone already, so that the first one to start takes it over
//! as it would after a crash.

mod tables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{OpenError, ReadError};
use crate::journal::with_suffix;
use crate::location::Location;
use crate::postgres::{self, Import, PostgresAddress};
use crate::sqlite::Export;

pub(crate) use tables::{Cell, Kind, TABLES, Table};

/// So often it is told how far it is.
const ROWS_BETWEEN: u64 = 1000;

/// How many deliveries are in which state, by its name.
pub(crate) type States = BTreeMap<String, u64>;

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyProgress {
    /// So many rows are copied,
    pub copied: u64,
    /// of so many.
    pub of: u64,
}

/// A journal was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copied {
    /// So many deliveries.
    pub deliveries: u64,
    /// Those of them that are waiting, running or held: the first host takes them over.
    pub unsettled: u64,
    /// The file with the key that has sealed their tokens, if there is one beside the journal.
    pub key_file: Option<PathBuf>,
}

/// Why a journal is not copied. Nothing of it is in the database then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// From something else, or to something else.
    #[error(
        "a journal is copied from `sqlite:FILE` to `postgres://USER@HOST/DATABASE`, not from `{from}` to `{to}`"
    )]
    Direction {
        /// Where it is.
        from: Box<Location>,
        /// Where it was to go.
        to: Box<Location>,
    },
    /// One of the two cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Somebody works there.
    #[error("a host runs on {journal}: stop it; one that was killed counts as running for some seconds")]
    HostRuns {
        /// The journal in the database.
        journal: String,
    },
    /// There is something already.
    #[error(
        "{journal} is not empty: copy into another database, or (all that is in this journal is gone then) \
         `DROP SCHEMA bookhook CASCADE` there first"
    )]
    NotEmpty {
        /// The journal in the database.
        journal: String,
    },
    /// SQLite fails.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// PostgreSQL fails.
    #[error("cannot write to {journal}, where nothing is changed")]
    Write {
        /// The journal in the database.
        journal: String,
        /// What PostgreSQL says.
        source: tokio_postgres::Error,
    },
    /// What arrived is not what was sent.
    #[error("{journal} got {arrived} rows of `{table}` instead of {sent}, so nothing is changed there")]
    Differs {
        /// The journal in the database.
        journal: String,
        /// What differs.
        table: &'static str,
        /// So many there are.
        sent: u64,
        /// So many arrived.
        arrived: u64,
    },
}

/// Copies a journal from SQLite, where no host may be running on it, to a database that holds none, or an empty one.
///
/// Tokens are copied as they are sealed: hosts on the copy need the same key. The file stays as it is. Dropped before it
/// resolves, the copy goes on; a process that ends before leaves an empty journal.
pub async fn copy(
    from: &Location,
    to: &Location,
    progress: impl FnMut(CopyProgress) + Send + 'static,
) -> Result<Copied, CopyError> {
    let (Location::Sqlite(path), Location::Postgres(address)) = (from, to) else {
        return Err(CopyError::Direction { from: Box::new(from.clone()), to: Box::new(to.clone()) });
    };
    let (path, address) = (path.clone(), address.clone());
    postgres::once(async move || copy_all(&path, &address, progress).await).await?
}

async fn copy_all(
    path: &Path,
    address: &PostgresAddress,
    progress: impl FnMut(CopyProgress),
) -> Result<Copied, CopyError> {
    let export = Export::open(path)?;
    let mut sent = Vec::new();
    for table in TABLES {
        sent.push(export.count(table)?);
    }
    let mut steps = Steps { copied: 0, of: sent.iter().sum(), progress };
    let import = Import::begin(address).await?;
    for (table, sent) in TABLES.iter().zip(sent) {
        let arrived = copy_table(table, &export, &import, &mut steps).await?;
        import.expect(table.name, sent, arrived)?;
    }
    let states = export.states()?;
    import.finish(&states, export.last_removed()?).await?;
    steps.tell();
    let of = |state: &str| states.get(state).copied().unwrap_or_default();
    Ok(Copied {
        deliveries: states.values().sum(),
        unsettled: of("waiting") + of("running") + of("held"),
        key_file: Some(with_suffix(path.to_owned(), ".key")).filter(|path| path.exists()),
    })
}

async fn copy_table(
    table: &Table,
    export: &Export,
    import: &Import,
    steps: &mut Steps<impl FnMut(CopyProgress)>,
) -> Result<u64, CopyError> {
    let mut writer = import.table(table).await?;
    let taking = async |row: Vec<Cell>| {
        writer.write(&row).await?;
        steps.step();
        Ok(())
    };
    export.rows(table, import.host(), taking).await?;
    writer.finish().await
}

/// How far it is, and who wants to know.
struct Steps<P> {
    copied: u64,
    of: u64,
    progress: P,
}

impl<P: FnMut(CopyProgress)> Steps<P> {
    fn step(&mut self) {
        self.copied += 1;
        if self.copied.is_multiple_of(ROWS_BETWEEN) {
            self.tell();
        }
    }

    fn tell(&mut self) {
        (self.progress)(CopyProgress { copied: self.copied, of: self.of });
    }
}
