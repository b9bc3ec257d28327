//! A group of accounts.

use std::collections::BTreeSet;

use bkper_model::{self as wire, AgentId, BookId, normalize_name};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Changes, Chart, GroupId, Nature, Properties, name_given};
use crate::refusal::Refusal;

/// A group of a book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) id: GroupId,
    pub(crate) book: BookId,
    pub(crate) name: String,
    pub(crate) parent: Option<GroupId>,
    pub(crate) hidden: bool,
    /// Whether only the owner of the book may change the group.
    pub(crate) locked: bool,
    pub(crate) properties: Properties,
    pub(crate) agent: Option<AgentId>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

impl Group {
    /// A group that is still to be named.
    pub(crate) fn new(id: GroupId, book: BookId, agent: Option<AgentId>, now: Timestamp) -> Self {
        Self {
            id,
            book,
            name: String::new(),
            parent: None,
            hidden: false,
            locked: false,
            properties: Properties::default(),
            agent,
            created: now,
            updated: now,
        }
    }

    /// Takes over what a client sends: absent fields stay as they are, `null` clears. Only the parent is different: an
    /// absent one is removed.
    pub(super) fn change(&mut self, body: &wire::Group, chart: &Chart<'_>) -> Result<Changes, Refusal> {
        let mut changes = Changes::default();
        if let Some(name) = &body.name {
            changes.set("name", &mut self.name, name_given(name)?, String::clone);
        }
        let parent = body.parent.as_ref().map(|parent| chart.referred_group(parent)).transpose()?.flatten();
        let text = |parent: &Option<GroupId>| parent.map(|id| id.0.to_string()).unwrap_or_default();
        changes.set("parent", &mut self.parent, parent.map(|parent| parent.id), text);
        if let Some(hidden) = body.hidden {
            changes.set("hidden", &mut self.hidden, hidden, ToString::to_string);
        }
        if let Some(locked) = body.locked {
            changes.set("locked", &mut self.locked, locked, ToString::to_string);
        }
        if let Some(properties) = Properties::said_in(body, body.properties.as_ref())? {
            changes.set_properties(&mut self.properties, properties);
        }
        Ok(changes)
    }

    pub(crate) fn normalized_name(&self) -> String {
        normalize_name(&self.name)
    }

    /// The group with its parent and what its accounts have in common, which the chart knows.
    pub(super) fn shown(&self, parent: Option<wire::Group>, below: &Below) -> wire::Group {
        wire::Group {
            id: Some(self.id.shown()),
            name: Some(self.name.clone()),
            normalized_name: Some(self.normalized_name()),
            hidden: Some(self.hidden),
            locked: Some(self.locked),
            has_accounts: Some(below.has_accounts),
            has_groups: Some(below.has_groups),
            mixed: Some(below.is_mixed()),
            group_type: below.single().map(Nature::shown),
            credit: below.credit(),
            permanent: below.permanent(),
            parent: parent.map(Box::new),
            properties: Some(self.properties.shown()),
            agent_id: self.agent.clone(),
            created_at: Some(self.created.into()),
            updated_at: Some(self.updated.into()),
            ..wire::Group::default()
        }
    }
}

/// What is below a group.
pub(crate) struct Below {
    /// Whether accounts are right in it.
    pub(crate) has_accounts: bool,
    /// Whether groups are right in it.
    pub(crate) has_groups: bool,
    /// The natures of all accounts in it and in the groups below it.
    pub(crate) natures: BTreeSet<Nature>,
}

impl Below {
    fn is_mixed(&self) -> bool {
        self.natures.len() > 1
    }

    /// The nature of all accounts, where it is the same.
    fn single(&self) -> Option<Nature> {
        self.natures.first().copied().filter(|_| !self.is_mixed())
    }

    pub(crate) fn credit(&self) -> Option<bool> {
        self.single().map(Nature::is_credit)
    }

    /// Assets and liabilities together are still permanent, incoming and outgoing still not.
    pub(crate) fn permanent(&self) -> Option<bool> {
        let first = self.natures.first()?.is_permanent();
        self.natures.iter().all(|nature| nature.is_permanent() == first).then_some(first)
    }
}
