//! A transaction.

use bkper_model::{self as wire, AgentId, BookId, Decimal, FileId, TransactionId, hashtags};
use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

use super::{AccountId, Book, Chart, Properties};
use crate::refusal::Refusal;

/// A transaction of a book, or the draft of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Transaction {
    pub(crate) id: TransactionId,
    pub(crate) book: BookId,
    pub(crate) status: Status,
    pub(crate) date: Option<civil::Date>,
    /// Positive.
    pub(crate) amount: Option<Decimal>,
    /// Where the amount comes from.
    pub(crate) credit: Option<AccountId>,
    /// Where the amount goes to.
    pub(crate) debit: Option<AccountId>,
    pub(crate) description: String,
    pub(crate) urls: Vec<String>,
    pub(crate) files: Vec<FileId>,
    pub(crate) remote_ids: Vec<String>,
    pub(crate) properties: Properties,
    /// The app that created it.
    pub(crate) agent: Option<AgentId>,
    /// Username of its creator.
    pub(crate) created_by: String,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

/// Where a transaction is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Draft,
    Unchecked,
    Checked,
    /// In the trash, from where it returns as a draft or unchecked.
    Trashed {
        posted: bool,
    },
}

impl Status {
    /// As people call it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "a draft",
            Self::Unchecked => "unchecked",
            Self::Checked => "checked",
            Self::Trashed { .. } => "in the trash",
        }
    }

    /// What the API calls posted: it stays so in the trash.
    pub(crate) fn is_posted(self) -> bool {
        matches!(self, Self::Unchecked | Self::Checked | Self::Trashed { posted: true })
    }

    pub(crate) fn is_trashed(self) -> bool {
        matches!(self, Self::Trashed { .. })
    }

    pub(crate) fn is_checked(self) -> bool {
        self == Self::Checked
    }

    /// Whether it counts in balances.
    pub(crate) fn counts(self) -> bool {
        matches!(self, Self::Unchecked | Self::Checked)
    }
}

/// What a transaction moves, where and when: nothing of it is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) day: civil::Date,
    pub(crate) amount: Decimal,
    pub(crate) credit: AccountId,
    pub(crate) debit: AccountId,
}

impl Transaction {
    /// What the transaction moves, when it is complete.
    pub(crate) fn posting(&self) -> Option<Posting> {
        let posting =
            Posting { day: self.date?, amount: self.amount?, credit: self.credit?, debit: self.debit? };
        (posting.credit != posting.debit).then_some(posting)
    }

    /// What counts of the transaction in balances.
    pub(crate) fn counted(&self) -> Option<Posting> {
        self.posting().filter(|_| self.status.counts())
    }

    /// The transaction with its accounts, as it stands in answers and events.
    pub(crate) fn shown(&self, book: &Book, chart: &Chart<'_>) -> Result<wire::Transaction, Refusal> {
        let account = |id: Option<AccountId>| {
            id.map(|id| chart.shown_account(id).map(|account| (*account).clone())).transpose()
        };
        let agent = self.agent.as_ref().map(|id| chart.agent(id)).transpose()?;
        let agent = agent.as_deref();
        Ok(wire::Transaction {
            id: Some(self.id.clone()),
            date: self.date.map(Into::into),
            date_formatted: self.date.map(|day| book.date_pattern.format_day(day)),
            date_value: self.date.map(wire::date_value),
            amount: self.amount.map(|amount| padded(amount, book.fraction_digits).into()),
            credit_account: account(self.credit)?,
            debit_account: account(self.debit)?,
            description: Some(self.description.clone()),
            tags: Some(hashtags(&self.description).into_iter().map(str::to_owned).collect()),
            urls: Some(self.urls.clone()),
            files: Some(chart.shown_files(&self.files)?),
            remote_ids: Some(self.remote_ids.clone()),
            properties: Some(self.properties.shown()),
            draft: Some(!self.status.is_posted()),
            posted: Some(self.status.is_posted()),
            checked: Some(self.status.is_checked()),
            trashed: Some(self.status.is_trashed()),
            agent_id: self.agent.clone(),
            agent_name: agent.and_then(|agent| agent.name.clone()),
            agent_logo: agent.and_then(|agent| agent.logo.clone()),
            agent_logo_dark: agent.and_then(|agent| agent.logo_dark.clone()),
            created_by: Some(self.created_by.clone()),
            created_at: Some(self.created.into()),
            updated_at: Some(self.updated.into()),
            ..wire::Transaction::default()
        })
    }
}

/// At least so many digits after the point. No digit is ever cut off.
pub(crate) fn padded(amount: Decimal, digits: u32) -> Decimal {
    let mut amount = amount;
    if amount.scale() < digits {
        amount.rescale(digits);
    }
    amount
}
