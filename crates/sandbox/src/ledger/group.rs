//! A group of accounts.

use bkper_model::{AgentId, BookId, normalize_name};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{GroupId, Properties};

/// A group of a book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) id: GroupId,
    pub(crate) book: BookId,
    pub(crate) name: String,
    pub(crate) parent: Option<GroupId>,
    pub(crate) hidden: bool,
    pub(crate) locked: bool,
    pub(crate) properties: Properties,
    pub(crate) agent: Option<AgentId>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

impl Group {
    pub(crate) fn normalized_name(&self) -> String {
        normalize_name(&self.name)
    }
}
