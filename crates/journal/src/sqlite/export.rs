//! Reads all of a journal, for a copy of it.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use crate::copy::{Cell, CopyError, States, Table};
use crate::error::{OpenError, ReadError};

use super::{files, open, problem, rows};

/// A journal that no host is running on, and none can start on.
pub(crate) struct Export {
    conn: Connection,
    path: PathBuf,
    _lock: File,
}

impl Export {
    /// Brings it to the schema of this version, and holds it still.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        if !path.exists() {
            return Err(OpenError::Missing { path: path.to_owned() });
        }
        let lock = files::lock(path)?;
        let conn = open::Place::File(path.to_owned()).open_for_writing()?;
        conn.execute_batch("PRAGMA query_only = ON; BEGIN").map_err(|error| problem::open(path, error))?;
        Ok(Self { conn, path: path.to_owned(), _lock: lock })
    }

    /// How many rows a table has.
    pub(crate) fn count(&self, table: &Table) -> Result<u64, ReadError> {
        self.one(&format!("SELECT count(*) FROM {}", table.name), |row| rows::count(row, 0))
    }

    /// The greatest `seq` that a removed delivery had.
    pub(crate) fn last_removed(&self) -> Result<i64, ReadError> {
        self.one("SELECT last_seq FROM removed", |row| row.get(0))
    }

    /// How many deliveries are in which state.
    pub(crate) fn states(&self) -> Result<States, ReadError> {
        let read = || -> rusqlite::Result<States> {
            let mut select = self.conn.prepare("SELECT state, count(*) FROM delivery GROUP BY state")?;
            select.query_map([], |row| Ok((row.get(0)?, rows::count(row, 1)?)))?.collect()
        };
        read().map_err(|error| self.failed(error))
    }

    /// Gives the rows of a table, one after the other; what is unsettled belongs to this host.
    pub(crate) async fn rows(
        &self,
        table: &Table,
        host: i64,
        mut take: impl AsyncFnMut(Vec<Cell>) -> Result<(), CopyError>,
    ) -> Result<(), CopyError> {
        let failed = |error| self.failed(error);
        let mut select = self.conn.prepare(&table.select()).map_err(failed)?;
        if select.parameter_count() == 1 {
            select.raw_bind_parameter(1, host).map_err(failed)?;
        }
        let mut rows = select.raw_query();
        while let Some(row) = rows.next().map_err(failed)? {
            take(cells(row, table.columns.len()).map_err(failed)?).await?;
        }
        Ok(())
    }

    fn one<T>(&self, sql: &str, read: fn(&Row<'_>) -> rusqlite::Result<T>) -> Result<T, ReadError> {
        self.conn.query_row(sql, [], read).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: rusqlite::Error) -> ReadError {
        problem::read(&self.path, error)
    }
}

fn cells(row: &Row<'_>, count: usize) -> rusqlite::Result<Vec<Cell>> {
    (0..count).map(|at| cell(row, at)).collect()
}

fn cell(row: &Row<'_>, at: usize) -> rusqlite::Result<Cell> {
    let value = row.get_ref(at)?;
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Number(number),
        ValueRef::Text(_) => Cell::Text(value.as_str()?.to_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_owned()),
        ValueRef::Real(_) => {
            let name = row.as_ref().column_name(at)?.to_owned();
            return Err(rusqlite::Error::InvalidColumnType(at, name, value.data_type()));
        }
    })
}
