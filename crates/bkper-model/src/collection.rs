//! Collections: books that belong together.

use crate::wire::resource::resource;
use crate::{AgentId, Book, CollectionId, Permission, TimestampMs};

resource! {
    /// A collection of books.
    pub struct Collection {
        /// Id of the collection.
        id: CollectionId = "id",
        /// Name of the collection.
        name: String = "name",
        /// Username of the owner.
        owner_username: String = "ownerUsername",
        /// What the calling user may do with the collection.
        permission: Permission = "permission",
        /// The books that the calling user can see, with settings and properties.
        books: Vec<Book> = "books",
        /// App that created the collection.
        agent_id: AgentId = "agentId",
        /// When the collection was created.
        created_at: TimestampMs = "createdAt",
        /// When the collection was last changed.
        updated_at: TimestampMs = "updatedAt",
    }
}
