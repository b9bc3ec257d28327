//! An account.

use std::collections::BTreeSet;

use bkper_model::{self as wire, AgentId, BookId, Resource as _, normalize_name};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AccountId, Changes, Chart, GroupId, Nature, Properties, name_given};
use crate::refusal::Refusal;

/// An account of a book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) book: BookId,
    pub(crate) name: String,
    pub(crate) nature: Nature,
    pub(crate) archived: bool,
    /// The groups that the account is in directly.
    pub(crate) groups: BTreeSet<GroupId>,
    pub(crate) properties: Properties,
    /// Whether a transaction was ever posted in the account. It is then archived instead of deleted.
    pub(crate) has_transaction_posted: bool,
    /// Whether the last audit confirmed the balance.
    pub(crate) balance_verified: bool,
    pub(crate) agent: Option<AgentId>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

impl Account {
    /// An account that is still to be named.
    pub(crate) fn new(id: AccountId, book: BookId, agent: Option<AgentId>, now: Timestamp) -> Self {
        Self {
            id,
            book,
            name: String::new(),
            nature: Nature::Asset,
            archived: false,
            groups: BTreeSet::new(),
            properties: Properties::default(),
            has_transaction_posted: false,
            balance_verified: false,
            agent,
            created: now,
            updated: now,
        }
    }

    /// Takes over what a client sends: absent fields stay as they are, `null` clears.
    pub(super) fn change(&mut self, body: &wire::Account, chart: &Chart<'_>) -> Result<Changes, Refusal> {
        let mut changes = Changes::default();
        if let Some(name) = &body.name {
            changes.set("name", &mut self.name, name_given(name)?, String::clone);
        }
        if let Some(nature) = body.account_type.as_ref().and_then(Nature::given) {
            changes.set("type", &mut self.nature, nature, |nature| nature.shown().to_string());
        }
        if let Some(archived) = body.archived {
            changes.set("archived", &mut self.archived, archived, ToString::to_string);
        }
        if body.groups.is_some() || body.is_null("groups") {
            let groups = chart.referred_groups(body.groups.as_deref().unwrap_or_default())?;
            changes.set("groups", &mut self.groups, groups, ids);
        }
        if let Some(properties) = Properties::said_in(body, body.properties.as_ref())? {
            changes.set_properties(&mut self.properties, properties);
        }
        Ok(changes)
    }

    pub(crate) fn normalized_name(&self) -> String {
        normalize_name(&self.name)
    }

    /// The account with its groups, which the chart knows.
    pub(super) fn shown(&self, groups: Vec<wire::Group>) -> wire::Account {
        wire::Account {
            id: Some(self.id.shown()),
            name: Some(self.name.clone()),
            normalized_name: Some(self.normalized_name()),
            account_type: Some(self.nature.shown()),
            archived: Some(self.archived),
            balance_verified: Some(self.balance_verified),
            credit: Some(self.nature.is_credit()),
            permanent: Some(self.nature.is_permanent()),
            has_transaction_posted: Some(self.has_transaction_posted),
            groups: Some(groups),
            properties: Some(self.properties.shown()),
            agent_id: self.agent.clone(),
            created_at: Some(self.created.into()),
            updated_at: Some(self.updated.into()),
            ..wire::Account::default()
        }
    }
}

fn ids(groups: &BTreeSet<GroupId>) -> String {
    groups.iter().map(|group| group.0.to_string()).collect::<Vec<_>>().join(",")
}
