//! Ranges of days, as balances have them.

use std::fmt;

use jiff::civil;

use super::{Granularity, Period, Term};

/// The days that a query asks for, as it was written, and the length of the periods between.
///
/// Printed as a query: `after:2024 before:2025-03 by:m`; empty when the range is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// `after:`: from the first day of this period on.
    pub after: Option<Period>,
    /// `before:`: before the first day of this period.
    pub before: Option<Period>,
    /// `on:`: in this period.
    pub on: Option<Period>,
    /// `by:`: the length of the periods.
    pub by: Option<Granularity>,
}

impl Range {
    /// The first day that is in the range; `None` when it has no beginning.
    pub fn first_day(&self) -> Option<civil::Date> {
        self.after.into_iter().chain(self.on).map(Period::first_day).max()
    }

    /// The last day that is in the range; `None` when it has no end.
    ///
    /// ```
    /// use bkper_model::query::Range;
    ///
    /// let range = Range { before: "2025".parse().ok(), ..Default::default() };
    /// assert_eq!(range.last_day(), Some(jiff::civil::date(2024, 12, 31)));
    /// ```
    pub fn last_day(&self) -> Option<civil::Date> {
        let before = self.before.and_then(|period| period.first_day().yesterday().ok());
        before.into_iter().chain(self.on.map(Period::last_day)).min()
    }

    /// The length of the periods: that of `by:`, or else the shortest among the dates as they were written. `None` when
    /// there is neither.
    pub fn granularity(&self) -> Option<Granularity> {
        self.by.or_else(|| self.dates().map(Period::granularity).min())
    }

    /// The range next to this one: each of its dates so many of its own lengths later, or earlier when negative. `None`
    /// beyond the years 0 to 9999.
    ///
    /// ```
    /// use bkper_model::query::Range;
    ///
    /// let range = Range { before: "2025".parse().ok(), ..Default::default() };
    /// assert_eq!(range.shifted(1).map(|next| next.to_string()), Some("before:2026".into()));
    /// ```
    pub fn shifted(&self, by: i32) -> Option<Self> {
        let shifted = |date: Option<Period>| match date {
            Some(period) => period.shifted(by).map(Some),
            None => Some(None),
        };
        Some(Self {
            after: shifted(self.after)?,
            before: shifted(self.before)?,
            on: shifted(self.on)?,
            by: self.by,
        })
    }

    fn dates(&self) -> impl Iterator<Item = Period> {
        [self.after, self.before, self.on].into_iter().flatten()
    }

    fn terms(&self) -> impl Iterator<Item = Term> {
        let dates = [self.after.map(Term::After), self.before.map(Term::Before), self.on.map(Term::On)];
        dates.into_iter().chain([self.by.map(Term::By)]).flatten()
    }

    /// Makes a term part of the range, unless it is none of a range or there is one like it.
    pub(super) fn take(&mut self, term: &Term) -> bool {
        match term {
            Term::After(period) => put(&mut self.after, *period),
            Term::Before(period) => put(&mut self.before, *period),
            Term::On(period) => put(&mut self.on, *period),
            Term::By(granularity) => put(&mut self.by, *granularity),
            _ => false,
        }
    }
}

fn put<T>(place: &mut Option<T>, value: T) -> bool {
    let is_free = place.is_none();
    place.get_or_insert(value);
    is_free
}

impl fmt::Display for Range {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms().enumerate() {
            let separator = if index > 0 { " " } else { "" };
            write!(out, "{separator}{term}")?;
        }
        Ok(())
    }
}
