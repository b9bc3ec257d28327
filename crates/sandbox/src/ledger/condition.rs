//! What a query looks for in one book: its terms, with the names in them looked up.

use bkper_model::query::{Comparison, Expression, Status, Term};
use bkper_model::{BookId, Decimal, TransactionId, date_value, fold_text};
use jiff::civil;
use rusqlite::Connection;

use super::{AccountId, Chart};
use crate::refusal::Refusal;
use crate::store;

/// A condition on transactions. It holds or it does not: what a transaction lacks fulfils nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    /// Every one holds.
    All(Vec<Self>),
    /// At least one holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// From or to the account.
    Account(AccountId),
    From(AccountId),
    To(AccountId),
    /// From or to one of the accounts.
    Accounts(Vec<AccountId>),
    /// Dated on one of these days, numbers `YYYYMMDD`, the last one included.
    Days {
        first: u32,
        last: u32,
    },
    /// Posted, be it in the trash or not.
    Posted,
    Checked,
    Trashed,
    RemoteId(String),
    /// An app answered to an event of the transaction with an error.
    Error,
    Amount(Comparison, Decimal),
    /// With the hashtag, which is in lower case.
    Tag(String),
    /// Created by the app with this id or name.
    Using(String),
    /// With the property.
    Property {
        key: String,
        value: String,
    },
    /// With the text, which is folded, in anything that is said of the transaction.
    Text(String),
    /// The transaction itself.
    Id(TransactionId),
}

/// The last of all days. Drafts without date stand after it.
pub(crate) const LAST_DAY: u32 = 99_991_231;

impl Condition {
    /// Fulfilled by everything.
    pub(crate) fn always() -> Self {
        Self::All(Vec::new())
    }

    /// What counts in balances: neither drafts nor trash.
    pub(crate) fn counts() -> Self {
        Self::Posted.and(Self::Trashed.negated())
    }

    pub(crate) fn from_day(day: civil::Date) -> Self {
        Self::Days { first: date_value(day), last: LAST_DAY }
    }

    pub(crate) fn until_day(day: civil::Date) -> Self {
        Self::Days { first: 0, last: date_value(day) }
    }

    pub(crate) fn before_day(day: civil::Date) -> Self {
        // No day has the number in between, if there is one: this is only compared with.
        Self::Days { first: 0, last: date_value(day).saturating_sub(1) }
    }

    pub(crate) fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self::All(vec![self, other])
    }

    fn or(self, other: Self) -> Self {
        Self::Any(vec![self, other])
    }
}

/// Looks up what a query names in a book.
pub(crate) struct Names<'a> {
    db: &'a Connection,
    book: &'a BookId,
    chart: &'a Chart<'a>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(db: &'a Connection, book: &'a BookId, chart: &'a Chart<'a>) -> Self {
        Self { db, book, chart }
    }

    /// What the query finds: nothing in the trash, unless it asks for that. An account or a group that is not there is
    /// refused.
    pub(crate) fn condition(&self, query: &Expression) -> Result<Condition, Refusal> {
        let wanted = self.of(query)?;
        Ok(if query.asks_for_trashed() { wanted } else { wanted.and(Condition::Trashed.negated()) })
    }

    fn of(&self, expression: &Expression) -> Result<Condition, Refusal> {
        let each =
            |parts: &[Expression]| parts.iter().map(|part| self.of(part)).collect::<Result<_, Refusal>>();
        Ok(match expression {
            Expression::All(parts) => Condition::All(each(parts)?),
            Expression::Any(parts) => Condition::Any(each(parts)?),
            Expression::Not(part) => self.of(part)?.negated(),
            Expression::Term(term) => self.term(term)?,
        })
    }

    fn term(&self, term: &Term) -> Result<Condition, Refusal> {
        Ok(match term {
            Term::Account(name) => Condition::Account(self.account(name)?),
            Term::From(name) => Condition::From(self.account(name)?),
            Term::To(name) => Condition::To(self.account(name)?),
            Term::Group(name) => Condition::Accounts(self.accounts_below(name)?),
            Term::On(period) => {
                Condition::from_day(period.first_day()).and(Condition::until_day(period.last_day()))
            }
            Term::After(period) => Condition::from_day(period.first_day()),
            Term::Before(period) => Condition::before_day(period.first_day()),
            Term::Is(status) => in_status(*status),
            Term::RemoteId(id) => Condition::RemoteId(id.clone()),
            Term::Error(true) => Condition::Error,
            Term::Error(false) => Condition::Error.negated(),
            Term::Amount(comparison, amount) => Condition::Amount(*comparison, *amount),
            Term::Tag(tag) => Condition::Tag(tag.to_lowercase()),
            Term::Using(name) => Condition::Using(name.clone()),
            Term::Property { key, value } => {
                let text = Condition::Text(fold_text(&format!("{key}:{value}")));
                Condition::Property { key: key.clone(), value: value.clone() }.or(text)
            }
            Term::Text(text) => self.text(text)?,
            // `by:` says nothing about transactions.
            _ => Condition::always(),
        })
    }

    fn account(&self, name: &str) -> Result<AccountId, Refusal> {
        self.chart.account(name).map(|account| account.id)
    }

    fn accounts_below(&self, group: &str) -> Result<Vec<AccountId>, Refusal> {
        let group = self.chart.group(group)?;
        Ok(store::groups::accounts_below(self.db, group.id)?)
    }

    /// A transaction's id means that one, even where others tell of it: in their remote ids, for one.
    fn text(&self, text: &str) -> Result<Condition, Refusal> {
        let id = TransactionId::new(text);
        let is_id = store::transactions::exists(self.db, self.book, &id)?;
        Ok(if is_id { Condition::Id(id) } else { Condition::Text(fold_text(text)) })
    }
}

fn in_status(status: Status) -> Condition {
    let kept = Condition::Trashed.negated();
    match status {
        Status::Draft => Condition::Posted.negated().and(kept),
        Status::Posted => Condition::counts(),
        Status::Unchecked => Condition::counts().and(Condition::Checked.negated()),
        Status::Checked => Condition::counts().and(Condition::Checked),
        Status::Trashed => Condition::Trashed,
    }
}
