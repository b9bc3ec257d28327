//! Times and durations as people write and read them. The clock and the time zone are passed in.

use std::time::Duration;

use bookhook::model::units::parse_duration;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Now, and where.
#[derive(Debug, Clone)]
pub(crate) struct Here {
    pub(crate) now: Timestamp,
    pub(crate) zone: TimeZone,
}

/// A text that names no time.
#[derive(Debug)]
pub(crate) struct NoTime;

impl Here {
    /// Of this machine.
    pub(crate) fn of_machine() -> Self {
        Self { now: Timestamp::now(), zone: TimeZone::system() }
    }

    /// The time that a text names: RFC 3339, a date, a date and time, or how long ago (`2h`).
    pub(crate) fn read(&self, text: &str) -> Result<Timestamp, NoTime> {
        if let Ok(time) = text.parse::<Timestamp>() {
            return Ok(time);
        }
        if let Ok(ago) = parse_duration(text) {
            return self.now.checked_sub(ago).map_err(|_| NoTime);
        }
        let local = match text.parse::<Date>() {
            Ok(date) if !text.contains(['T', ' ']) => date.to_datetime(jiff::civil::Time::midnight()),
            _ => text.parse::<DateTime>().map_err(|_| NoTime)?,
        };
        local.to_zoned(self.zone.clone()).map(|zoned| zoned.timestamp()).map_err(|_| NoTime)
    }

    /// A time: the time of day when it was today, else with the date.
    pub(crate) fn show(&self, time: Timestamp) -> String {
        let [local, today] = [time, self.now].map(|time| time.to_zoned(self.zone.clone()));
        let format = if local.date() == today.date() { "%H:%M:%S%.3f" } else { "%Y-%m-%d %H:%M:%S" };
        local.strftime(format).to_string()
    }

    /// A time to come, and in how long that is.
    pub(crate) fn show_due(&self, time: Timestamp) -> String {
        format!("{}, in {}", self.show(time), show_span(time.duration_since(self.now)))
    }

    /// A time with its date, and how long ago that was.
    pub(crate) fn show_in_full(&self, time: Timestamp) -> String {
        let local = time.to_zoned(self.zone.clone());
        let ago = show_span(self.now.duration_since(time));
        format!("{} ({ago} ago)", local.strftime("%Y-%m-%d %H:%M:%S%.3f"))
    }
}

/// A duration in about three digits. One that is negative, because clocks differ, is none.
pub(crate) fn show_span(span: SignedDuration) -> String {
    show_duration(Duration::try_from(span).unwrap_or_default())
}

/// A duration in about three digits.
pub(crate) fn show_duration(duration: Duration) -> String {
    let (micros, seconds) = (duration.as_micros(), duration.as_secs());
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match duration {
        _ if micros < 10_000 => format!("{}.{}ms", micros / 1000, micros % 1000 / 100),
        _ if seconds < 1 => format!("{}ms", micros / 1000),
        _ if seconds < 60 => format!("{}.{}s", seconds, duration.subsec_millis() / 100),
        _ if hours < 1 => format!("{minutes}m{:02}s", seconds % 60),
        _ if days < 2 => format!("{hours}h{:02}m", minutes % 60),
        _ => format!("{days}d"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here() -> Here {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        Here { now: "2026-11-21T22:30:00Z".parse().unwrap(), zone }
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        let read = |text: &str| here().read(text).unwrap().to_string();
        assert_eq!(read("2026-11-21T22:00:00.5Z"), "2026-11-21T22:00:00.5Z");
        assert_eq!(read("2026-11-21"), "2026-11-20T22:00:00Z");
        assert_eq!(read("2026-11-21T08:00"), "2026-11-21T06:00:00Z");
        assert_eq!(read("2026-11-21 08:00:01"), "2026-11-21T06:00:01Z");
        assert_eq!(read("2h"), "2026-11-21T20:30:00Z");
        for bad in ["", "yesterday", "2h ago", "2026-13-01", "25:00"] {
            assert!(here().read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn today_needs_no_date() {
        let show = |text: &str| here().show(text.parse().unwrap());
        assert_eq!(show("2026-11-21T22:15:07.12Z"), "00:15:07.120");
        assert_eq!(show("2026-11-21T21:15:07Z"), "2026-11-21 23:15:07");
    }

    #[test]
    fn durations_have_about_three_digits() {
        let shown = [412, 9_999, 12_400, 999_000, 1_250_000, 75_000_000, 3_700_000_000, 200_000_000_000]
            .map(|micros| show_duration(Duration::from_micros(micros)));
        assert_eq!(shown, ["0.4ms", "9.9ms", "12ms", "999ms", "1.2s", "1m15s", "1h01m", "2d"]);
        assert_eq!(show_span(SignedDuration::from_secs(-5)), "0.0ms");
    }
}
