//! An audit: what was posted is summed up again, and compared with the totals that are kept.

use std::collections::{BTreeMap, BTreeSet};

use bkper_model::{BookId, EventType, date_value};
use jiff::civil;

use super::{AccountId, Right, Sums, Transaction, books};
use crate::act::Act;
use crate::refusal::Refusal;
use crate::store;

/// What an account moved on a day (YYYYMMDD).
pub(crate) type Totals = BTreeMap<(AccountId, u32), Sums>;

/// Confirms the balances of the book, account by account.
pub(crate) fn audit(act: &Act<'_>, id: &BookId) -> Result<(), Refusal> {
    let entered = act.enter(id, Right::Manage)?;
    let book = &entered.book;
    let posted = store::transactions::posted(act.db, &book.id, civil::Date::MIN)?;
    let wrong = differing(&summed(&posted)?, &store::totals::of_book(act.db, &book.id)?);
    for mut account in store::accounts::of_book(act.db, &book.id)? {
        let is_right = !wrong.contains(&account.id);
        if account.balance_verified != is_right {
            account.balance_verified = is_right;
            store::accounts::update(act.db, &account)?;
        }
    }
    act.touch(book)?;
    books::told(act, &entered, EventType::BookAudited).map(drop)
}

fn summed(posted: &[Transaction]) -> Result<Totals, Refusal> {
    let mut totals = Totals::new();
    for posting in posted.iter().filter_map(Transaction::counted) {
        let day = date_value(posting.day);
        let credit = &mut totals.entry((posting.credit, day)).or_default().credit;
        *credit = credit.checked_add(posting.amount).ok_or(Refusal::TooManyDigits)?;
        let debit = &mut totals.entry((posting.debit, day)).or_default().debit;
        *debit = debit.checked_add(posting.amount).ok_or(Refusal::TooManyDigits)?;
    }
    Ok(totals)
}

/// The accounts that have other totals here than there, on any day.
fn differing(here: &Totals, there: &Totals) -> BTreeSet<AccountId> {
    let days = here.keys().chain(there.keys());
    days.filter(|day| here.get(day) != there.get(day)).map(|(account, _)| *account).collect()
}

#[cfg(test)]
mod tests {
    use bkper_model::Decimal;

    use super::*;

    #[test]
    fn an_account_differs_with_a_day_more_or_less_or_another_amount() {
        let of = |days: &[(i64, u32, u32)]| -> Totals {
            let sums = |debit: u32| Sums { credit: Decimal::ZERO, debit: debit.into() };
            days.iter().map(|(id, day, debit)| ((AccountId(*id), *day), sums(*debit))).collect()
        };
        let here = of(&[(1, 20_260_101, 5), (2, 20_260_101, 5), (3, 20_260_101, 5)]);
        let there = of(&[(1, 20_260_101, 5), (2, 20_260_101, 6), (4, 20_260_101, 5)]);
        assert_eq!(differing(&here, &there), [2, 3, 4].map(AccountId).into());
        assert_eq!(differing(&here, &here), BTreeSet::new());
    }
}
