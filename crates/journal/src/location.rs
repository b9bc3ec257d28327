//! Where a journal is kept.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::postgres::PostgresAddress;

/// Where a journal is kept, as the configuration writes it: `sqlite:bookhook.db`, `postgres://user@host/db` or
/// `memory`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In this SQLite file.
    Sqlite(PathBuf),
    /// In this database, which hosts may share.
    Postgres(PostgresAddress),
    /// Nowhere: it is gone when the host ends.
    Memory,
}

/// A text that names no place for a journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLocation {
    /// No PostgreSQL address.
    #[error(
        "an address of PostgreSQL is `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, special characters as in `%40`"
    )]
    Postgres,
    /// What it says of TLS.
    #[error(
        "`sslmode` is one of disable, prefer, require, verify-full; `sslrootcert=FILE` goes with verify-full"
    )]
    PostgresTls,
    /// `sqlite:` and nothing after it.
    #[error("`sqlite:` needs the name of a file, as in `sqlite:bookhook.db`")]
    NoFile,
    /// Something else.
    #[error(
        "`{0}` is no place for a journal: write `sqlite:FILE`, `postgres://USER@HOST/DATABASE` or `memory`"
    )]
    Unknown(String),
}

impl FromStr for Location {
    type Err = BadLocation;

    fn from_str(text: &str) -> Result<Self, BadLocation> {
        if text == "memory" {
            return Ok(Self::Memory);
        }
        match text.split_once(':') {
            Some(("sqlite", "")) => Err(BadLocation::NoFile),
            Some(("sqlite", path)) => Ok(Self::Sqlite(PathBuf::from(path))),
            Some(("postgres" | "postgresql", _)) => text.parse().map(Self::Postgres),
            _ => Err(BadLocation::Unknown(without_password(text))),
        }
    }
}

/// The text up to what could be a password.
fn without_password(text: &str) -> String {
    let shown = text.split_once('@').map_or(text, |(_, host)| host);
    shown.chars().take(80).collect()
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(address) => address.fmt(f),
            Self::Memory => f.write_str("memory"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_and_show() {
        for text in ["sqlite:bookhook.db", "sqlite:/var/lib/book hook/a.db", "postgres://u@h:1/db", "memory"]
        {
            assert_eq!(text.parse::<Location>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_place_says_what_to_write() {
        assert_eq!("sqlite:".parse::<Location>(), Err(BadLocation::NoFile));
        assert_eq!("postgres:".parse::<Location>(), Err(BadLocation::Postgres));
        let error = "mysql://me:secret@host/db".parse::<Location>().unwrap_err().to_string();
        assert!(error.contains("sqlite:FILE") && !error.contains("secret"), "{error}");
    }
}
