//! Transactions are found, listed and counted.

pub(crate) mod counts;
mod cursor;
mod running;
#[cfg(test)]
mod tests;

use bkper_model::query;
use bkper_model::{self as wire, BookId, TransactionId};

use super::{Chart, Entered, Names, Right};
use crate::act::View;
use crate::refusal::{Kind, Refusal};
use crate::store;

/// What a client asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) query: String,
    pub(crate) limit: usize,
    pub(crate) cursor: Option<String>,
}

/// One page of what the query finds, newest first.
pub(crate) fn list(view: &View<'_>, id: &BookId, asked: &Asked) -> Result<wire::TransactionList, Refusal> {
    let entered = view.enter(id, Right::See)?;
    let book = &entered.book;
    let chart = Chart::new(view.db, &book.id);
    let query = query::parse(&asked.query, book.calendar(view.now))?;
    let condition = Names::new(view.db, &book.id, &chart).condition(&query)?;
    let behind = asked.cursor.as_deref().and_then(cursor::read);

    // One more than asked for, to know whether there is another page.
    let mut found = store::search::page(view.db, &book.id, &condition, behind, asked.limit + 1)?;
    let is_more = found.len() > asked.limit;
    found.truncate(asked.limit);
    let cursor = found.last().filter(|_| is_more).map(|(place, _)| cursor::write(*place));

    let shown = found.iter().map(|(_, transaction)| Ok(entered.as_seen(transaction.shown(book, &chart)?)));
    let mut items = shown.collect::<Result<Vec<_>, Refusal>>()?;
    let sole_account = query.sole_account().filter(|_| Right::SeeChart.is_in(entered.permission));
    let account = sole_account.map(|name| chart.account(name)).transpose()?;
    if let Some(account) = &account {
        running::show(view.db, book, account, &found, &mut items)?;
    }
    Ok(wire::TransactionList {
        items: Some(items),
        cursor,
        account: account.map(|account| account.id.shown()),
        ..wire::TransactionList::default()
    })
}

/// The transaction with this id.
pub(crate) fn get(view: &View<'_>, book: &BookId, id: &TransactionId) -> Result<wire::Transaction, Refusal> {
    let entered = view.enter(book, Right::See)?;
    let unknown = || Refusal::NotFound { kind: Kind::Transaction, id: id.to_string() };
    let transaction = store::transactions::find(view.db, book, id)?.ok_or_else(unknown)?;
    Ok(entered.as_seen(transaction.shown(&entered.book, &Chart::new(view.db, book))?))
}

/// How many transactions the query finds.
pub(crate) fn count(view: &View<'_>, book: &BookId, query: &str) -> Result<wire::Count, Refusal> {
    let Entered { book, .. } = view.enter(book, Right::See)?;
    let query = query::parse(query, book.calendar(view.now))?;
    let condition = Names::new(view.db, &book.id, &Chart::new(view.db, &book.id)).condition(&query)?;
    let total = store::search::count(view.db, &book.id, &condition)?;
    Ok(wire::Count { total: Some(total), ..wire::Count::default() })
}
