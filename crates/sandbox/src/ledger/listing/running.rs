//! Running balances: what an account came to, in the list of its transactions.

use std::collections::HashMap;

use bkper_model::{self as wire, Decimal};
use rusqlite::Connection;

use crate::ledger::{Account, Book, Condition, Sums, Transaction, padded};
use crate::refusal::Refusal;
use crate::store;
use crate::store::search::Place;

/// Puts the balance of a permanent account at the end of each day into the last posted transaction of that day.
pub(super) fn show(
    db: &Connection,
    book: &Book,
    account: &Account,
    found: &[(Place, Transaction)],
    items: &mut [wire::Transaction],
) -> Result<(), Refusal> {
    if !account.nature.is_permanent() {
        return Ok(());
    }
    let Some((newest, _)) = found.first() else { return Ok(()) };
    let balances = daily(db, account, newest.day)?;
    let mut last_of_day = HashMap::new();
    for ((place, transaction), item) in found.iter().zip(items) {
        if !transaction.status.counts() {
            continue;
        }
        let last = match last_of_day.get(&place.day) {
            Some(last) => *last,
            None => *last_of_day.entry(place.day).or_insert(last_posted(db, book, account, place.day)?),
        };
        if last == Some(*place)
            && let Some(balance) = balances.get(&place.day)
        {
            put(item, account, padded(*balance, book.fraction_digits));
        }
    }
    Ok(())
}

/// The balance at the end of each day on which the account moved, until this day.
fn daily(db: &Connection, account: &Account, last: u32) -> Result<HashMap<u32, Decimal>, Refusal> {
    let mut sums = Sums::default();
    let mut balances = HashMap::new();
    for total in store::totals::until(db, account.id, last)? {
        sums = sums.plus(total.sums)?;
        balances.insert(total.day, sums.balance()?);
    }
    Ok(balances)
}

/// Where the last posted transaction of the day stands: no matter whether the query finds it.
fn last_posted(db: &Connection, book: &Book, account: &Account, day: u32) -> Result<Option<Place>, Refusal> {
    let on_day = Condition::Days { first: day, last: day };
    let condition = Condition::All(vec![Condition::Account(account.id), on_day, Condition::counts()]);
    let last = store::search::page(db, &book.id, &condition, None, 1)?;
    Ok(last.first().map(|(place, _)| *place))
}

fn put(item: &mut wire::Transaction, account: &Account, balance: Decimal) {
    let id = Some(account.id.shown());
    let sides = [&mut item.credit_account, &mut item.debit_account].into_iter().flatten();
    for side in sides.filter(|side| side.id == id) {
        side.balance = Some(balance.into());
    }
}
