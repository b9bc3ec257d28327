//! Somebody with whom a book is shared, or who would like it to be.

use bkper_model::{self as wire, AgentId, BookId, CollaboratorId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Permission;

/// A user of a book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Collaborator {
    pub(crate) id: CollaboratorId,
    pub(crate) book: BookId,
    pub(crate) user: UserId,
    pub(crate) email: String,
    pub(crate) permission: Permission,
    pub(crate) agent: Option<AgentId>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

impl Collaborator {
    pub(super) fn shown(&self) -> wire::Collaborator {
        wire::Collaborator {
            id: Some(self.id.clone()),
            email: Some(self.email.clone()),
            permission: Some(self.permission.shown()),
            avatar_url: Some(String::new()),
            agent_id: self.agent.clone(),
            created_at: Some(self.created.into()),
            updated_at: Some(self.updated.into()),
            ..wire::Collaborator::default()
        }
    }
}

/// What somebody asks for who would like to be a collaborator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AccessRequest {
    pub(crate) id: String,
    pub(crate) book: BookId,
    pub(crate) user: UserId,
    pub(crate) email: String,
    pub(crate) permission: Permission,
    pub(crate) message: Option<String>,
    pub(crate) created: Timestamp,
}

impl AccessRequest {
    /// The collaborator that there would be.
    pub(super) fn shown(&self) -> wire::Collaborator {
        wire::Collaborator {
            email: Some(self.email.clone()),
            permission: Some(self.permission.shown()),
            avatar_url: Some(String::new()),
            created_at: Some(self.created.into()),
            ..wire::Collaborator::default()
        }
    }
}
