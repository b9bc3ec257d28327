//! Searching transactions: a condition becomes one statement that reads them from an index, newest first.
//!
//! The statement reads no more rows than it needs for a page: it never sorts a whole book. What a condition means is
//! decided in [`crate::ledger`].

mod compare;
mod plan;
mod statement;

use bkper_model::{BookId, Decimal};
use rusqlite::{Connection, Row, params_from_iter};

#[cfg(test)]
mod tests;

use self::statement::Statement;
use super::rows;
use crate::ledger::{AccountId, Condition, Transaction};
use crate::refusal::Refusal;

pub(super) use compare::register;

/// Where a transaction stands in the order of a list: by date, then by creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) day: u32,
    pub(crate) seq: i64,
}

/// The transactions that fulfil the condition, newest first: those behind a place, at most so many.
pub(crate) fn page(
    db: &Connection,
    book: &BookId,
    condition: &Condition,
    behind: Option<Place>,
    limit: usize,
) -> rusqlite::Result<Vec<(Place, Transaction)>> {
    let statement = Statement::page(book, condition, behind, limit);
    let read = |row: &Row<'_>| Ok((Place { day: row.get(1)?, seq: row.get(2)? }, rows::doc(row)?));
    let mut prepared = db.prepare_cached(&statement.sql)?;
    prepared.query_map(params_from_iter(&statement.parameters), read)?.collect()
}

/// How many transactions fulfil the condition.
pub(crate) fn count(db: &Connection, book: &BookId, condition: &Condition) -> rusqlite::Result<u64> {
    let statement = Statement::count(book, condition);
    let mut prepared = db.prepare_cached(&statement.sql)?;
    let count: i64 = prepared.query_row(params_from_iter(&statement.parameters), |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// How many transactions of each day fulfil the condition: days that have some, first one first.
pub(crate) fn count_by_day(
    db: &Connection,
    book: &BookId,
    condition: &Condition,
) -> rusqlite::Result<Vec<(u32, u64)>> {
    let statement = Statement::count_by_day(book, condition);
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()));
    let mut prepared = db.prepare_cached(&statement.sql)?;
    prepared.query_map(params_from_iter(&statement.parameters), read)?.collect()
}

/// What a posted transaction moved.
pub(crate) struct Posted {
    pub(crate) day: u32,
    pub(crate) credit: AccountId,
    pub(crate) debit: AccountId,
    pub(crate) amount: Decimal,
}

/// Goes through what the transactions that fulfil the condition moved. It must hold only for posted ones.
pub(crate) fn each_posted(
    db: &Connection,
    book: &BookId,
    condition: &Condition,
    mut take: impl FnMut(Posted) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let statement = Statement::postings(book, condition);
    let mut prepared = db.prepare_cached(&statement.sql)?;
    let mut found = prepared.query(params_from_iter(&statement.parameters))?;
    while let Some(row) = found.next()? {
        let amount = rows::decimal(row, 3)?;
        take(Posted { day: row.get(0)?, credit: row.get(1)?, debit: row.get(2)?, amount })?;
    }
    Ok(())
}
