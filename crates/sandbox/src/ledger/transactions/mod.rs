//! The life of transactions: created, posted, checked, changed, trashed, restored, merged.
//!
//! What can be done in which status is told in [`life`], and what it takes in [`permits`]. Finding and listing
//! transactions is not told here.

mod creating;
mod desk;
mod fields;
mod life;
mod merging;
mod parsing;
mod permits;
#[cfg(test)]
mod random;

use bkper_model::{self as wire, BookId};

use self::desk::{Desk, id_of};
use self::life::Deed;
use super::{Entered, Right, Status};
use crate::act::Act;
use crate::refusal::{Refusal, each_item};

/// Something that is asked for a transaction, which the body says or names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Create,
    Post,
    Check,
    Uncheck,
    Update {
        /// Whether a checked transaction is changed too.
        checked_too: bool,
    },
    Trash {
        /// Whether a checked transaction is trashed too.
        checked_too: bool,
    },
    Restore,
    /// Removes what is in the trash for good.
    Remove,
}

/// Does what is asked for one transaction.
pub(crate) fn one(
    act: &Act<'_>,
    book: &BookId,
    request: Request,
    body: &wire::Transaction,
) -> Result<wire::TransactionOperation, Refusal> {
    let entered = act.enter(book, Right::Draft)?;
    Ok(as_seen(&entered, Desk::new(act, &entered).answer(request, body)?))
}

/// Does what is asked for each of the transactions, or for none of them.
pub(crate) fn batch(
    act: &Act<'_>,
    book: &BookId,
    request: Request,
    items: &[wire::Transaction],
) -> Result<Vec<wire::Transaction>, Refusal> {
    let entered = act.enter(book, Right::Draft)?;
    let desk = Desk::new(act, &entered);
    let operations = each_item(items, |item| desk.answer(request, item))?;
    let transactions = operations.into_iter().filter_map(|operation| operation.transaction);
    Ok(transactions.map(|transaction| entered.as_seen(transaction)).collect())
}

/// Makes one transaction of two.
pub(crate) fn merge(
    act: &Act<'_>,
    book: &BookId,
    items: &[wire::Transaction],
) -> Result<wire::TransactionOperation, Refusal> {
    let entered = act.enter(book, Right::Draft)?;
    Ok(as_seen(&entered, Desk::new(act, &entered).merge(items)?))
}

/// The operation as far as the user sees it. Its events show all of it.
fn as_seen(entered: &Entered, operation: wire::TransactionOperation) -> wire::TransactionOperation {
    let sees_accounts = Right::SeeChart.is_in(entered.permission);
    wire::TransactionOperation {
        transaction: operation.transaction.map(|transaction| entered.as_seen(transaction)),
        accounts: operation.accounts.map(|accounts| if sees_accounts { accounts } else { Vec::new() }),
        ..operation
    }
}

impl Desk<'_> {
    fn answer(
        &self,
        request: Request,
        body: &wire::Transaction,
    ) -> Result<wire::TransactionOperation, Refusal> {
        match request {
            Request::Create => self.create(body),
            Request::Post if id_of(body).is_none() => self.create_posted(body),
            Request::Post => self.post(body),
            Request::Check => self.check(body),
            Request::Uncheck => self.act_on(Deed::Uncheck, body),
            Request::Update { checked_too } => self.update(body, checked_too),
            Request::Trash { checked_too } => self.act_on(Deed::Trash { checked_too }, body),
            Request::Restore => self.act_on(Deed::Restore, body),
            Request::Remove => self.remove(&self.named(body)?),
        }
    }

    /// Posts a draft, with what the client changed in it. What is posted already stays as it is.
    fn post(&self, body: &wire::Transaction) -> Result<wire::TransactionOperation, Refusal> {
        let before = self.named(body)?;
        let mut after = before.clone();
        let mut deeds = vec![Deed::Post];
        if before.status == Status::Draft {
            fields::change(&mut after, body, self)?;
            deeds.extend((body.checked == Some(true)).then_some(Deed::Check));
        }
        self.perform(&deeds, &before, after, None)
    }

    /// Checks what is posted; a draft is posted first.
    fn check(&self, body: &wire::Transaction) -> Result<wire::TransactionOperation, Refusal> {
        let before = self.named(body)?;
        let is_draft = before.status == Status::Draft;
        let deeds: &[Deed] = if is_draft { &[Deed::Post, Deed::Check] } else { &[Deed::Check] };
        self.perform(deeds, &before, before.clone(), None)
    }

    /// Does this and nothing else: whatever the body says beside the id is not stored.
    fn act_on(&self, deed: Deed, body: &wire::Transaction) -> Result<wire::TransactionOperation, Refusal> {
        let before = self.named(body)?;
        self.perform(&[deed], &before, before.clone(), None)
    }

    /// Changes what the body has, and whether the transaction is checked.
    fn update(
        &self,
        body: &wire::Transaction,
        checked_too: bool,
    ) -> Result<wire::TransactionOperation, Refusal> {
        let before = self.named(body)?;
        let mut after = before.clone();
        let changes = fields::change(&mut after, body, self)?.previous();
        let update = Deed::Update { checked_too };
        let deeds: &[Deed] = match (before.status, body.checked) {
            (Status::Checked, Some(false)) => &[Deed::Uncheck, update],
            (Status::Unchecked, Some(true)) => &[update, Deed::Check],
            _ if changes.is_some() => &[update],
            _ => {
                self.permit(update, &before)?;
                &[]
            }
        };
        self.perform(deeds, &before, after, Some(&changes.unwrap_or_default()))
    }
}
