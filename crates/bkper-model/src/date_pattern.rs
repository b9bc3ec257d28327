//! Date patterns: how the people of a book read and write days.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::{self, Misfit, Wire, scalar};

/// How the people of a book write a day. [`Book::date_pattern`](crate::Book::date_pattern) has its text.
///
/// ```
/// use bkper_model::DatePattern;
///
/// let pattern: DatePattern = "dd/MM/yyyy".parse()?;
/// let day = pattern.parse_day("04/03/2026")?;
/// assert_eq!(day, jiff::civil::date(2026, 3, 4));
/// assert_eq!(pattern.format_day(day), "04/03/2026");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DatePattern {
    /// `dd/MM/yyyy`, which new books have.
    #[default]
    DayMonthYear,
    /// `MM/dd/yyyy`.
    MonthDayYear,
    /// `yyyy/MM/dd`.
    YearMonthDay,
}

/// A text that is no [`DatePattern`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a date pattern: use dd/MM/yyyy, MM/dd/yyyy or yyyy/MM/dd")]
pub struct InvalidDatePattern {
    /// The text as it came.
    pub text: String,
}

/// A text that is no day in a [`DatePattern`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a day of the form {pattern}")]
pub struct InvalidDay {
    /// The text as it came.
    pub text: String,
    /// The pattern that it should have.
    pub pattern: DatePattern,
}

impl DatePattern {
    /// Every pattern.
    pub const ALL: [Self; 3] = [Self::DayMonthYear, Self::MonthDayYear, Self::YearMonthDay];

    /// The text in JSON, such as `dd/MM/yyyy`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DayMonthYear => "dd/MM/yyyy",
            Self::MonthDayYear => "MM/dd/yyyy",
            Self::YearMonthDay => "yyyy/MM/dd",
        }
    }

    /// Writes a day, with two digits for day and month and four for the year.
    pub fn format_day(self, day: civil::Date) -> String {
        let (year, month, day) = (day.year(), day.month(), day.day());
        match self {
            Self::DayMonthYear => format!("{day:02}/{month:02}/{year:04}"),
            Self::MonthDayYear => format!("{month:02}/{day:02}/{year:04}"),
            Self::YearMonthDay => format!("{year:04}/{month:02}/{day:02}"),
        }
    }

    /// Reads a day. Day and month may have one digit, the year must have four.
    pub fn parse_day(self, text: &str) -> Result<civil::Date, InvalidDay> {
        self.read_day(text).ok_or_else(|| InvalidDay { text: text.to_owned(), pattern: self })
    }

    fn read_day(self, text: &str) -> Option<civil::Date> {
        let mut parts = text.split('/');
        let [first, second, third] = [parts.next()?, parts.next()?, parts.next()?];
        if parts.next().is_some() {
            return None;
        }
        let (year, month, day) = match self {
            Self::DayMonthYear => (third, second, first),
            Self::MonthDayYear => (third, first, second),
            Self::YearMonthDay => (first, second, third),
        };
        civil::Date::new(number(year, 4..=4)?, number(month, 1..=2)?, number(day, 1..=2)?).ok()
    }
}

/// A number of digits only, and as many as `length` allows.
pub(crate) fn number<T: FromStr>(digits: &str, length: RangeInclusive<usize>) -> Option<T> {
    let is_number = length.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

impl FromStr for DatePattern {
    type Err = InvalidDatePattern;

    fn from_str(text: &str) -> Result<Self, InvalidDatePattern> {
        let known = Self::ALL.into_iter().find(|pattern| pattern.as_str() == text);
        known.ok_or_else(|| InvalidDatePattern { text: text.to_owned() })
    }
}

impl fmt::Display for DatePattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

impl Wire for DatePattern {
    const EXPECTED: &'static str = "a date pattern (dd/MM/yyyy, MM/dd/yyyy or yyyy/MM/dd)";

    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
        scalar::read_text(place, json, |text| text.parse().map_err(|InvalidDatePattern { text }| text))
    }
}

impl<'de> Deserialize<'de> for DatePattern {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        wire::deserialize(json)
    }
}

impl Serialize for DatePattern {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn each_reads_what_it_writes() {
        let day = date(2025, 2, 1);
        for (pattern, text) in
            [("dd/MM/yyyy", "01/02/2025"), ("MM/dd/yyyy", "02/01/2025"), ("yyyy/MM/dd", "2025/02/01")]
        {
            let pattern: DatePattern = pattern.parse().unwrap();
            assert_eq!(pattern.format_day(day), text);
            assert_eq!(pattern.parse_day(text), Ok(day));
        }
    }

    #[test]
    fn a_zero_in_front_may_be_left_out() {
        assert_eq!(DatePattern::DayMonthYear.parse_day("1/2/2025"), Ok(date(2025, 2, 1)));
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "31/02/2025",
            "02/13/2025",
            "1/2/25",
            "001/2/2025",
            "1/2",
            "1/2/2025/",
            "+1/2/2025",
            "1-2-2025",
        ] {
            let error = DatePattern::DayMonthYear.parse_day(text).unwrap_err();
            assert_eq!(error.to_string(), format!("{text:?} is not a day of the form dd/MM/yyyy"));
        }
    }

    #[test]
    fn an_unknown_pattern_is_refused() {
        for text in ["", "dd-MM-yyyy", "DD/MM/YYYY"] {
            assert_eq!(text.parse::<DatePattern>(), Err(InvalidDatePattern { text: text.into() }));
        }
    }

    #[test]
    fn it_is_a_text_in_json() {
        let pattern: DatePattern = serde_json::from_str(r#""MM/dd/yyyy""#).unwrap();
        assert_eq!(serde_json::to_string(&pattern).unwrap(), r#""MM/dd/yyyy""#);
        assert!(serde_json::from_str::<DatePattern>(r#""d/M/y""#).is_err());
    }
}
