//! Balances as the API answers with them.

use bkper_model::query::Period;
use bkper_model::{self as wire, Amount, Decimal, Periodicity};
use jiff::civil;

use super::moved::{self, Moved};
use super::scope::Node;
use super::series::{Line, Series};
use super::window::Window;
use crate::ledger::{Account, Book, DayTotal, Sums, fuzzy_date, padded};
use crate::refusal::Refusal;

/// More points are too many for one answer, and for the memory of who asks.
const POINTS_MAX: usize = 250_000;

/// Writes balances.
pub(super) struct Report<'a> {
    book: &'a Book,
    window: &'a Window,
    moved: &'a Moved,
    points_left: usize,
}

impl<'a> Report<'a> {
    pub(super) fn new(book: &'a Book, window: &'a Window, moved: &'a Moved) -> Self {
        Self { book, window, moved, points_left: POINTS_MAX }
    }

    /// What is said about the range.
    pub(super) fn heading(&self) -> wire::Balances {
        let range = &self.window.range;
        let label = |day: Option<civil::Date>| {
            Some(day.map(|day| self.book.date_pattern.format_day(day)).unwrap_or_default())
        };
        let neighbour = |by| range.shifted(by).map(|range| text(&range));
        wire::Balances {
            periodicity: Some(Periodicity::from(self.window.granularity)),
            range: Some(text(range)),
            range_begin_label: label(range.first_day()),
            range_end_label: label(range.last_day()),
            previous_range: neighbour(-1),
            next_range: neighbour(1),
            ..wire::Balances::default()
        }
    }

    pub(super) fn group(&mut self, node: &Node) -> Result<wire::GroupBalances, Refusal> {
        let days = moved::together(self.moved, node.accounts_below().into_keys())?;
        let series = self.series(&days, true)?;
        let groups = node.groups.iter().map(|group| self.group(group)).collect::<Result<Vec<_>, _>>()?;
        let accounts =
            node.accounts.iter().map(|account| self.account(account)).collect::<Result<Vec<_>, _>>()?;
        let below = node.below();
        let [period_balance, period_credit, period_debit] = self.amounts(series.total.period)?;
        let [cumulative_balance, cumulative_credit, cumulative_debit] =
            self.amounts(series.total.cumulative)?;
        Ok(wire::GroupBalances {
            name: Some(node.group.name.clone()),
            normalized_name: Some(node.group.normalized_name()),
            credit: below.credit(),
            permanent: below.permanent(),
            properties: Some(node.group.properties.shown()),
            period_balance,
            period_credit,
            period_debit,
            cumulative_balance,
            cumulative_credit,
            cumulative_debit,
            balances: Some(self.points(&series)?),
            group_balances: (!groups.is_empty()).then_some(groups),
            account_balances: (!accounts.is_empty()).then_some(accounts),
            ..wire::GroupBalances::default()
        })
    }

    pub(super) fn account(&mut self, account: &Account) -> Result<wire::AccountBalances, Refusal> {
        let moved = self.moved;
        let days = moved.get(&account.id).map_or(&[][..], Vec::as_slice);
        let series = self.series(days, days.is_empty())?;
        let [period_balance, period_credit, period_debit] = self.amounts(series.total.period)?;
        let [cumulative_balance, cumulative_credit, cumulative_debit] =
            self.amounts(series.total.cumulative)?;
        Ok(wire::AccountBalances {
            name: Some(account.name.clone()),
            normalized_name: Some(account.normalized_name()),
            credit: Some(account.nature.is_credit()),
            permanent: Some(account.nature.is_permanent()),
            archived: Some(account.archived),
            empty: Some(!account.has_transaction_posted),
            properties: Some(account.properties.shown()),
            period_balance,
            period_credit,
            period_debit,
            cumulative_balance,
            cumulative_credit,
            cumulative_debit,
            balances: Some(self.points(&series)?),
            ..wire::AccountBalances::default()
        })
    }

    /// Groups, and accounts in which nothing moved, are closed with one more point.
    fn series(&mut self, days: &[DayTotal], is_closed: bool) -> Result<Series, Refusal> {
        let mut series = Series::of(days, self.window, self.points_left)?;
        self.points_left -= series.points.len();
        if is_closed {
            series.close(self.window);
        }
        Ok(series)
    }

    fn points(&self, series: &Series) -> Result<Vec<wire::Balance>, Refusal> {
        series.points.iter().map(|(period, line)| self.point(*period, *line)).collect()
    }

    fn point(&self, period: Period, line: Line) -> Result<wire::Balance, Refusal> {
        let fuzzy_date = fuzzy_date(period);
        let [period_balance, period_credit, period_debit] = self.amounts(line.period)?;
        let [cumulative_balance, cumulative_credit, cumulative_debit] = self.amounts(line.cumulative)?;
        Ok(wire::Balance {
            year: Some(fuzzy_date / 10_000),
            month: Some(fuzzy_date / 100 % 100),
            day: Some(fuzzy_date % 100),
            fuzzy_date: Some(fuzzy_date),
            period_balance,
            period_credit,
            period_debit,
            cumulative_balance,
            cumulative_credit,
            cumulative_debit,
            ..wire::Balance::default()
        })
    }

    /// Balance, credit and debit.
    fn amounts(&self, sums: Sums) -> Result<[Option<Amount>; 3], Refusal> {
        let shown = |amount: Decimal| Some(padded(amount, self.book.fraction_digits).into());
        Ok([shown(sums.balance()?), shown(sums.credit), shown(sums.debit)])
    }
}

/// The range as a query, with a space in front: it is put behind the rest of one.
fn text(range: &bkper_model::query::Range) -> String {
    let text = range.to_string();
    if text.is_empty() { text } else { format!(" {text}") }
}
