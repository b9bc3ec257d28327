//! The days that balances are asked for, and the periods in them.

use bkper_model::date_value;
use bkper_model::query::{Granularity, Period, Range};
use jiff::civil;

use crate::ledger::LAST_DAY;

/// The length of periods when the query says nothing about it.
const USUAL: Granularity = Granularity::Month;

/// The last day that counts, as a number.
pub(super) fn last_day(range: &Range) -> u32 {
    let before = range.before.map(|period| date_value(period.first_day()).saturating_sub(1));
    let on = range.on.map(|period| date_value(period.last_day()));
    before.into_iter().chain(on).min().unwrap_or(LAST_DAY)
}

/// A range of days, and the periods that there are points for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    pub(super) range: Range,
    pub(super) granularity: Granularity,
    /// The first day that counts as moved within the range.
    pub(super) first_day: u32,
    /// Where points begin, unless they begin with what was moved first.
    pub(super) first_point: Option<Period>,
    /// Where points end. There are none in a range without days.
    pub(super) last_point: Option<Period>,
    /// The period after the range, where it has an end.
    pub(super) after_end: Option<Period>,
}

impl Window {
    /// A range without an end goes on until today, and until the `newest` day on which anything moved.
    pub(super) fn new(range: Range, today: civil::Date, newest: Option<civil::Date>) -> Self {
        let granularity = range.granularity().unwrap_or(USUAL);
        let containing = |day| Period::containing(day, granularity);
        let first = range.first_day();
        let last = range.last_day();
        let open_end = [Some(today), newest, first].into_iter().flatten().max();
        let is_empty = first.zip(last).is_some_and(|(first, last)| first > last);
        let last_point = last.or(open_end).filter(|_| !is_empty).map(containing);
        let next_day = last.filter(|_| !is_empty).and_then(|last| last.tomorrow().ok()).map(containing);
        Self {
            range,
            granularity,
            first_day: first.map_or(0, date_value),
            first_point: first.map(containing),
            last_point,
            after_end: next_day.filter(|next| Some(*next) != last_point),
        }
    }
}
