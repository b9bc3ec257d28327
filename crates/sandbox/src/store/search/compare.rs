//! Comparing amounts in SQL as the decimals that they are.

use std::cmp::Ordering;

use bkper_model::{Amount, Decimal};
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};

/// Makes `compare_amounts(a, b)` known to the connection: less than, equal to or greater than 0 as `a` is to `b`. NULL,
/// when there is no `a`.
pub(in crate::store) fn register(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_scalar_function("compare_amounts", 2, flags, |call| {
        let amount = |at| amount(call, at);
        Ok(amount(0)?.zip(amount(1)?).map(|(one, other)| match one.cmp(&other) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }))
    })
}

fn amount(call: &Context<'_>, at: usize) -> rusqlite::Result<Option<Decimal>> {
    let Some(text) = call.get_raw(at).as_str_or_null()? else { return Ok(None) };
    let unreadable = |error| rusqlite::Error::UserFunctionError(Box::new(error));
    Amount::from(text).decimal().map(Some).map_err(unreadable)
}
