//! How fast a hook gets through its work: what a Retry-After is computed from.

use std::time::Duration;

use jiff::Timestamp;

/// So many seconds count.
const SECONDS: usize = 10;
/// The same as a span of time.
const WINDOW: i64 = 10;

/// Counts per second over the last ten seconds.
#[derive(Debug, Default)]
pub(super) struct DrainRate {
    buckets: [u32; SECONDS],
    /// The second of the newest bucket.
    second: i64,
    started: bool,
}

impl DrainRate {
    /// One more is done.
    pub(super) fn count(&mut self, now: Timestamp) {
        if !self.started {
            self.started = true;
            self.second = now.as_second();
        }
        self.forget_until(now.as_second());
        let slot = Self::slot(self.second);
        self.buckets[slot] = self.buckets[slot].saturating_add(1);
    }

    /// How long `deliveries` take at the present rate; `None` if nothing was done lately.
    pub(super) fn time_for(&self, deliveries: usize, now: Timestamp) -> Option<Duration> {
        let age = now.as_second().saturating_sub(self.second).max(0);
        let done: u64 =
            (age..WINDOW).map(|ago| u64::from(self.buckets[Self::slot(now.as_second() - ago)])).sum();
        if done == 0 {
            return None;
        }
        let seconds = (deliveries as u64).saturating_mul(WINDOW.unsigned_abs()).div_ceil(done);
        Some(Duration::from_secs(seconds))
    }

    fn forget_until(&mut self, second: i64) {
        let steps = second.saturating_sub(self.second);
        for step in 1..=steps.min(WINDOW) {
            self.buckets[Self::slot(self.second.saturating_add(step))] = 0;
        }
        self.second = self.second.max(second);
    }

    fn slot(second: i64) -> usize {
        usize::try_from(second.rem_euclid(WINDOW)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_time_follows_the_rate_of_the_last_ten_seconds() {
        let mut rate = DrainRate::default();
        assert_eq!(rate.time_for(1, at(100)), None);
        for second in 100..110 {
            for _ in 0..5 {
                rate.count(at(second));
            }
        }
        assert_eq!(rate.time_for(50, at(109)), Some(Duration::from_secs(10)));
        assert_eq!(rate.time_for(1, at(109)), Some(Duration::from_secs(1)));
    }

    #[test]
    fn what_was_long_ago_counts_no_more() {
        let mut rate = DrainRate::default();
        rate.count(at(100));
        assert!(rate.time_for(1, at(109)).is_some());
        assert_eq!(rate.time_for(1, at(110)), None);
        rate.count(at(500));
        assert_eq!(rate.time_for(1, at(500)), Some(Duration::from_secs(10)));
    }

    #[test]
    fn a_clock_that_steps_back_does_no_harm() {
        let mut rate = DrainRate::default();
        rate.count(at(100));
        rate.count(at(50));
        assert!(rate.time_for(1, at(100)).is_some());
    }
}
