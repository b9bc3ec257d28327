//! The sandbox's time: the machine's, moved or stopped where a test wants it so.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};

/// Tells the time. The only place of the sandbox that reads the machine's clock.
#[derive(Debug, Default)]
pub(crate) struct Clock(Mutex<Setting>);

/// How the clock goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Setting {
    /// As the machine's, so much ahead of it.
    Running { ahead: SignedDuration },
    /// Not at all: it stands until it is moved.
    Stopped { at: Timestamp },
}

impl Default for Setting {
    fn default() -> Self {
        Self::Running { ahead: SignedDuration::ZERO }
    }
}

/// What the clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Time {
    /// The time in the sandbox.
    pub now: Timestamp,
    /// Whether it goes on.
    pub running: bool,
}

/// How the clock is changed: set or advanced, stopped or made to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeChange {
    /// The time that it is from now on.
    #[serde(default, deserialize_with = "time")]
    now: Option<Timestamp>,
    /// How much later it is than it would be.
    #[serde(default, deserialize_with = "duration")]
    advance: Option<SignedDuration>,
    /// Whether the clock runs.
    #[serde(default)]
    running: Option<bool>,
}

/// The clock cannot be changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClockError {
    /// It cannot be set to a time that does not exist.
    #[error("there is no such time: the clock goes from -009999 to 9999")]
    NoSuchTime,
    /// The sandbox's data cannot be written, where the clock is kept.
    #[error("cannot write the sandbox's data")]
    Write(#[from] rusqlite::Error),
}

impl TimeChange {
    /// It is this time.
    pub fn set(now: Timestamp) -> Self {
        Self { now: Some(now), ..Self::default() }
    }

    /// It is so much later.
    pub fn advance(by: SignedDuration) -> Self {
        Self { advance: Some(by), ..Self::default() }
    }

    /// The clock stands still from now on.
    pub fn stop() -> Self {
        Self { running: Some(false), ..Self::default() }
    }

    /// The clock goes on from where it is.
    pub fn run() -> Self {
        Self { running: Some(true), ..Self::default() }
    }
}

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        self.setting().now(Timestamp::now())
    }

    /// The machine's own time: those outside who check a signature know no other.
    pub(crate) fn of_machine() -> Timestamp {
        Timestamp::now()
    }

    pub(crate) fn time(&self) -> Time {
        let setting = self.setting();
        let running = matches!(setting, Setting::Running { .. });
        Time { now: setting.now(Timestamp::now()), running }
    }

    /// How it would go after the change.
    pub(crate) fn changed(&self, change: TimeChange) -> Result<Setting, ClockError> {
        self.setting().changed(change, Timestamp::now())
    }

    /// Goes so from now on.
    pub(crate) fn set(&self, setting: Setting) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = setting;
    }

    fn setting(&self) -> Setting {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Setting {
    fn now(self, machine: Timestamp) -> Timestamp {
        match self {
            Self::Running { ahead } => machine.saturating_add(ahead).unwrap_or(Timestamp::MAX),
            Self::Stopped { at } => at,
        }
    }

    fn changed(self, change: TimeChange, machine: Timestamp) -> Result<Self, ClockError> {
        let now = change.now.unwrap_or(self.now(machine));
        let now = now.checked_add(change.advance.unwrap_or_default()).map_err(|_| ClockError::NoSuchTime)?;
        let running = change.running.unwrap_or(matches!(self, Self::Running { .. }));
        Ok(if running {
            Self::Running { ahead: now.duration_since(machine) }
        } else {
            Self::Stopped { at: now }
        })
    }
}

fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let no_time =
        |_| serde::de::Error::custom(format_args!("{text:?} is no time; write 2026-03-02T10:00:00Z"));
    text.parse().map(Some).map_err(no_time)
}

/// A duration as people write it: `36h`, `90 days`, `1h 30m`. A day has 24 hours.
pub(crate) fn duration<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SignedDuration>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let no_duration =
        |_| serde::de::Error::custom(format_args!("{text:?} is no duration; write `90s`, `36h`, `7 days`"));
    let span: Span = text.parse().map_err(no_duration)?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).map(Some).map_err(no_duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn change(json: &str) -> TimeChange {
        serde_json::from_str(json).unwrap()
    }

    const MACHINE: &str = "2026-03-02T10:00:00Z";

    #[test]
    fn a_clock_that_was_moved_goes_on_from_there() {
        let moved = Setting::default().changed(change(r#"{"advance": "36h"}"#), at(MACHINE)).unwrap();
        assert_eq!(moved.now(at(MACHINE)), at("2026-03-03T22:00:00Z"));
        let set = moved.changed(change(r#"{"now": "2030-01-01T00:00:00Z"}"#), at(MACHINE)).unwrap();
        assert_eq!(set.now(at("2026-03-02T10:00:05Z")), at("2030-01-01T00:00:05Z"));
    }

    #[test]
    fn a_clock_that_was_stopped_stands_until_it_is_moved() {
        let stopped = Setting::default().changed(TimeChange::stop(), at(MACHINE)).unwrap();
        assert_eq!(stopped.now(at("2026-03-02T12:00:00Z")), at(MACHINE));
        let moved = stopped.changed(change(r#"{"advance": "7 days"}"#), at("2026-03-02T12:00:00Z")).unwrap();
        assert_eq!(moved, Setting::Stopped { at: at("2026-03-09T10:00:00Z") });
        let running = moved.changed(TimeChange::run(), at("2026-03-02T12:00:00Z")).unwrap();
        assert_eq!(running.now(at("2026-03-02T12:01:00Z")), at("2026-03-09T10:01:00Z"));
    }

    #[test]
    fn there_is_an_end_of_time() {
        let beyond = Setting::default().changed(change(r#"{"advance": "99999 weeks"}"#), at(MACHINE));
        assert!(beyond.is_ok());
        let beyond = TimeChange { now: Some(Timestamp::MAX), ..change(r#"{"advance": "1s"}"#) };
        assert!(matches!(Setting::default().changed(beyond, at(MACHINE)), Err(ClockError::NoSuchTime)));
    }

    #[test]
    fn what_is_no_time_or_no_duration_says_how_to_write_one() {
        let error = |json| serde_json::from_str::<TimeChange>(json).unwrap_err().to_string();
        let no_duration = error(r#"{"advance": "soon"}"#);
        assert!(
            no_duration.contains(r#""soon" is no duration; write `90s`, `36h`, `7 days`"#),
            "{no_duration}"
        );
        let no_time = error(r#"{"now": "noon"}"#);
        assert!(no_time.contains(r#""noon" is no time; write 2026-03-02T10:00:00Z"#), "{no_time}");
    }

    #[test]
    fn how_a_clock_goes_is_read_as_it_is_written() {
        for change in [TimeChange::advance(SignedDuration::new(-7, -5)), TimeChange::stop()] {
            let setting = Setting::default().changed(change, at("2026-03-02T10:00:00.123456789Z")).unwrap();
            let written = serde_json::to_string(&setting).unwrap();
            assert_eq!(serde_json::from_str::<Setting>(&written).unwrap(), setting, "{written}");
        }
    }
}
