//! What the posted transactions add up to: by account and day, and how many there are in a month.

use bkper_model::{BookId, Decimal, date_value};
use jiff::civil;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::decimal;
use crate::ledger::audit::Totals;
use crate::ledger::{AccountId, DayTotal, Posting, Sums, Transaction, exact_sum};
use crate::refusal::Refusal;

/// Takes `before` out of the totals and puts `after` into them: of a transaction as it was, and as it is now.
///
/// Everything that writes transactions calls this, so that no balance has to be summed up from transactions.
pub(super) fn apply(
    db: &Connection,
    before: Option<&Transaction>,
    after: Option<&Transaction>,
) -> Result<(), Refusal> {
    let old = before.and_then(Transaction::counted);
    let new = after.and_then(Transaction::counted);
    if old == new {
        return Ok(());
    }
    if let (Some(transaction), Some(old)) = (before, &old) {
        move_amount(db, old, -old.amount)?;
        count(db, transaction, old.day, -1)?;
    }
    if let (Some(transaction), Some(new)) = (after, &new) {
        move_amount(db, new, new.amount)?;
        count(db, transaction, new.day, 1)?;
        note_posted(db, new.credit)?;
        note_posted(db, new.debit)?;
    }
    Ok(())
}

/// All totals that are kept of the book.
pub(crate) fn of_book(db: &Connection, book: &BookId) -> rusqlite::Result<Totals> {
    const SQL: &str = "SELECT account, day, day_total.credit, day_total.debit FROM account \
                       JOIN day_total ON account = account.id WHERE book = ?1";
    let read = |row: &Row<'_>| {
        let sums = Sums { credit: decimal(row, 2)?, debit: decimal(row, 3)? };
        Ok(((row.get(0)?, row.get(1)?), sums))
    };
    db.prepare_cached(SQL)?.query_map([book.as_str()], read)?.collect()
}

fn move_amount(db: &Connection, posting: &Posting, amount: Decimal) -> Result<(), Refusal> {
    add(db, posting.credit, posting.day, amount, Decimal::ZERO)?;
    add(db, posting.debit, posting.day, Decimal::ZERO, amount)
}

/// What the account moved on each day until this one, which is included: days on which it did, first one first.
pub(crate) fn until(db: &Connection, account: AccountId, last: u32) -> rusqlite::Result<Vec<DayTotal>> {
    let sql = "SELECT day, credit, debit FROM day_total WHERE account = ?1 AND day <= ?2 ORDER BY day";
    let read = |row: &Row<'_>| {
        let sums = Sums { credit: decimal(row, 1)?, debit: decimal(row, 2)? };
        Ok(DayTotal { day: row.get(0)?, sums })
    };
    db.prepare_cached(sql)?.query_map(params![account, last], read)?.collect()
}

/// Adds to what the account moved on the day. A day on which nothing moved has no row.
fn add(
    db: &Connection,
    account: AccountId,
    day: civil::Date,
    credit: Decimal,
    debit: Decimal,
) -> Result<(), Refusal> {
    let day = date_value(day);
    let (old_credit, old_debit) = find(db, account, day)?;
    let credit = exact_sum(old_credit, credit)?;
    let debit = exact_sum(old_debit, debit)?;
    if credit.is_zero() && debit.is_zero() {
        db.prepare_cached("DELETE FROM day_total WHERE account = ?1 AND day = ?2")?
            .execute(params![account, day])?;
    } else {
        db.prepare_cached(
            "INSERT OR REPLACE INTO day_total (account, day, credit, debit) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![account, day, credit.to_string(), debit.to_string()])?;
    }
    Ok(())
}

fn find(db: &Connection, account: AccountId, day: u32) -> rusqlite::Result<(Decimal, Decimal)> {
    let sql = "SELECT credit, debit FROM day_total WHERE account = ?1 AND day = ?2";
    let read = |row: &Row<'_>| Ok((decimal(row, 0)?, decimal(row, 1)?));
    Ok(db.prepare_cached(sql)?.query_row(params![account, day], read).optional()?.unwrap_or_default())
}

fn count(db: &Connection, transaction: &Transaction, day: civil::Date, by: i32) -> rusqlite::Result<()> {
    let sql = "INSERT INTO month_count (book, month, posted) VALUES (?1, ?2, ?3) \
               ON CONFLICT (book, month) DO UPDATE SET posted = posted + excluded.posted";
    db.prepare_cached(sql)?.execute(params![transaction.book.as_str(), date_value(day) / 100, by]).map(drop)
}

/// Notes that the account has had a transaction, which stays so.
fn note_posted(db: &Connection, account: AccountId) -> rusqlite::Result<()> {
    let sql = "UPDATE account SET doc = json_set(doc, '$.has_transaction_posted', json('true')) \
               WHERE id = ?1 AND NOT json_extract(doc, '$.has_transaction_posted')";
    db.prepare_cached(sql)?.execute([account]).map(drop)
}
