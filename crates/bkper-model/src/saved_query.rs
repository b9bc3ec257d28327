//! Saved queries. Not the language that they are written in.

use crate::wire::resource::resource;
use crate::{AgentId, QueryId, TimestampMs};

resource! {
    /// A query that was saved in a book.
    pub struct Query {
        /// Id of the query.
        id: QueryId = "id",
        /// Title that people see.
        title: String = "title",
        /// The query itself, such as `account:'Bank Account' after:$m-3`.
        query: String = "query",
        /// App that saved the query.
        agent_id: AgentId = "agentId",
        /// When the query was saved.
        created_at: TimestampMs = "createdAt",
        /// When the query was last changed.
        updated_at: TimestampMs = "updatedAt",
    }
}
