//! An integration: an app in a book, or a connection to somewhere else.

use bkper_model::{self as wire, AgentId, BookId, ConnectionId, Resource as _, UserId, normalize_name};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{App, Changes, IntegrationId, Properties, User};
use crate::refusal::Refusal;

/// An integration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Integration {
    pub(crate) id: IntegrationId,
    pub(crate) book: BookId,
    /// The app; none where only a connection is integrated.
    pub(crate) agent: Option<AgentId>,
    /// Who installed the app: it acts with this user's rights.
    pub(crate) user: UserId,
    username: String,
    connection: Option<ConnectionId>,
    /// As it was given; without one, the app's name counts.
    name: Option<String>,
    properties: Properties,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

impl Integration {
    pub(crate) fn new(
        id: IntegrationId,
        book: BookId,
        agent: Option<AgentId>,
        user: &User,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            book,
            agent,
            user: user.id.clone(),
            username: user.username.clone(),
            connection: None,
            name: None,
            properties: Properties::default(),
            created: now,
            updated: now,
        }
    }

    /// Takes over what a client sends: absent fields stay as they are, `null` clears.
    pub(crate) fn change(&mut self, body: &wire::Integration) -> Result<Changes, Refusal> {
        let mut changes = Changes::default();
        if body.name.is_some() || body.is_null("name") {
            let name = body.name.clone().filter(|name| !name.trim().is_empty());
            changes.set("name", &mut self.name, name, |name| name.clone().unwrap_or_default());
        }
        if body.connection_id.is_some() || body.is_null("connectionId") {
            let text = |id: &Option<ConnectionId>| id.as_ref().map(ToString::to_string).unwrap_or_default();
            changes.set("connectionId", &mut self.connection, body.connection_id.clone(), text);
        }
        if let Some(properties) = Properties::said_in(body, body.properties.as_ref())? {
            changes.set_properties(&mut self.properties, properties);
        }
        Ok(changes)
    }

    /// The integration with what is to be seen of its app.
    pub(crate) fn shown(&self, app: Option<&App>) -> wire::Integration {
        let agent = app.map(App::agent).unwrap_or_default();
        let name = self.name.clone().or(agent.name);
        wire::Integration {
            id: Some(self.id.shown()),
            book_id: Some(self.book.clone()),
            agent_id: self.agent.clone(),
            connection_id: self.connection.clone(),
            normalized_name: name.as_deref().map(normalize_name),
            name,
            logo: agent.logo,
            logo_dark: agent.logo_dark,
            properties: Some(self.properties.shown()),
            added_by: Some(self.username.clone()),
            user_id: Some(self.user.clone()),
            date_added: Some(self.created.into()),
            last_update: Some(self.updated.into()),
            created_at: Some(self.created.into()),
            updated_at: Some(self.updated.into()),
            ..wire::Integration::default()
        }
    }
}
