//! Files of a book.

use crate::wire::resource::resource;
use crate::{AgentId, FileId, TextMap, TimestampMs};

resource! {
    /// A file of a book, on its own or attached to a transaction.
    pub struct File {
        /// Id of the file.
        id: FileId = "id",
        /// Name of the file.
        name: String = "name",
        /// MIME type, such as `application/pdf`.
        content_type: String = "contentType",
        /// The bytes, in Base64. Absent in lists and in files of transactions.
        content: String = "content",
        /// Size of the decoded content in bytes.
        size: u64 = "size",
        /// Web address that serves the file.
        url: String = "url",
        /// Custom properties.
        properties: TextMap = "properties",
        /// App that created the file.
        agent_id: AgentId = "agentId",
        /// When the file was created.
        created_at: TimestampMs = "createdAt",
        /// When the file was last changed.
        updated_at: TimestampMs = "updatedAt",
    }
}
