//! Integrations: apps that are installed in a book.

use crate::wire::resource::resource;
use crate::{AgentId, BookId, ConnectionId, IntegrationId, TextMap, TimestampMs, UserId};

resource! {
    /// An app that is installed in a book. It acts with the rights of the user who installed it.
    pub struct Integration {
        /// Id of the integration.
        id: IntegrationId = "id",
        /// The book.
        book_id: BookId = "bookId",
        /// The app.
        agent_id: AgentId = "agentId",
        /// The connection that the app uses.
        connection_id: ConnectionId = "connectionId",
        /// Name of the integration.
        name: String = "name",
        /// Name in lower case, without diacritics, words joined by `_`.
        normalized_name: String = "normalizedName",
        /// Logo: a web address or a data URL.
        logo: String = "logo",
        /// Logo for dark surroundings: a web address or a data URL.
        logo_dark: String = "logoDark",
        /// Custom properties.
        properties: TextMap = "properties",
        /// Username of the user who installed the app.
        added_by: String = "addedBy",
        /// Id of that user.
        user_id: UserId = "userId",
        /// When the app was installed.
        date_added: TimestampMs = "dateAddedMs",
        /// When anything about the integration last changed.
        last_update: TimestampMs = "lastUpdateMs",
        /// When the integration was created.
        created_at: TimestampMs = "createdAt",
        /// When the integration was last changed.
        updated_at: TimestampMs = "updatedAt",
    }
}
