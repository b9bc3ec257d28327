//! A day in a seed: of the calendar, or counted from the day on which the seed is planted.

use jiff::ToSpan;
use jiff::civil::Date;

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    /// `2026-03-02`
    On(Date),
    /// `today`, `-12d`, `+3d`
    FromToday { days: i32 },
    /// `-3m/05`: the fifth of three months ago; the month's last day where it is shorter.
    OfMonth { months: i32, day: i8 },
}

impl Day {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text == "today" {
            return Some(Self::FromToday { days: 0 });
        }
        if let Some(days) = text.strip_suffix('d') {
            return count(days).map(|days| Self::FromToday { days });
        }
        if let Some((months, day)) = text.split_once("m/") {
            let day = day.parse().ok().filter(|day| (1..=31).contains(day))?;
            return count(months).map(|months| Self::OfMonth { months, day });
        }
        text.parse().ok().map(Self::On)
    }

    /// The day, when this is today.
    pub(super) fn on(self, today: Date) -> Date {
        match self {
            Self::On(day) => day,
            Self::FromToday { days } => today.saturating_add(days.days()),
            Self::OfMonth { months, day } => {
                let first = today.first_of_month().saturating_add(months.months());
                first.saturating_add((day.min(first.days_in_month()) - 1).days())
            }
        }
    }
}

/// A number with a sign, or 0, of at most four digits.
fn count(text: &str) -> Option<i32> {
    let is_signed = text.starts_with(['-', '+']) || text == "0";
    text.parse().ok().filter(|_| is_signed && text.len() <= 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_of_the_calendar_or_counted_from_today() {
        let today = "2026-03-31".parse().unwrap();
        for (text, day) in [
            ("2026-01-05", "2026-01-05"),
            ("today", "2026-03-31"),
            ("-12d", "2026-03-19"),
            ("+1d", "2026-04-01"),
            ("0m/01", "2026-03-01"),
            ("-1m/31", "2026-02-28"),
            ("-3m/5", "2025-12-05"),
            ("-13m/15", "2025-02-15"),
        ] {
            assert_eq!(Day::parse(text).unwrap().on(today).to_string(), day, "{text}");
        }
        for none in
            ["", "yesterday", "12d", "-d", "-1m", "-1m/0", "-1m/32", "-99999d", "2026-13-01", "5.3.2026"]
        {
            assert_eq!(Day::parse(none), None, "{none}");
        }
    }
}
