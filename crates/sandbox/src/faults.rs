//! What goes wrong on purpose, so that a handler or a client can be tested against it. Nothing does, unless it is told.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact::required as friendly;
use serde::{Deserialize, Deserializer, Serialize};

/// What goes wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// When an app is told of an event.
    pub deliveries: DeliveryFaults,
    /// When the API is called.
    pub calls: CallFaults,
}

/// What goes wrong when an app is told of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliveryFaults {
    /// The event is sent late.
    pub slow: Times,
    /// How late.
    #[serde(with = "friendly")]
    pub delay: Duration,
    /// The connection is closed before the app has answered, as if the network had failed: the event is sent again.
    pub hang_up: Times,
    /// How long the app has until then.
    #[serde(with = "friendly")]
    pub patience: Duration,
    /// The app answers, and the answer is lost: the event is sent again.
    pub lost_answer: Times,
    /// The event is sent again although the app answered. The last answer counts.
    pub duplicate: Times,
    /// The event behind the next one is sent first, where there is one.
    pub out_of_order: Times,
    /// The token that comes with the event is expired already.
    pub expired_token: Times,
}

/// What goes wrong when the API is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CallFaults {
    /// The call is answered late.
    pub slow: Times,
    /// How late.
    #[serde(with = "friendly")]
    pub delay: Duration,
    /// The call is answered with 500, and nothing is done.
    pub failure: Times,
    /// The call is answered with 429, and nothing is done.
    pub too_many: Times,
    /// What the call asks for is done, and the connection breaks before the answer is there.
    pub lost_answer: Times,
}

/// How often something goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Times {
    /// Never.
    #[default]
    Never,
    /// The next times, and never after that.
    Next(u32),
    /// By chance, so many times of a hundred.
    #[serde(deserialize_with = "percent")]
    Percent(u8),
}

const DELAY: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_millis(100);

impl Default for DeliveryFaults {
    fn default() -> Self {
        Self {
            slow: Times::Never,
            delay: DELAY,
            hang_up: Times::Never,
            patience: PATIENCE,
            lost_answer: Times::Never,
            duplicate: Times::Never,
            out_of_order: Times::Never,
            expired_token: Times::Never,
        }
    }
}

impl Default for CallFaults {
    fn default() -> Self {
        Self {
            slow: Times::Never,
            delay: DELAY,
            failure: Times::Never,
            too_many: Times::Never,
            lost_answer: Times::Never,
        }
    }
}

impl Times {
    /// Whether it goes wrong this time, given a number from 0 to 99 that is left to chance.
    fn strike(&mut self, chance: u8) -> bool {
        match self {
            Self::Never | Self::Next(0) => false,
            Self::Next(times) => {
                *times -= 1;
                true
            }
            Self::Percent(percent) => chance < *percent,
        }
    }
}

fn percent<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    let percent = u8::deserialize(from)?;
    let too_many = || serde::de::Error::custom(format_args!("{percent} is more than 100 percent"));
    (percent <= 100).then_some(percent).ok_or_else(too_many)
}

/// What goes wrong in a running sandbox.
#[derive(Debug)]
pub(crate) struct Mischief {
    at_first: Faults,
    now: Mutex<Faults>,
}

impl Mischief {
    pub(crate) fn new(faults: Faults) -> Self {
        Self { at_first: faults.clone(), now: Mutex::new(faults) }
    }

    /// What is still to go wrong.
    pub(crate) fn faults(&self) -> Faults {
        self.with(|faults| faults.clone())
    }

    pub(crate) fn set(&self, new: Faults) {
        self.with(|faults| *faults = new);
    }

    pub(crate) fn reset(&self) {
        self.set(self.at_first.clone());
    }

    /// Whether this fault strikes now. What strikes so many times is counted.
    pub(crate) fn strikes(&self, fault: impl FnOnce(&mut Faults) -> &mut Times) -> bool {
        self.with(|faults| fault(faults).strike(rand::random_range(0..100)))
    }

    fn with<T>(&self, run: impl FnOnce(&mut Faults) -> T) -> T {
        run(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn faults_are_written_as_they_are_read() {
        let written = json!({"deliveries": {"slow": {"percent": 10}, "delay": "250ms"}, "calls": {"failure": {"next": 2}}});
        let faults: Faults = serde_json::from_value(written).unwrap();
        assert_eq!(faults.deliveries.slow, Times::Percent(10));
        assert_eq!(faults.deliveries.delay, Duration::from_millis(250));
        assert_eq!(faults.calls, CallFaults { failure: Times::Next(2), ..CallFaults::default() });
        let shown = serde_json::to_value(&faults).unwrap();
        assert_eq!(shown["calls"]["delay"], "1s");
        assert_eq!(shown["calls"]["slow"], "never");
        assert_eq!(serde_json::from_value::<Faults>(shown).unwrap(), faults);
    }

    #[test]
    fn what_is_no_fault_is_refused() {
        for json in [
            json!({"call": {}}),
            json!({"calls": {"failures": "never"}}),
            json!({"calls": {"delay": 3}}),
            json!({"calls": {"failure": {"percent": 101}}}),
        ] {
            assert!(serde_json::from_value::<Faults>(json.clone()).is_err(), "{json}");
        }
    }

    #[test]
    fn the_next_times_are_counted() {
        let mut times = Times::Next(2);
        assert_eq!([(); 4].map(|()| times.strike(99)), [true, true, false, false]);
    }

    #[test]
    fn by_chance_means_so_many_of_a_hundred() {
        let strikes = |percent| (0..100).filter(|chance| Times::Percent(percent).strike(*chance)).count();
        assert_eq!([0, 1, 30, 100, 255].map(strikes), [0, 1, 30, 100, 100]);
        assert!((0..100).all(|chance| !Times::Never.strike(chance)));
    }
}
