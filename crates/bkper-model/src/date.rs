//! Days of the ledger.

use std::{fmt, str::FromStr};

use jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::{self, Misfit, Wire, scalar};

/// A day, in the time zone of the book, or the request to clear one.
///
/// In JSON a text `yyyy-MM-dd`, such as `"2026-03-04"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Date {
    /// `"1900-00-00"`, which is no day: clients send it to clear the lock date or the closing date of a book.
    Cleared,
    /// A day of the calendar.
    Day(civil::Date),
}

/// A text that is no [`Date`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a date of the form yyyy-MM-dd")]
pub struct InvalidDate {
    /// The text as it came.
    pub text: String,
}

const CLEARED: &str = "1900-00-00";

impl Date {
    /// The day, unless it is cleared.
    pub fn day(self) -> Option<civil::Date> {
        match self {
            Self::Cleared => None,
            Self::Day(day) => Some(day),
        }
    }
}

/// The day as a number `YYYYMMDD`, the form of [`Transaction::date_value`](crate::Transaction::date_value). A year
/// before 0 counts as 0.
///
/// ```
/// use bkper_model::{date_value, day_of_value};
///
/// let day = jiff::civil::date(2026, 3, 4);
/// assert_eq!(date_value(day), 20_260_304);
/// assert_eq!(day_of_value(20_260_304), Some(day));
/// assert_eq!(day_of_value(20_260_300), None);
/// ```
pub fn date_value(day: civil::Date) -> u32 {
    let unsigned = |part: i16| u32::from(part.unsigned_abs());
    unsigned(day.year().max(0)) * 10_000 + unsigned(day.month().into()) * 100 + unsigned(day.day().into())
}

/// The day that a number `YYYYMMDD` stands for: see [`date_value`].
pub fn day_of_value(value: u32) -> Option<civil::Date> {
    let year = i16::try_from(value / 10_000).ok()?;
    let month = i8::try_from(value / 100 % 100).ok()?;
    let day = i8::try_from(value % 100).ok()?;
    civil::Date::new(year, month, day).ok()
}

impl From<civil::Date> for Date {
    fn from(day: civil::Date) -> Self {
        Self::Day(day)
    }
}

impl FromStr for Date {
    type Err = InvalidDate;

    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        if text == CLEARED {
            return Ok(Self::Cleared);
        }
        // jiff takes more forms than the API has; only the one that is written back unchanged counts.
        match text.parse::<civil::Date>() {
            Ok(day) if text.len() == "yyyy-MM-dd".len() && day.to_string() == text => Ok(Self::Day(day)),
            _ => Err(InvalidDate { text: text.to_owned() }),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cleared => out.pad(CLEARED),
            Self::Day(day) => day.fmt(out),
        }
    }
}

impl Wire for Date {
    const EXPECTED: &'static str = "a date (yyyy-MM-dd)";

    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
        scalar::read_text(place, json, |text| text.parse().map_err(|InvalidDate { text }| text))
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        wire::deserialize(json)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_is_read_and_written_unchanged() {
        let date: Date = "2026-03-04".parse().unwrap();
        assert_eq!(date.day(), Some(civil::date(2026, 3, 4)));
        assert_eq!(date.to_string(), "2026-03-04");
    }

    #[test]
    fn the_clearing_value_is_no_day() {
        let date: Date = "1900-00-00".parse().unwrap();
        assert_eq!(date, Date::Cleared);
        assert_eq!(date.day(), None);
        assert_eq!(date.to_string(), "1900-00-00");
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "2026-3-4",
            "20260304",
            "04/03/2026",
            "2026-02-30",
            "2026-03-04T00:00:00Z",
            "1901-00-00",
            "-000001-01-01",
        ] {
            assert_eq!(text.parse::<Date>(), Err(InvalidDate { text: text.into() }));
        }
    }
    #[test]
    fn a_day_and_its_value_stand_for_each_other() {
        for (day, value) in
            [(date(2025, 1, 31), 20_250_131), (date(9999, 12, 31), 99_991_231), (date(0, 1, 1), 101)]
        {
            assert_eq!(date_value(day), value);
            assert_eq!(day_of_value(value), Some(day));
        }
    }

    #[test]
    fn a_value_of_a_month_is_no_day() {
        for value in [0, 20_250_000, 20_250_100, 20_250_230, 20_251_301, 100_000_101, u32::MAX] {
            assert_eq!(day_of_value(value), None);
        }
    }
}
