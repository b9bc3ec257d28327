//! What accounts moved, day by day.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bkper_model::{BookId, day_of_value};
use jiff::civil;
use rusqlite::Connection;

use crate::ledger::{AccountId, Condition, DayTotal, Sums};
use crate::refusal::Refusal;
use crate::store;

/// What each account moved: days on which it did, first one first.
pub(super) type Moved = HashMap<AccountId, Vec<DayTotal>>;

/// What the accounts moved until this day, from the totals that are kept.
pub(super) fn kept(db: &Connection, accounts: &BTreeSet<AccountId>, last: u32) -> Result<Moved, Refusal> {
    accounts.iter().map(|account| Ok((*account, store::totals::until(db, *account, last)?))).collect()
}

/// What the accounts moved until this day in the transactions that fulfil the condition.
pub(super) fn matching(
    db: &Connection,
    book: &BookId,
    accounts: &BTreeSet<AccountId>,
    condition: Condition,
    last: u32,
) -> Result<Moved, Refusal> {
    let counted = Condition::counts().and(Condition::Days { first: 0, last }).and(condition);
    let mut sums: BTreeMap<(AccountId, u32), Sums> = BTreeMap::new();
    let mut add = |account, day, sum| {
        if accounts.contains(&account) {
            let total = sums.entry((account, day)).or_default();
            *total = total.plus(sum)?;
        }
        Ok::<_, Refusal>(())
    };
    store::search::each_posted(db, book, &counted, |posted| {
        add(posted.credit, posted.day, Sums { credit: posted.amount, ..Sums::default() })?;
        add(posted.debit, posted.day, Sums { debit: posted.amount, ..Sums::default() })
    })?;
    let mut moved = Moved::new();
    for ((account, day), sums) in sums {
        moved.entry(account).or_default().push(DayTotal { day, sums });
    }
    Ok(moved)
}

/// What several accounts moved together.
pub(super) fn together(
    moved: &Moved,
    accounts: impl IntoIterator<Item = AccountId>,
) -> Result<Vec<DayTotal>, Refusal> {
    let mut days: BTreeMap<u32, Sums> = BTreeMap::new();
    for total in accounts.into_iter().filter_map(|account| moved.get(&account)).flatten() {
        let sums = days.entry(total.day).or_default();
        *sums = sums.plus(total.sums)?;
    }
    Ok(days.into_iter().map(|(day, sums)| DayTotal { day, sums }).collect())
}

/// The last day on which anything moved.
pub(super) fn newest(moved: &Moved) -> Option<civil::Date> {
    let last_days = moved.values().filter_map(|days| days.last()).map(|total| total.day);
    last_days.max().and_then(day_of_value)
}
