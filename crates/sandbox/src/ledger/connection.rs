//! A connection: an account that a user has somewhere else.

use bkper_model::{self as wire, AgentId, ConnectionId, Resource as _, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Changes, Properties};
use crate::refusal::Refusal;

/// An account that a user has somewhere else. The sandbox keeps what it is told of it, and connects to nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Connection {
    pub(crate) id: ConnectionId,
    pub(crate) user: UserId,
    kind: wire::ConnectionType,
    agent: Option<AgentId>,
    uuid: Option<String>,
    name: Option<String>,
    logo: Option<String>,
    email: Option<String>,
    properties: Properties,
    created: Timestamp,
    pub(super) updated: Timestamp,
}

impl Connection {
    pub(super) fn new(id: ConnectionId, user: UserId, now: Timestamp) -> Self {
        Self {
            id,
            user,
            kind: wire::ConnectionType::App,
            agent: None,
            uuid: None,
            name: None,
            logo: None,
            email: None,
            properties: Properties::default(),
            created: now,
            updated: now,
        }
    }

    /// Takes over what a client sends: absent fields stay as they are, `null` clears.
    pub(super) fn change(&mut self, body: &wire::Connection) -> Result<Changes, Refusal> {
        let mut changes = Changes::default();
        if let Some(kind) = &body.connection_type {
            changes.set_untold(&mut self.kind, kind.clone());
        }
        if body.agent_id.is_some() || body.is_null("agentId") {
            changes.set_untold(&mut self.agent, body.agent_id.clone());
        }
        for (name, field, given) in [
            ("uuid", &mut self.uuid, &body.uuid),
            ("name", &mut self.name, &body.name),
            ("logo", &mut self.logo, &body.logo),
            ("email", &mut self.email, &body.email),
        ] {
            if given.is_some() || body.is_null(name) {
                changes.set_untold(field, given.clone());
            }
        }
        if let Some(properties) = Properties::said_in(body, body.properties.as_ref())? {
            changes.set_untold(&mut self.properties, properties);
        }
        Ok(changes)
    }

    pub(super) fn shown(&self) -> wire::Connection {
        wire::Connection {
            id: Some(self.id.clone()),
            uuid: self.uuid.clone(),
            agent_id: self.agent.clone(),
            connection_type: Some(self.kind.clone()),
            name: self.name.clone(),
            logo: self.logo.clone(),
            email: self.email.clone(),
            user_id: Some(self.user.clone()),
            properties: Some(self.properties.shown()),
            date_added: Some(self.created.into()),
            created_at: Some(self.created.into()),
            updated_at: Some(self.updated.into()),
            ..wire::Connection::default()
        }
    }
}
