//! The sandbox's time: the machine's, moved or stopped where a test wants it so.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Tells the time. The only place of the sandbox that reads the machine's clock.
#[derive(Debug)]
pub(crate) struct Clock(Mutex<Setting>);

/// How the clock goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// As the machine's, so much ahead of it.
    Running { ahead: SignedDuration },
    /// Not at all: it stands until it is moved.
    Stopped { at: Timestamp },
}

impl Clock {
    pub(crate) fn new(setting: Setting) -> Self {
        Self(Mutex::new(setting))
    }

    pub(crate) fn now(&self) -> Timestamp {
        match self.setting() {
            Setting::Running { ahead } => Timestamp::now().saturating_add(ahead).unwrap_or(Timestamp::MAX),
            Setting::Stopped { at } => at,
        }
    }

    pub(crate) fn setting(&self) -> Setting {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, setting: Setting) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = setting;
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(Setting::Running { ahead: SignedDuration::ZERO })
    }
}
