//! Comments on transactions.

use crate::wire::resource::resource;
use crate::{AgentId, CommentId, TimestampMs, TransactionId};

resource! {
    /// A comment on a transaction.
    ///
    /// The API documents events about comments, but not their object; these fields are a best guess.
    pub struct Comment {
        /// Id of the comment.
        id: CommentId = "id",
        /// What the comment says.
        text: String = "text",
        /// The transaction that is commented on.
        transaction_id: TransactionId = "transactionId",
        /// App that created the comment.
        agent_id: AgentId = "agentId",
        /// When the comment was created.
        created_at: TimestampMs = "createdAt",
    }
}
