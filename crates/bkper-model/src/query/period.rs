//! Periods: a day, a month or a year of the calendar.

use std::{fmt, str::FromStr};

use jiff::{Span, civil};

use crate::Periodicity;
use crate::date_pattern::number;

/// The length of a [`Period`]. A shorter one is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Granularity {
    /// One day: `d`.
    Day,
    /// One month: `m`.
    Month,
    /// One year: `y`.
    Year,
}

impl Granularity {
    /// Every length.
    pub const ALL: [Self; 3] = [Self::Day, Self::Month, Self::Year];

    /// The letter behind `by:`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "d",
            Self::Month => "m",
            Self::Year => "y",
        }
    }
}

impl fmt::Display for Granularity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

impl From<Granularity> for Periodicity {
    fn from(granularity: Granularity) -> Self {
        match granularity {
            Granularity::Day => Self::Daily,
            Granularity::Month => Self::Monthly,
            Granularity::Year => Self::Yearly,
        }
    }
}

/// A day, a month or a year, of the years 0 to 9999. Printed and read in ISO form: `2025-01-31`, `2025-01` or `2025`.
///
/// ```
/// use bkper_model::query::{Granularity, Period};
/// use jiff::civil::date;
///
/// let month: Period = "2024-02".parse()?;
/// assert_eq!(month.granularity(), Granularity::Month);
/// assert_eq!((month.first_day(), month.last_day()), (date(2024, 2, 1), date(2024, 2, 29)));
/// assert_eq!(month.shifted(-2).map(|shifted| shifted.to_string()), Some("2023-12".into()));
/// # Ok::<(), bkper_model::query::NotAPeriod>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    granularity: Granularity,
    first_day: civil::Date,
}

/// A text that is no [`Period`] in ISO form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no year (2025), month (2025-01) or day (2025-01-31)")]
pub struct NotAPeriod {
    /// The text as it came.
    pub text: String,
}

const MONTHS_IN_YEAR: i32 = 12;

impl Period {
    /// The period of this length that a day is in.
    pub fn containing(day: civil::Date, granularity: Granularity) -> Self {
        let first_day = match granularity {
            Granularity::Day => day,
            Granularity::Month => day.first_of_month(),
            Granularity::Year => day.first_of_year(),
        };
        Self { granularity, first_day }
    }

    /// A year; `None` beyond the years 0 to 9999.
    pub fn year(year: i16) -> Option<Self> {
        Self::day(year, 1, 1).map(|day| Self::containing(day.first_day, Granularity::Year))
    }

    /// A month; `None` when there is none.
    pub fn month(year: i16, month: i8) -> Option<Self> {
        Self::day(year, month, 1).map(|day| Self::containing(day.first_day, Granularity::Month))
    }

    /// A day; `None` when there is none.
    pub fn day(year: i16, month: i8, day: i8) -> Option<Self> {
        let day = civil::Date::new(year, month, day).ok()?;
        Self::is_known(day).then(|| Self::containing(day, Granularity::Day))
    }

    fn is_known(day: civil::Date) -> bool {
        (0..=9999).contains(&day.year())
    }

    /// How long the period is.
    pub fn granularity(self) -> Granularity {
        self.granularity
    }

    /// The day that the period begins with.
    pub fn first_day(self) -> civil::Date {
        self.first_day
    }

    /// The day that the period ends with.
    pub fn last_day(self) -> civil::Date {
        match self.granularity {
            Granularity::Day => self.first_day,
            Granularity::Month => self.first_day.last_of_month(),
            Granularity::Year => self.first_day.last_of_year(),
        }
    }

    /// The period so many of its own lengths later; earlier, when negative. `None` beyond the years 0 to 9999.
    pub fn shifted(self, by: i32) -> Option<Self> {
        let first = self.first_day;
        match self.granularity {
            Granularity::Day => {
                let day = first.checked_add(Span::new().try_days(by).ok()?).ok()?;
                Self::is_known(day).then(|| Self::containing(day, Granularity::Day))
            }
            Granularity::Month => {
                let months = i32::from(first.year()) * MONTHS_IN_YEAR + i32::from(first.month()) - 1;
                let months = months.checked_add(by)?;
                let year = i16::try_from(months.div_euclid(MONTHS_IN_YEAR)).ok()?;
                Self::month(year, i8::try_from(months.rem_euclid(MONTHS_IN_YEAR) + 1).ok()?)
            }
            Granularity::Year => Self::year(i32::from(first.year()).checked_add(by)?.try_into().ok()?),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        match parts[..] {
            [year] => Self::year(number(year, 4..=4)?),
            [year, month] => Self::month(number(year, 4..=4)?, number(month, 1..=2)?),
            [year, month, day] => Self::day(number(year, 4..=4)?, number(month, 1..=2)?, number(day, 1..=2)?),
            _ => None,
        }
    }
}

/// Reads the ISO form; a zero in front of month and day may be left out.
impl FromStr for Period {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        Self::read(text).ok_or_else(|| NotAPeriod { text: text.to_owned() })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.first_day.year(), self.first_day.month(), self.first_day.day());
        match self.granularity {
            Granularity::Day => write!(out, "{year:04}-{month:02}-{day:02}"),
            Granularity::Month => write!(out, "{year:04}-{month:02}"),
            Granularity::Year => write!(out, "{year:04}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn has_a_first_and_a_last_day() {
        for (text, first, last) in [
            ("2025", date(2025, 1, 1), date(2025, 12, 31)),
            ("2025-02", date(2025, 2, 1), date(2025, 2, 28)),
            ("2025-02-03", date(2025, 2, 3), date(2025, 2, 3)),
            ("9999", date(9999, 1, 1), date(9999, 12, 31)),
            ("0000-01", date(0, 1, 1), date(0, 1, 31)),
        ] {
            assert_eq!((period(text).first_day(), period(text).last_day()), (first, last));
            assert_eq!(period(text).to_string(), text);
        }
    }

    #[test]
    fn is_shifted_by_its_own_length() {
        for (text, by, expected) in [
            ("2025", 1, "2026"),
            ("2025-01", -1, "2024-12"),
            ("2025-11", 14, "2027-01"),
            ("2024-02-28", 2, "2024-03-01"),
            ("2025-01-01", -1, "2024-12-31"),
        ] {
            assert_eq!(period(text).shifted(by), Some(period(expected)));
            assert_eq!(period(expected).shifted(-by), Some(period(text)));
        }
    }

    #[test]
    fn does_not_leave_the_calendar() {
        for text in ["9999", "9999-12", "9999-12-31"] {
            assert_eq!(period(text).shifted(1), None);
            assert_eq!(period(text).shifted(i32::MAX), None);
        }
        for text in ["0000", "0000-01", "0000-01-01"] {
            assert_eq!(period(text).shifted(-1), None);
            assert_eq!(period(text).shifted(i32::MIN), None);
        }
    }

    #[test]
    fn other_texts_are_none() {
        for text in
            ["", "25", "2025-", "2025-13", "2025-02-30", "2025-01-01-01", "-2025", "+2025", "2025-1x", "٢٠٢٥"]
        {
            assert_eq!(text.parse::<Period>(), Err(NotAPeriod { text: text.into() }));
        }
    }
}
