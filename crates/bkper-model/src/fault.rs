//! What an incoming object has in a form that the API does not have.
//!
//! Reading never fails for the shape of an object, because a client must survive what a later version of the API
//! sends. A server has to refuse it instead, and say where it is wrong.

use std::fmt;

use serde_json::Value;

use crate::wire;

/// One value of a resource that the API does not know: see [`Resource::faults`](crate::Resource::faults).
///
/// Paths are written `creditAccount.groups[0].id`; the empty path is the whole object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The value is of another type than the field, or a text of another form (such as a date that is none).
    #[error("{}: expected {expected}, found {}", Place(path), wire::kind(found))]
    WrongForm {
        /// Where the value stands.
        path: String,
        /// What would have been right, such as `a boolean`.
        expected: &'static str,
        /// The value. The message names only its kind, because it may be confidential.
        found: Value,
    },
    /// The text is none of the values of an enumeration.
    #[error("{}: \"{found:.40}\" is none of {}", Place(path), known.join(", "))]
    UnknownValue {
        /// Where the value stands.
        path: String,
        /// The text. The message has its first 40 characters.
        found: String,
        /// The texts that are values.
        known: &'static [&'static str],
    },
}

impl Fault {
    /// Where the value stands, such as `items[2].type`.
    pub fn path(&self) -> &str {
        match self {
            Self::WrongForm { path, .. } | Self::UnknownValue { path, .. } => path,
        }
    }
}

struct Place<'a>(&'a str);

impl fmt::Display for Place<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.0.is_empty() { "the body" } else { self.0 })
    }
}

/// Collects faults on the way through an object.
#[derive(Default)]
pub(crate) struct Findings {
    path: String,
    faults: Vec<Fault>,
}

impl Findings {
    /// Looks into the field called `name`.
    pub(crate) fn in_field(&mut self, name: &str, look: impl FnOnce(&mut Self)) {
        let here = self.path.len();
        if here > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        look(self);
        self.path.truncate(here);
    }

    /// Looks into an item of a list.
    pub(crate) fn in_item(&mut self, index: usize, look: impl FnOnce(&mut Self)) {
        let here = self.path.len();
        self.path.push('[');
        self.path.push_str(&index.to_string());
        self.path.push(']');
        look(self);
        self.path.truncate(here);
    }

    pub(crate) fn wrong_form(&mut self, expected: &'static str, found: &Value) {
        self.faults.push(Fault::WrongForm { path: self.path.clone(), expected, found: found.clone() });
    }

    pub(crate) fn unknown_value(&mut self, known: &'static [&'static str], found: &str) {
        self.faults.push(Fault::UnknownValue { path: self.path.clone(), found: found.to_owned(), known });
    }

    pub(crate) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }
}
