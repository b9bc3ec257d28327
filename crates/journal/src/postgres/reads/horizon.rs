//! Up to where the order of append is complete.
//!
//! Connections, and hosts, take places in the order of append side by side, and what is in them is seen when their
//! transactions are committed, in whatever order. So a place may be seen while one before it is not yet, and whoever
//! follows the journal must not go beyond that one. All places that were taken at some time are complete when all
//! transactions that were writing deliveries right after it have come to an end.

use std::collections::HashSet;
use std::time::{Duration, Instant};

/// So long a transaction may hold up who follows the journal. A host's ends long before; one of somebody who changes
/// deliveries by hand may not, and takes no places.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// What the database was seen to be like: first the one, then the other.
#[derive(Debug)]
pub(super) struct Sight {
    /// When looking began.
    pub(super) since: Instant,
    /// The last place that was taken.
    pub(super) last: i64,
    /// The transactions that were writing deliveries.
    pub(super) writers: HashSet<String>,
}

/// A place that is complete when these have come to an end.
#[derive(Debug)]
struct Noted {
    last: i64,
    writers: HashSet<String>,
    at: Instant,
}

/// What was seen so far. Readers share it.
#[derive(Debug, Default)]
pub(super) struct Horizon {
    complete: i64,
    noted: Option<Noted>,
    /// Those that took too long; nobody waits for them any more.
    given_up: HashSet<String>,
}

impl Horizon {
    /// Takes in what was seen until now; gives the place up to which everything is there for who looks from now on.
    pub(super) fn complete(&mut self, sight: Sight, now: Instant) -> i64 {
        let Sight { since, last, mut writers } = sight;
        if last < self.complete {
            // The database was put back to an earlier state.
            *self = Self::default();
        }
        self.given_up.retain(|given_up| writers.contains(given_up));
        writers.retain(|writer| !self.given_up.contains(writer));
        // What another reader has noted meanwhile is looked at next time.
        if let Some(noted) = self.noted.take_if(|noted| noted.at <= since) {
            self.look_at(noted, &writers, now);
        }
        if writers.is_empty() {
            self.complete = self.complete.max(last);
        } else if self.noted.is_none() && last > self.complete {
            self.noted = Some(Noted { last, writers, at: now });
        }
        self.complete
    }

    fn look_at(&mut self, noted: Noted, writers: &HashSet<String>, now: Instant) {
        let left = noted.writers.intersection(writers);
        if noted.writers.is_disjoint(writers) {
            self.complete = self.complete.max(noted.last);
        } else if now.duration_since(noted.at) >= PATIENCE {
            self.given_up.extend(left.cloned());
            self.complete = self.complete.max(noted.last);
        } else {
            self.noted = Some(noted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A horizon, and a clock that the test sets.
    struct Given {
        horizon: Horizon,
        now: Instant,
    }

    impl Given {
        fn new() -> Self {
            Self { horizon: Horizon::default(), now: Instant::now() }
        }

        /// A second later.
        fn sees(&mut self, last: i64, writers: &[&str]) -> i64 {
            self.now += Duration::from_secs(1);
            let writers = writers.iter().map(|&writer| writer.to_owned()).collect();
            self.horizon.complete(Sight { since: self.now, last, writers }, self.now)
        }
    }

    #[test]
    fn everything_is_complete_while_nobody_writes() {
        let mut given = Given::new();
        assert_eq!(given.sees(7, &[]), 7);
        assert_eq!(given.sees(9, &[]), 9);
    }

    #[test]
    fn a_place_is_complete_when_those_that_wrote_then_have_ended() {
        let mut given = Given::new();
        assert_eq!(given.sees(7, &["a", "b"]), 0);
        assert_eq!(given.sees(9, &["b", "c"]), 0);
        assert_eq!(given.sees(12, &["c", "d"]), 7);
        assert_eq!(given.sees(15, &["e"]), 12);
    }

    #[test]
    fn who_writes_for_too_long_is_waited_for_once() {
        let mut given = Given::new();
        assert_eq!(given.sees(7, &["slow"]), 0);
        for _ in 1..PATIENCE.as_secs() {
            assert_eq!(given.sees(9, &["slow"]), 0);
        }
        assert_eq!(given.sees(9, &["slow"]), 7);
        assert_eq!(given.sees(10, &["slow"]), 10);
        assert_eq!(given.sees(11, &["slow", "other"]), 10);
        assert_eq!(given.sees(12, &["slow"]), 12);
    }

    #[test]
    fn what_was_seen_before_a_place_was_noted_tells_nothing_of_it() {
        let mut given = Given::new();
        let before = given.now;
        assert_eq!(given.sees(9, &["a"]), 0);
        let late = Sight { since: before, last: 5, writers: HashSet::new() };
        assert_eq!(given.horizon.complete(late, given.now), 5);
        assert_eq!(given.sees(9, &["a"]), 5);
        assert_eq!(given.sees(9, &[]), 9);
    }

    #[test]
    fn a_database_that_was_put_back_is_looked_at_anew() {
        let mut given = Given::new();
        assert_eq!(given.sees(100, &[]), 100);
        assert_eq!(given.sees(50, &["a"]), 0);
        assert_eq!(given.sees(51, &[]), 51);
    }
}
