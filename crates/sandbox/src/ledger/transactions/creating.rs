//! New transactions.

use bkper_model::{self as wire, EventType, TransactionId};

use super::desk::Desk;
use super::{fields, parsing};
use crate::ledger::{Properties, Right, Status, Transaction};
use crate::refusal::Refusal;
use crate::store;

impl Desk<'_> {
    /// A new transaction, which is posted if it is complete and the book does that by itself.
    pub(super) fn create(&self, body: &wire::Transaction) -> Result<wire::TransactionOperation, Refusal> {
        if let Some(there) = self.with_remote_id_of(body)? {
            return self.operation(&there, &there);
        }
        let draft = self.drafted(body)?;
        let posts_itself = self.book.auto_post && body.draft != Some(true) && self.may(Right::Post);
        if posts_itself { self.add_posted(draft, body) } else { self.add_draft(&draft) }
    }

    /// A new transaction, which is posted if it is complete.
    pub(super) fn create_posted(
        &self,
        body: &wire::Transaction,
    ) -> Result<wire::TransactionOperation, Refusal> {
        self.require(Right::Post)?;
        match self.with_remote_id_of(body)? {
            Some(there) => self.operation(&there, &there),
            None => self.add_posted(self.drafted(body)?, body),
        }
    }

    /// The transaction that has one of the body's remote ids already.
    fn with_remote_id_of(&self, body: &wire::Transaction) -> Result<Option<Transaction>, Refusal> {
        for remote_id in fields::texts(body.remote_ids.as_deref()) {
            let there = store::transactions::with_remote_id(self.act.db, &self.book.id, &remote_id)?;
            if there.is_some() {
                return Ok(there);
            }
        }
        Ok(None)
    }

    /// A draft with what the body says.
    fn drafted(&self, body: &wire::Transaction) -> Result<Transaction, Refusal> {
        let mut draft = self.blank()?;
        fields::change(&mut draft, body, self)?;
        parsing::read_description(&mut draft, body, self.act, self.book)?;
        Ok(draft)
    }

    fn add_draft(&self, draft: &Transaction) -> Result<wire::TransactionOperation, Refusal> {
        self.add(draft, &[(EventType::TransactionCreated, Status::Draft)])
    }

    /// Adds it posted, and checked where the body says so; an incomplete one stays a draft.
    fn add_posted(
        &self,
        draft: Transaction,
        body: &wire::Transaction,
    ) -> Result<wire::TransactionOperation, Refusal> {
        if draft.posting().is_none() {
            return self.add_draft(&draft);
        }
        self.require_open(draft.date)?;
        let posted = (EventType::TransactionPosted, Status::Unchecked);
        if body.checked != Some(true) {
            return self.add(&Transaction { status: Status::Unchecked, ..draft }, &[posted]);
        }
        self.require(Right::Check)?;
        let checked = (EventType::TransactionChecked, Status::Checked);
        self.add(&Transaction { status: Status::Checked, ..draft }, &[posted, checked])
    }

    /// A draft that says nothing yet.
    pub(super) fn blank(&self) -> Result<Transaction, Refusal> {
        let actor = self.act.actor;
        Ok(Transaction {
            id: TransactionId::new(self.act.opaque_id("tx")?),
            book: self.book.id.clone(),
            status: Status::Draft,
            date: None,
            amount: None,
            credit: None,
            debit: None,
            description: String::new(),
            urls: Vec::new(),
            files: Vec::new(),
            remote_ids: Vec::new(),
            properties: Properties::default(),
            agent: actor.agent.clone(),
            created_by: actor.user.username.clone(),
            created: self.act.now,
            updated: self.act.now,
        })
    }
}
