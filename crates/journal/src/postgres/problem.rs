//! What PostgreSQL's errors mean to who opens, writes or reads a journal.

use std::path::PathBuf;

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::error::{OpenError, ReadError, WriteError};

use super::address::PostgresAddress;

/// Why the server does not do what it is asked: it says why, or the way to it does, or (none) nothing comes back.
#[derive(Debug)]
pub(super) struct NoAnswer(pub(super) Option<Error>);

impl From<Error> for NoAnswer {
    fn from(error: Error) -> Self {
        Self(Some(error))
    }
}

impl NoAnswer {
    /// Whether the connection is of no more use.
    pub(super) fn is_loss(&self) -> bool {
        self.0.as_ref().is_none_or(is_loss)
    }
}

/// While opening.
pub(super) fn open(address: &PostgresAddress, error: NoAnswer) -> OpenError {
    let journal = address.to_string();
    match error.0 {
        Some(source) if source.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {
            OpenError::NoRight { journal, source }
        }
        Some(source) if source.code().is_some() => OpenError::Postgres { journal, source },
        source => OpenError::Unreachable { journal, source },
    }
}

/// While writing.
pub(super) fn write(address: &PostgresAddress, error: impl Into<NoAnswer>) -> WriteError {
    let journal = address.to_string();
    let Some(source) = error.into().0 else { return WriteError::Unreachable { journal, source: None } };
    match source.code() {
        Some(code) if *code == SqlState::DISK_FULL => WriteError::DiskFull { path: PathBuf::from(journal) },
        _ if is_loss(&source) => WriteError::Unreachable { journal, source: Some(source) },
        _ => WriteError::Postgres { journal, source },
    }
}

/// While reading.
pub(super) fn read(address: &PostgresAddress, error: NoAnswer) -> ReadError {
    ReadError::Postgres { journal: address.to_string(), source: error.0 }
}

/// Whether the act is at fault, and others can be written.
pub(super) fn is_of_the_act(error: &Error) -> bool {
    match error.code() {
        // Integrity constraints, data that does not fit, limits.
        Some(code) => ["22", "23", "54"].iter().any(|class| code.code().starts_with(class)),
        // It has a value that no column can hold, or reads one that it cannot make sense of.
        None => !is_loss(error),
    }
}

/// Whether the same may go well at the next try: another was in the way.
pub(super) fn is_a_collision(error: &Error) -> bool {
    const COLLISIONS: [SqlState; 4] = [
        SqlState::UNIQUE_VIOLATION,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::LOCK_NOT_AVAILABLE,
    ];
    error.code().is_some_and(|code| COLLISIONS.contains(code))
}

/// Whether the server says that it did not do it, and goes on. (What else goes wrong may be with its answer.)
pub(super) fn is_refusal(error: &Error) -> bool {
    error.code().is_some_and(|code| !is_end_of_session(code))
}

/// Whether the connection is of no more use.
pub(super) fn is_loss(error: &Error) -> bool {
    match error.code() {
        Some(code) => is_end_of_session(code),
        None => error.is_closed() || is_of_the_way(error),
    }
}

/// The server ends, or has become a copy of another that is to be written to.
fn is_end_of_session(code: &SqlState) -> bool {
    let ends = ["08", "57P", "25006", "25P03"];
    ends.iter().any(|class| code.code().starts_with(class))
}

/// What is told by the network or the encryption, and not by the server.
fn is_of_the_way(error: &Error) -> bool {
    use std::error::Error as _;

    error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}
