//! What is wrong in a seed, and where.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::yaml::Position;

/// Something wrong in a seed. Displayed it is one line: `FILE:LINE:COLUMN: KEY: what, and what is allowed`.
#[derive(Debug)]
#[non_exhaustive]
pub struct Mistake {
    /// The file, as it was named.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The way to the value: `books[0].accounts[2].type`.
    pub key: String,
    /// What is wrong.
    pub problem: SeedProblem,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, key, problem } = self;
        write!(f, "{}:{line}:{column}: ", file.display())?;
        if !key.is_empty() {
            write!(f, "{key}: ")?;
        }
        problem.fmt(f)
    }
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeedProblem {
    /// The key does not exist.
    #[error("no such key; there are {}", .known.join(", "))]
    UnknownKey {
        /// The keys that exist here.
        known: Vec<&'static str>,
    },
    /// The key must be there.
    #[error("missing")]
    Missing,
    /// The key has a value of another form.
    #[error("must be {0}")]
    Form(
        /// The form that it must have.
        &'static str,
    ),
    /// The value is none of those that there are.
    #[error("there is no {given:?}; there {}", list(.known))]
    UnknownValue {
        /// The value.
        given: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// It is no amount.
    #[error("{0:?} is no amount; write digits with a point, as in 1250.50, and more than nothing")]
    Amount(
        /// What is written.
        String,
    ),
    /// It is no day.
    #[error("{0:?} is no day; write 2026-03-02, today, -12d, or -3m/05 for the fifth of three months ago")]
    Day(
        /// What is written.
        String,
    ),
    /// It is no name of a user.
    #[error("{0:?} is no username and no email address")]
    User(
        /// What is written.
        String,
    ),
    /// It is no email address.
    #[error("{0:?} is no email address")]
    Email(
        /// What is written.
        String,
    ),
    /// It is no id of a book.
    #[error("{0:?} is no id of a book; write letters, digits and hyphens")]
    BookId(
        /// What is written.
        String,
    ),
    /// It is there already.
    #[error("{0:?} is there already")]
    Repeated(
        /// What it is.
        String,
    ),
    /// The manifest of an app cannot be read.
    #[error("{0}")]
    Manifest(
        /// Why.
        String,
    ),
    /// The API has no such value there.
    #[error("{0}")]
    Fault(
        /// What the API says.
        String,
    ),
    /// The ledger refuses it.
    #[error("{0}")]
    Refused(
        /// Why.
        String,
    ),
}

fn list(known: &[String]) -> String {
    const SHOWN: usize = 12;
    match known {
        [] => "is none at all".to_owned(),
        [only] => format!("is {only}"),
        _ if known.len() > SHOWN => {
            format!("are {} and {} more", known[..SHOWN].join(", "), known.len() - SHOWN)
        }
        _ => format!("are {}", known.join(", ")),
    }
}

/// Where something stands in a seed.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) at: Position,
    pub(super) key: String,
}

impl Place {
    pub(super) const TOP: Self = Self { at: Position { line: 1, column: 1 }, key: String::new() };

    /// The place of a value under this key.
    pub(super) fn child(&self, key: &str, at: Position) -> Self {
        let dot = if self.key.is_empty() { "" } else { "." };
        Self { at, key: format!("{}{dot}{key}", self.key) }
    }

    /// The place of an item of the list here.
    pub(super) fn item(&self, index: usize, at: Position) -> Self {
        Self { at, key: format!("{}[{index}]", self.key) }
    }

    pub(super) fn mistake(self, file: &Path, problem: SeedProblem) -> Mistake {
        let Position { line, column } = self.at;
        Mistake { file: file.to_owned(), line, column, key: self.key, problem }
    }
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Placed<T> {
    pub(super) place: Place,
    pub(super) value: T,
}

/// What was found wrong so far.
pub(super) type Mistakes = Vec<(Place, SeedProblem)>;
