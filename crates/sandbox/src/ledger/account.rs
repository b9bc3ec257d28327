//! An account.

use bkper_model::{self as wire, AgentId, BookId, normalize_name};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AccountId, GroupId, Properties};

/// An account of a book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) book: BookId,
    pub(crate) name: String,
    pub(crate) nature: Nature,
    pub(crate) archived: bool,
    /// The groups that the account is in directly.
    pub(crate) groups: Vec<GroupId>,
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

/// The type of an account, which tells its sign and whether its balance goes on from period to period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Nature {
    Asset,
    Liability,
    Incoming,
    Outgoing,
}

impl Nature {
    pub(crate) fn is_credit(self) -> bool {
        matches!(self, Self::Liability | Self::Incoming)
    }

    pub(crate) fn is_permanent(self) -> bool {
        matches!(self, Self::Asset | Self::Liability)
    }

    pub(crate) fn shown(self) -> wire::AccountType {
        match self {
            Self::Asset => wire::AccountType::Asset,
            Self::Liability => wire::AccountType::Liability,
            Self::Incoming => wire::AccountType::Incoming,
            Self::Outgoing => wire::AccountType::Outgoing,
        }
    }

    /// The nature that a client names. Requests with unknown ones are refused before.
    pub(crate) fn given(account_type: &wire::AccountType) -> Option<Self> {
        let all = [Self::Asset, Self::Liability, Self::Incoming, Self::Outgoing];
        all.into_iter().find(|nature| nature.shown() == *account_type)
    }
}
