//! Responses of apps to events, as Bkper records them.

use crate::wire::choice::choice;
use crate::wire::resource::resource;
use crate::{AgentId, TimestampMs};

choice! {
    /// How a response is meant.
    pub enum BotResponseType {
        /// A result.
        Info = "INFO",
        /// A result that needs attention.
        Warning = "WARNING",
        /// A failure.
        Error = "ERROR",
    }
}

resource! {
    /// What an app answered to an event. There is at most one for each app and event.
    pub struct BotResponse {
        /// The app.
        agent_id: AgentId = "agentId",
        /// How the response is meant.
        response_type: BotResponseType = "type",
        /// Text of the response; may contain HTML.
        message: String = "message",
        /// When the response was recorded.
        created_at: TimestampMs = "createdAt",
    }
}
