//! A collection.

use bkper_model::{self as wire, AgentId, CollectionId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Permission, User};

/// Books that belong together, as their owner put them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Collection {
    pub(crate) id: CollectionId,
    pub(crate) name: String,
    pub(crate) owner: UserId,
    pub(crate) owner_name: String,
    pub(crate) agent: Option<AgentId>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

impl Collection {
    /// What the user may do with the collection. Of its books this says nothing.
    pub(super) fn permission_of(&self, user: &User) -> Permission {
        if self.owner == user.id { Permission::Owner } else { Permission::None }
    }

    /// The collection with those of its books that the user can see.
    pub(super) fn shown(&self, user: &User, books: Vec<wire::Book>) -> wire::Collection {
        wire::Collection {
            id: Some(self.id.clone()),
            name: Some(self.name.clone()),
            owner_username: Some(self.owner_name.clone()),
            permission: Some(self.permission_of(user).shown()),
            books: Some(books),
            agent_id: self.agent.clone(),
            created_at: Some(self.created.into()),
            updated_at: Some(self.updated.into()),
            ..wire::Collection::default()
        }
    }
}
