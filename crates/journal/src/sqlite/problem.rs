//! What SQLite's errors mean to who opens, writes or reads a journal.

use std::path::Path;

use rusqlite::{Error, ErrorCode};

use crate::error::{OpenError, ReadError, WriteError};

/// While opening.
pub(super) fn open(path: &Path, source: Error) -> OpenError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenError::NotAJournal { path },
        Some(ErrorCode::DiskFull) => OpenError::DiskFull { path },
        Some(ErrorCode::ReadOnly) => OpenError::ReadOnly { path },
        _ if is_damage(&source) => OpenError::Corrupt { path, source },
        _ => OpenError::Sqlite { path, source },
    }
}

/// While writing.
pub(super) fn write(path: &Path, source: Error) -> WriteError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => WriteError::DiskFull { path },
        Some(ErrorCode::ReadOnly) => WriteError::ReadOnly { path },
        _ if is_damage(&source) => WriteError::Corrupt { path, source },
        _ => WriteError::Sqlite { path, source },
    }
}

/// While reading.
pub(super) fn read(path: &Path, source: Error) -> ReadError {
    let path = path.to_owned();
    if is_damage(&source) { ReadError::Corrupt { path, source } } else { ReadError::Sqlite { path, source } }
}

/// Whether the act is at fault, and others can be written.
pub(super) fn is_of_the_act(error: &Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig))
}

/// Broken pages, or values that no act has written.
pub(super) fn is_damage(error: &Error) -> bool {
    match error {
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..) => true,
        _ => matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)),
    }
}
