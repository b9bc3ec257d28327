//! The arithmetic of balances: from what was moved day by day to totals, and to points without gaps.

use bkper_model::query::Period;
use bkper_model::{date_value, day_of_value};

use super::window::Window;
use crate::ledger::{DayTotal, Sums};
use crate::refusal::Refusal;

/// Sums within a range or period, and up to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Line {
    pub(super) period: Sums,
    pub(super) cumulative: Sums,
}

/// The balances of one node.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Series {
    pub(super) total: Line,
    pub(super) points: Vec<(Period, Line)>,
}

impl Series {
    /// Adds up the days, which are in order and none of them after the window. At most so many points.
    pub(super) fn of(days: &[DayTotal], window: &Window, most: usize) -> Result<Self, Refusal> {
        let mut adding = Adding { days, window, cumulative: Sums::default() };
        let mut points = Vec::new();
        let mut next = adding.first_point();
        while let Some(period) = next {
            if points.len() == most {
                return Err(Refusal::TooManyPeriods);
            }
            points.push((period, adding.until(date_value(period.last_day()))?));
            next = if Some(period) == window.last_point { None } else { period.shifted(1) };
        }
        let total = Adding { days, window, cumulative: Sums::default() }.until(u32::MAX)?;
        Ok(Self { total, points })
    }

    /// A point after the end of the range, in which nothing moved.
    pub(super) fn close(&mut self, window: &Window) {
        if let Some(period) = window.after_end {
            let line = Line { period: Sums::default(), cumulative: self.total.cumulative };
            self.points.push((period, line));
        }
    }
}

/// Days that are still to be added up.
struct Adding<'a> {
    days: &'a [DayTotal],
    window: &'a Window,
    cumulative: Sums,
}

impl Adding<'_> {
    /// The range's first period, or the first in which something moved; `None` when that is after the last one.
    fn first_point(&self) -> Option<Period> {
        let moved = || day_of_value(self.days.first()?.day);
        let first = self
            .window
            .first_point
            .or_else(|| moved().map(|day| Period::containing(day, self.window.granularity)))?;
        let last = self.window.last_point?;
        (first.first_day() <= last.first_day()).then_some(first)
    }

    /// Adds up until this day.
    fn until(&mut self, last: u32) -> Result<Line, Refusal> {
        let mut period = Sums::default();
        while let Some((total, later)) = self.days.split_first() {
            if total.day > last {
                break;
            }
            self.days = later;
            self.cumulative = self.cumulative.plus(total.sums)?;
            if total.day >= self.window.first_day {
                period = period.plus(total.sums)?;
            }
        }
        Ok(Line { period, cumulative: self.cumulative })
    }
}
