//! How many transactions are posted over time.

use bkper_model::query::{Granularity, Period};
use bkper_model::{self as wire, BookId, day_of_value};

use crate::act::View;
use crate::ledger::{Book, Condition, Entered, Right, fuzzy_date};
use crate::refusal::Refusal;
use crate::store;

/// The days to be counted, as queries write them, and the length of the periods.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) after: Option<String>,
    pub(crate) before: Option<String>,
    pub(crate) granularity: Granularity,
}

/// How many transactions are posted in each period that has some.
pub(crate) fn posted(view: &View<'_>, book: &BookId, asked: &Asked) -> Result<wire::Counts, Refusal> {
    let Entered { book, .. } = view.enter(book, Right::See)?;
    let mut condition = Condition::counts();
    if let Some(after) = &asked.after {
        condition = condition.and(Condition::from_day(period(view, &book, "after", after)?.first_day()));
    }
    if let Some(before) = &asked.before {
        condition = condition.and(Condition::before_day(period(view, &book, "before", before)?.first_day()));
    }
    let days = store::search::count_by_day(view.db, &book.id, &condition)?;
    Ok(wire::Counts { posted: Some(by_period(&days, asked.granularity)), ..wire::Counts::default() })
}

fn period(view: &View<'_>, book: &Book, field: &'static str, text: &str) -> Result<Period, Refusal> {
    let no_date = || Refusal::Invalid { field, message: format!("{text:?} is no date") };
    book.calendar(view.now).period(text).ok_or_else(no_date)
}

/// Adds up days, which are in order.
fn by_period(days: &[(u32, u64)], granularity: Granularity) -> Vec<wire::Count> {
    let mut counts: Vec<(u32, u64)> = Vec::new();
    for (day, count) in days {
        let Some(day) = day_of_value(*day) else { continue };
        let period = fuzzy_date(Period::containing(day, granularity));
        match counts.last_mut() {
            Some((last, total)) if *last == period => *total += count,
            _ => counts.push((period, *count)),
        }
    }
    counts.into_iter().map(|(period, total)| shown(period, total)).collect()
}

fn shown(period: u32, total: u64) -> wire::Count {
    wire::Count {
        total: Some(total),
        year: Some(period / 10_000),
        month: Some(period / 100 % 100),
        day: Some(period % 100),
        fuzzy_date: Some(period),
        ..wire::Count::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_add_up_to_months_and_years() {
        let days = [(20_251_231, 2), (20_260_101, 1), (20_260_131, 4), (20_260_301, 1)];
        let totals = |granularity| {
            let counts = by_period(&days, granularity).into_iter();
            counts.map(|count| (count.fuzzy_date.unwrap(), count.total.unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(totals(Granularity::Day), days);
        assert_eq!(totals(Granularity::Month), [(20_251_200, 2), (20_260_100, 5), (20_260_300, 1)]);
        assert_eq!(totals(Granularity::Year), [(20_250_000, 2), (20_260_000, 6)]);
    }
}
