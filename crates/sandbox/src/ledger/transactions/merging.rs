//! Two transactions that are the same one are merged.

use bkper_model::{self as wire, Decimal, EventType};

use super::desk::Desk;
use super::life::Deed;
use crate::ledger::{Right, Status, Transaction};
use crate::refusal::Refusal;

impl Desk<'_> {
    /// A new transaction with what both say. Both are trashed. Where they are posted with different amounts, a draft keeps
    /// the difference.
    pub(super) fn merge(&self, items: &[wire::Transaction]) -> Result<wire::TransactionOperation, Refusal> {
        let [one, other] = items else { return Err(Refusal::NotTwo { found: items.len() }) };
        let (one, other) = (self.named(one)?, self.named(other)?);
        if one.id == other.id {
            return Err(Refusal::SameTransaction { id: one.id });
        }
        let trash = Deed::Trash { checked_too: false };
        for original in [&one, &other] {
            self.permit(trash, original)?;
            Deed::Update { checked_too: false }.step(original.status)?;
        }
        let (main, second) = if precedes(&one, &other) { (&one, &other) } else { (&other, &one) };
        let merged = self.merged(main, second)?;
        if merged.status.is_posted() {
            self.require(Right::Post)?;
            self.require_open(merged.date)?;
        }
        let what = if merged.status.is_posted() {
            EventType::TransactionPosted
        } else {
            EventType::TransactionCreated
        };
        self.add(&merged, &[(what, merged.status)])?;
        for original in [main, second] {
            self.perform(&[trash], original, original.clone(), None)?;
        }
        if let Some(rest) = self.rest(main, second, &merged)? {
            self.add(&rest, &[(EventType::TransactionCreated, Status::Draft)])?;
        }
        self.operation(&merged, &merged)
    }

    fn merged(&self, main: &Transaction, second: &Transaction) -> Result<Transaction, Refusal> {
        // Of two posted amounts the newer one is right; otherwise what is posted precedes.
        let amount = if second.status.is_posted() { second.amount } else { main.amount.or(second.amount) };
        Ok(Transaction {
            status: main.status,
            date: main.date.or(second.date),
            amount,
            credit: main.credit.or(second.credit),
            debit: main.debit.or(second.debit),
            description: both_texts(&main.description, &second.description),
            urls: both(&main.urls, &second.urls),
            files: both(&main.files, &second.files),
            remote_ids: both(&main.remote_ids, &second.remote_ids),
            properties: main.properties.with(&second.properties),
            ..self.blank()?
        })
    }

    /// What the merged transaction leaves over of two posted amounts.
    fn rest(
        &self,
        main: &Transaction,
        second: &Transaction,
        merged: &Transaction,
    ) -> Result<Option<Transaction>, Refusal> {
        let (Some(one), Some(other)) = (main.counted(), second.counted()) else { return Ok(None) };
        let amount: Decimal = (one.amount - other.amount).abs();
        if amount.is_zero() {
            return Ok(None);
        }
        Ok(Some(Transaction {
            date: merged.date,
            amount: Some(amount),
            credit: merged.credit,
            debit: merged.debit,
            description: merged.description.clone(),
            ..self.blank()?
        }))
    }
}

/// Which of two transactions the other one fills the gaps of: the posted one, or else the older one.
fn precedes(one: &Transaction, other: &Transaction) -> bool {
    // Ids are given in order.
    let is_older = (one.created, one.id.as_str()) <= (other.created, other.id.as_str());
    match (one.status.is_posted(), other.status.is_posted()) {
        (true, false) => true,
        (false, true) => false,
        _ => is_older,
    }
}

/// Both texts, unless one says what the other says.
fn both_texts(one: &str, other: &str) -> String {
    let (one, other) = (one.trim(), other.trim());
    if one.contains(other) {
        one.to_owned()
    } else if other.contains(one) {
        other.to_owned()
    } else {
        format!("{one} {other}")
    }
}

/// All of both, each once.
fn both<T: Clone + PartialEq>(one: &[T], other: &[T]) -> Vec<T> {
    let mut all = one.to_vec();
    all.extend(other.iter().filter(|item| !one.contains(item)).cloned());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_repeated() {
        assert_eq!(both_texts("Lunch", "Lunch #food"), "Lunch #food");
        assert_eq!(both_texts("Lunch #food", "Lunch"), "Lunch #food");
        assert_eq!(both_texts("", "Lunch"), "Lunch");
        assert_eq!(both_texts("Lunch", "CARD 4711"), "Lunch CARD 4711");
        assert_eq!(both(&["a", "b"], &["b", "c"]), ["a", "b", "c"]);
    }
}
