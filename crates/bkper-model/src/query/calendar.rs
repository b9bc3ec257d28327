//! Dates as queries have them.

use jiff::civil;

use super::{Granularity, Period};
use crate::DatePattern;
use crate::date_pattern::number;

/// What the dates of a query depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// How days with slashes are written in the book.
    pub pattern: DatePattern,
    /// The current day, in the time zone of the book.
    pub today: civil::Date,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

impl Calendar {
    /// The period that a date stands for, in any of the forms that queries have: `2025`, `2025-01`, `2025-01-31`,
    /// `01/2025`, `jan/2025`, a day in the book's pattern, or `$d`, `$m`, `$y` with `+N` or `-N`.
    ///
    /// ```
    /// use bkper_model::{DatePattern, query::Calendar};
    ///
    /// let calendar = Calendar { pattern: DatePattern::MonthDayYear, today: jiff::civil::date(2026, 3, 4) };
    /// let period = |text| calendar.period(text).map(|period| period.to_string());
    /// assert_eq!(period("01/31/2025").as_deref(), Some("2025-01-31"));
    /// assert_eq!(period("$m-3").as_deref(), Some("2025-12"));
    /// assert_eq!(period("soon"), None);
    /// ```
    pub fn period(self, text: &str) -> Option<Period> {
        if let Some(variable) = text.strip_prefix('$') {
            self.variable(variable)
        } else if text.contains('/') {
            self.with_slashes(text)
        } else {
            text.parse().ok()
        }
    }

    fn variable(self, variable: &str) -> Option<Period> {
        let letter = variable.get(..1)?.to_ascii_lowercase();
        let granularity = Granularity::ALL.into_iter().find(|granularity| granularity.as_str() == letter)?;
        Period::containing(self.today, granularity).shifted(offset(&variable[1..])?)
    }

    fn with_slashes(self, text: &str) -> Option<Period> {
        let Some((month, year)) = text.split_once('/').filter(|(_, year)| !year.contains('/')) else {
            let day = self.pattern.parse_day(text).ok()?;
            return Some(Period::containing(day, Granularity::Day));
        };
        let named = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month));
        let month = match named {
            Some(index) => i8::try_from(index + 1).ok()?,
            None => number(month, 1..=2)?,
        };
        Period::month(number(year, 4..=4)?, month)
    }
}

/// `+3`, `-3`, or nothing at all.
fn offset(text: &str) -> Option<i32> {
    if text.is_empty() {
        return Some(0);
    }
    let digits = text.strip_prefix(['+', '-'])?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read(pattern: DatePattern, text: &str) -> Option<String> {
        let calendar = Calendar { pattern, today: date(2026, 3, 31) };
        calendar.period(text).map(|period| period.to_string())
    }

    #[test]
    fn every_form_is_read() {
        for (text, expected) in [
            ("2025", "2025"),
            ("2025-01", "2025-01"),
            ("2025-05-31", "2025-05-31"),
            ("01/2019", "2019-01"),
            ("1/2019", "2019-01"),
            ("jan/2013", "2013-01"),
            ("DEC/2013", "2013-12"),
            ("02/01/2025", "2025-01-02"),
            ("$d", "2026-03-31"),
            ("$d+1", "2026-04-01"),
            ("$m", "2026-03"),
            ("$M-1", "2026-02"),
            ("$m+10", "2027-01"),
            ("$y-10", "2016"),
        ] {
            assert_eq!(read(DatePattern::DayMonthYear, text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn days_with_slashes_follow_the_pattern() {
        assert_eq!(read(DatePattern::MonthDayYear, "02/01/2025").as_deref(), Some("2025-02-01"));
        assert_eq!(read(DatePattern::YearMonthDay, "2025/02/01").as_deref(), Some("2025-02-01"));
        assert_eq!(read(DatePattern::YearMonthDay, "02/01/2025"), None);
        assert_eq!(read(DatePattern::MonthDayYear, "31/01/2025"), None);
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "soon",
            "$",
            "$x",
            "$m+",
            "$m1",
            "$m+-1",
            "$m+99999999999",
            "$y+9000",
            "$é",
            "13/2025",
            "xyz/2025",
            "jan/25",
            "2025/01",
            "31/02/2025",
            "2025-02-30",
            "/",
            "//",
        ] {
            assert_eq!(read(DatePattern::DayMonthYear, text), None, "{text}");
        }
    }
}
