//! Where one request's transactions are worked on.

use bkper_model::{self as wire, EventObject, EventType, TextMap, TransactionId};
use jiff::civil;

use super::life::{Deed, Step};
use super::permits;
use crate::act::Act;
use crate::ledger::{AccountId, Book, Chart, Entered, Permission, Right, Status, Transaction};
use crate::refusal::{Kind, Refusal};
use crate::store;

/// What a request on transactions works with: the book, what the user may do in it, and its accounts.
pub(super) struct Desk<'a> {
    pub(super) act: &'a Act<'a>,
    pub(super) book: &'a Book,
    pub(super) chart: Chart<'a>,
    permission: Permission,
}

impl<'a> Desk<'a> {
    pub(super) fn new(act: &'a Act<'a>, entered: &'a Entered) -> Self {
        let Entered { book, permission } = entered;
        Self { act, book, chart: Chart::new(act.db, &book.id), permission: *permission }
    }

    /// The transaction that the body names.
    pub(super) fn named(&self, body: &wire::Transaction) -> Result<Transaction, Refusal> {
        let id = id_of(body).ok_or(Refusal::Required { field: "id" })?;
        let unknown = || Refusal::NotFound { kind: Kind::Transaction, id: id.to_string() };
        store::transactions::find(self.act.db, &self.book.id, id)?.ok_or_else(unknown)
    }

    pub(super) fn may(&self, right: Right) -> bool {
        right.is_in(self.permission)
    }

    pub(super) fn require(&self, right: Right) -> Result<(), Refusal> {
        if self.may(right) { Ok(()) } else { Err(Refusal::Forbidden { right, found: self.permission }) }
    }

    /// Whether the user may do this with the transaction.
    pub(super) fn permit(&self, deed: Deed, transaction: &Transaction) -> Result<(), Refusal> {
        let is_own = transaction.created_by == self.act.actor.user.username;
        self.require(permits::right(deed, transaction.status.is_posted(), is_own))
    }

    /// Refuses days of which nothing can be changed any more. A transaction without date counts as one of today.
    pub(super) fn require_open(&self, day: Option<civil::Date>) -> Result<(), Refusal> {
        let day = day.unwrap_or_else(|| self.book.today(self.act.now));
        match self.book.locked_until() {
            Some(until) if day <= until => Err(Refusal::Locked { day, until }),
            _ => Ok(()),
        }
    }

    /// Does these deeds one after the other, of which the updates make it what `after` says; `previous` is what they
    /// change. What they all leave as it is, is not written and not told.
    pub(super) fn perform(
        &self,
        deeds: &[Deed],
        before: &Transaction,
        after: Transaction,
        previous: Option<&TextMap>,
    ) -> Result<wire::TransactionOperation, Refusal> {
        let mut after = Transaction { status: before.status, updated: self.act.now, ..after };
        let mut told = Vec::new();
        for deed in deeds {
            self.permit(*deed, before)?;
            if let Step::Becomes(status) = deed.step(after.status)? {
                after.status = status;
                told.extend(deed.event().map(|what| (what, status)));
            }
        }
        if told.is_empty() {
            return self.operation(before, before);
        }
        self.require_open(before.date)?;
        self.require_open(after.date)?;
        require_complete(&after)?;
        store::transactions::update(self.act.db, before, &after)?;
        self.noticed(&after)?;
        for (what, status) in told {
            let previous = previous.filter(|_| what == EventType::TransactionUpdated).cloned();
            self.record(what, before, &Transaction { status, ..after.clone() }, previous)?;
        }
        self.operation(before, &after)
    }

    /// Writes a new transaction, and tells of it.
    pub(super) fn add(
        &self,
        transaction: &Transaction,
        told: &[(EventType, Status)],
    ) -> Result<wire::TransactionOperation, Refusal> {
        store::transactions::insert(self.act.db, transaction)?;
        self.noticed(transaction)?;
        for (what, status) in told {
            let then = Transaction { status: *status, ..transaction.clone() };
            self.record(what.clone(), &then, &then, None)?;
        }
        self.operation(transaction, transaction)
    }

    /// Gone for good.
    pub(super) fn remove(&self, transaction: &Transaction) -> Result<wire::TransactionOperation, Refusal> {
        self.permit(Deed::Remove, transaction)?;
        Deed::Remove.step(transaction.status)?;
        self.require_open(transaction.date)?;
        let removed = self.operation(transaction, transaction)?;
        store::transactions::delete(self.act.db, transaction)?;
        self.act.touch(self.book)?;
        Ok(removed)
    }

    /// The book and the accounts are as the transaction made them.
    fn noticed(&self, transaction: &Transaction) -> Result<(), Refusal> {
        for account in [transaction.credit, transaction.debit].into_iter().flatten() {
            self.chart.notice(account);
        }
        self.act.touch(self.book)
    }

    fn record(
        &self,
        what: EventType,
        before: &Transaction,
        after: &Transaction,
        previous: Option<TextMap>,
    ) -> Result<(), Refusal> {
        let object = EventObject::Transaction(self.operation(before, after)?);
        self.act.record(self.book, what, after.id.as_str(), object, previous)
    }

    /// The transaction as it is now, with the accounts whose balances it moves or moved.
    pub(super) fn operation(
        &self,
        before: &Transaction,
        after: &Transaction,
    ) -> Result<wire::TransactionOperation, Refusal> {
        let mut touched: Vec<AccountId> = Vec::new();
        for transaction in [after, before].into_iter().filter(|transaction| transaction.status.is_posted()) {
            for account in [transaction.credit, transaction.debit].into_iter().flatten() {
                if !touched.contains(&account) {
                    touched.push(account);
                }
            }
        }
        let accounts = touched.into_iter().map(|id| Ok((*self.chart.shown_account(id)?).clone()));
        Ok(wire::TransactionOperation {
            transaction: Some(after.shown(self.book, &self.chart)?),
            accounts: Some(accounts.collect::<Result<_, Refusal>>()?),
            ..wire::TransactionOperation::default()
        })
    }
}

/// The id in the body. An empty one is none.
pub(super) fn id_of(body: &wire::Transaction) -> Option<&TransactionId> {
    body.id.as_ref().filter(|id| !id.as_str().is_empty())
}

/// What is posted has a date, an amount and two accounts.
pub(super) fn require_complete(transaction: &Transaction) -> Result<(), Refusal> {
    if !transaction.status.is_posted() || transaction.posting().is_some() {
        return Ok(());
    }
    let missing = match transaction {
        _ if transaction.date.is_none() => "date",
        _ if transaction.amount.is_none() => "amount",
        _ if transaction.credit.is_none() => "creditAccount",
        _ if transaction.debit.is_none() => "debitAccount",
        _ => return Err(Refusal::SameAccount),
    };
    Err(Refusal::Required { field: missing })
}
