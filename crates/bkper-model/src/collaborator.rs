//! Collaborators: the users that a book is shared with.

use crate::wire::resource::resource;
use crate::{AgentId, CollaboratorId, Permission, TimestampMs};

resource! {
    /// A user that a book is shared with.
    pub struct Collaborator {
        /// Id of the collaborator.
        id: CollaboratorId = "id",
        /// Email address, which tells who it is.
        email: String = "email",
        /// What the collaborator may do in the book.
        permission: Permission = "permission",
        /// Picture: a web address.
        avatar_url: String = "avatarUrl",
        /// App that added the collaborator.
        agent_id: AgentId = "agentId",
        /// When the collaborator was added.
        created_at: TimestampMs = "createdAt",
        /// When the collaborator was last changed.
        updated_at: TimestampMs = "updatedAt",
    }
}
