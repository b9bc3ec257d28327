//! When the keys are read, and what is answered until then. No I/O: the clock is an argument.

use jiff::{SignedDuration, Timestamp};

use super::key_set::Key;
use super::reader::PublishedKeys;
use crate::identity::refusal::Refusal;

/// How long keys whose time is over go on to be used while no others can be read.
const STALE_MAX: SignedDuration = SignedDuration::from_hours(24);
/// How soon after a read an unknown key is reason enough for another.
const PAUSE_AFTER_SUCCESS: SignedDuration = SignedDuration::from_secs(30);
/// How soon after a failure it is tried again; longer than a read can take.
const PAUSE_AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(10);

/// The keys we have, and how the last attempt to read them went.
#[derive(Default)]
pub(super) struct Schedule {
    held: Option<Held>,
    last_attempt: Option<Attempt>,
}

struct Held {
    published: PublishedKeys,
    read_at: Timestamp,
}

struct Attempt {
    at: Timestamp,
    failed: bool,
}

/// What is known about a key.
pub(super) enum LookUp {
    /// Use it.
    Found(Key),
    /// It is unknown or past its time, and the keys may be read again.
    ReadAgain {
        /// The key past its time: good enough if nothing better is to be had.
        stale: Option<Key>,
    },
    /// It is unknown, and it is too soon to ask again.
    Refused(Refusal),
}

impl Schedule {
    pub(super) fn look_up(&self, id: &str, now: Timestamp) -> LookUp {
        let held = self.held.as_ref().filter(|held| held.is_usable(now));
        let is_fresh = held.is_some_and(|held| held.is_fresh(now));
        let key = held.and_then(|held| held.published.keys.get(id));
        match key {
            Some(key) if is_fresh => LookUp::Found(key),
            stale if self.may_read(now) => LookUp::ReadAgain { stale },
            Some(stale) => LookUp::Found(stale),
            None => LookUp::Refused(self.why_unknown()),
        }
    }

    pub(super) fn succeeded(&mut self, published: PublishedKeys, now: Timestamp) {
        self.held = Some(Held { published, read_at: now });
        self.last_attempt = Some(Attempt { at: now, failed: false });
    }

    /// The keys that we have stay.
    pub(super) fn failed(&mut self, now: Timestamp) {
        self.last_attempt = Some(Attempt { at: now, failed: true });
    }

    fn may_read(&self, now: Timestamp) -> bool {
        self.last_attempt.as_ref().is_none_or(|attempt| attempt.is_over(now))
    }

    /// A key may be new, and we do not know it for want of an answer only.
    fn why_unknown(&self) -> Refusal {
        match &self.last_attempt {
            Some(Attempt { failed: false, .. }) => Refusal::UnknownKey,
            _ => Refusal::KeysUnavailable,
        }
    }
}

impl Held {
    fn is_fresh(&self, now: Timestamp) -> bool {
        now.duration_since(self.read_at) < self.published.fresh_for
    }

    fn is_usable(&self, now: Timestamp) -> bool {
        now.duration_since(self.read_at) < self.published.fresh_for + STALE_MAX
    }
}

impl Attempt {
    /// A clock that was set back by more than the pause must not make us wait until it catches up.
    fn is_over(&self, now: Timestamp) -> bool {
        let pause = if self.failed { PAUSE_AFTER_FAILURE } else { PAUSE_AFTER_SUCCESS };
        now.duration_since(self.at).abs() >= pause
    }
}
