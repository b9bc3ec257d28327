//! What is found wrong or odd, each with the place that it was found at. What can be found is in [`super::problem`].

use std::fmt;
use std::path::{Path, PathBuf};

use super::problem::{Caution, Problem};

/// A line and a column, both from 1. Columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Position {
    pub(super) const START: Self = Self { line: 1, column: 1 };
}

/// Where something was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In a file.
    File {
        /// The file, as it was named.
        file: PathBuf,
        /// The line and column, unless it is the file as a whole.
        position: Option<Position>,
        /// The key from the top of the file (`hooks.tax-bot.deadline`), when it is one key's matter.
        key: Option<String>,
    },
    /// In an environment variable.
    Variable(&'static str),
    /// In an argument of the command line.
    Argument(&'static str),
}

impl Place {
    pub(super) fn of_file(file: &Path) -> Self {
        Self::File { file: file.to_owned(), position: None, key: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, position, key } => {
                write!(f, "{}", file.display())?;
                if let Some(Position { line, column }) = position {
                    write!(f, ":{line}:{column}")?;
                }
                key.as_ref().map_or(Ok(()), |key| write!(f, ": {key}"))
            }
            Self::Variable(name) | Self::Argument(name) => f.write_str(name),
        }
    }
}

/// Something that was found, and where. Displayed it is one line: `FILE:LINE:COLUMN: KEY: what, and what to do`.
#[derive(Debug)]
pub struct Finding<T> {
    /// Where.
    pub place: Place,
    /// What.
    pub what: T,
}

/// Something that must be put right before the host can start.
pub type Mistake = Finding<Problem>;

/// Something that the host can start with, but its operator should know.
pub type Warning = Finding<Caution>;

impl<T: fmt::Display> Finding<T> {
    /// The file, unless it is about the environment or the command line.
    pub fn file(&self) -> Option<&Path> {
        match &self.place {
            Place::File { file, .. } => Some(file),
            Place::Variable(_) | Place::Argument(_) => None,
        }
    }

    /// The line and column in that file.
    pub fn position(&self) -> Option<Position> {
        match &self.place {
            Place::File { position, .. } => *position,
            Place::Variable(_) | Place::Argument(_) => None,
        }
    }

    /// The key, the environment variable or the argument.
    pub fn key(&self) -> Option<&str> {
        match &self.place {
            Place::File { key, .. } => key.as_deref(),
            Place::Variable(name) | Place::Argument(name) => Some(name),
        }
    }

    /// What was found and what to do, without the place.
    pub fn message(&self) -> String {
        self.what.to_string()
    }
}

impl<T: fmt::Display> fmt::Display for Finding<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Everything that is wrong with a configuration, in the order of the files' lines.
#[derive(Debug)]
pub struct ConfigErrors(pub(super) Vec<Mistake>);

impl ConfigErrors {
    /// One by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Mistake> {
        self.0.iter()
    }
}

/// In the order of the files' lines, each once: a manifest that two hooks share is read twice.
pub(super) fn in_order<T: fmt::Display>(mut findings: Vec<Finding<T>>) -> Vec<Finding<T>> {
    findings.sort_by(|a, b| a.place.cmp(&b.place));
    findings.dedup_by_key(|finding| finding.to_string());
    findings
}

impl<'a> IntoIterator for &'a ConfigErrors {
    type Item = &'a Mistake;
    type IntoIter = std::slice::Iter<'a, Mistake>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for mistake in &self.0 {
            writeln!(f, "{mistake}")?;
        }
        let mistakes = if self.0.len() == 1 { "1 mistake" } else { &format!("{} mistakes", self.0.len()) };
        write!(f, "{mistakes}; every key is described in docs/configuration.md")
    }
}

impl std::error::Error for ConfigErrors {}
