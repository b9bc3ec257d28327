//! Connections: accounts that a user has elsewhere.

use crate::wire::choice::choice;
use crate::wire::resource::resource;
use crate::{AgentId, ConnectionId, TextMap, TimestampMs, UserId};

choice! {
    /// What a connection leads to.
    pub enum ConnectionType {
        /// An app.
        App = "APP",
        /// A bank.
        Bank = "BANK",
    }
}

resource! {
    /// A connection of a user, through an app, to an account that the user has elsewhere.
    pub struct Connection {
        /// Id of the connection.
        id: ConnectionId = "id",
        /// Id that the other side knows the connection by.
        uuid: String = "uuid",
        /// The app.
        agent_id: AgentId = "agentId",
        /// What the connection leads to.
        connection_type: ConnectionType = "type",
        /// Name of the connection.
        name: String = "name",
        /// Logo: a web address or a data URL.
        logo: String = "logo",
        /// Email address of the user.
        email: String = "email",
        /// Id of the user.
        user_id: UserId = "userId",
        /// Custom properties.
        properties: TextMap = "properties",
        /// When the user added the connection.
        date_added: TimestampMs = "dateAddedMs",
        /// When the connection was created.
        created_at: TimestampMs = "createdAt",
        /// When the connection was last changed.
        updated_at: TimestampMs = "updatedAt",
    }
}
