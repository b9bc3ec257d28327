//! Balances: what accounts and groups moved in a range of days, and what they came to.
//!
//! The numbers come from the totals that are kept for each account and day. Only when the query asks for certain
//! transactions are those gone through, and summed up.

mod moved;
mod report;
mod scope;
mod series;
#[cfg(test)]
mod tests;
mod window;

use bkper_model::query;
use bkper_model::{self as wire, BookId};

use self::report::Report;
use self::scope::Scope;
use self::window::Window;
use super::{Chart, Entered, Names, Right};
use crate::act::View;
use crate::refusal::Refusal;

/// The balances that the query asks for.
pub(crate) fn get(view: &View<'_>, id: &BookId, query: &str) -> Result<wire::Balances, Refusal> {
    let Entered { book, .. } = view.enter(id, Right::SeeChart)?;
    let chart = Chart::new(view.db, &book.id);
    let (range, rest) = query::parse(query, book.calendar(view.now))?.split_range();
    let (place, filter) = scope::split_place(rest);
    let scope = Scope::of(view.db, &chart, &book.id, place.as_ref())?;

    let (accounts, last) = (scope.accounts(), window::last_day(&range));
    let moved = match filter {
        None => moved::kept(view.db, &accounts, last)?,
        Some(filter) => {
            let condition = Names::new(view.db, &book.id, &chart).condition(&filter)?;
            moved::matching(view.db, &book.id, &accounts, scope.narrow(condition), last)?
        }
    };
    let window = Window::new(range, book.today(view.now), moved::newest(&moved));
    let mut report = Report::new(&book, &window, &moved);
    let heading = report.heading();
    Ok(match &scope {
        Scope::Account(account) => {
            wire::Balances { account_balances: Some(vec![report.account(account)?]), ..heading }
        }
        Scope::Groups(groups) => {
            let groups = groups.iter().map(|group| report.group(group)).collect::<Result<_, _>>()?;
            wire::Balances { group_balances: Some(groups), ..heading }
        }
    })
}
