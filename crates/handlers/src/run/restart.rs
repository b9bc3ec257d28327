//! When a server that has ended is started again, and when it is given up.

use std::collections::VecDeque;
use std::time::Duration;

use bookhook_model::units::show_duration;
use tokio::time::Instant;

/// How a server is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestartPolicy {
    /// The wait before the first restart; it doubles with each further one.
    pub first: Duration,
    /// The longest wait.
    pub max: Duration,
    /// After so many restarts within `within` it is given up.
    pub max_restarts: u32,
    /// Restarts that are longer ago count no more, neither here nor for the wait.
    pub within: Duration,
}

impl Default for RestartPolicy {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(250),
            max: Duration::from_secs(30),
            max_restarts: 10,
            within: Duration::from_mins(10),
        }
    }
}

impl RestartPolicy {
    /// `10 restarts within 10m`
    pub(super) fn told(&self) -> String {
        let restarts = if self.max_restarts == 1 { "restart" } else { "restarts" };
        format!("{} {restarts} within {}", self.max_restarts, show_duration(self.within))
    }
}

/// The restarts of late.
#[derive(Debug)]
pub(super) struct Restarts {
    policy: RestartPolicy,
    lately: VecDeque<Instant>,
}

impl Restarts {
    pub(super) fn new(policy: RestartPolicy) -> Self {
        Self { policy, lately: VecDeque::new() }
    }

    /// How long to wait before the next one, which is counted; `None` if there were too many.
    pub(super) fn next(&mut self, now: Instant) -> Option<Duration> {
        let RestartPolicy { first, max, max_restarts, within } = self.policy;
        while self.lately.front().is_some_and(|then| now.duration_since(*then) >= within) {
            self.lately.pop_front();
        }
        let lately = u32::try_from(self.lately.len()).unwrap_or(u32::MAX);
        if lately >= max_restarts {
            return None;
        }
        self.lately.push_back(now);
        Some(first.saturating_mul(1 << lately.min(31)).min(max))
    }

    /// It begins anew.
    pub(super) fn forget(&mut self) {
        self.lately.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RestartPolicy = RestartPolicy {
        first: Duration::from_millis(250),
        max: Duration::from_secs(1),
        max_restarts: 4,
        within: Duration::from_mins(1),
    };

    #[test]
    fn the_wait_doubles_up_to_the_longest_and_then_it_is_given_up() {
        let (mut restarts, now) = (Restarts::new(POLICY), Instant::now());
        let waits: Vec<_> = (0..6).map(|_| restarts.next(now).map(|wait| wait.as_millis())).collect();
        assert_eq!(waits, [Some(250), Some(500), Some(1000), Some(1000), None, None]);
        restarts.forget();
        assert_eq!(restarts.next(now), Some(POLICY.first));
        assert_eq!(POLICY.told(), "4 restarts within 1m");
    }

    #[test]
    fn what_was_long_ago_counts_no_more() {
        let (mut restarts, now) = (Restarts::new(POLICY), Instant::now());
        for minute in 0..100 {
            let now = now + POLICY.within * minute;
            assert_eq!(restarts.next(now), Some(POLICY.first));
        }
    }

    #[test]
    fn no_number_is_too_large() {
        let policy = RestartPolicy { first: Duration::MAX, max_restarts: 100, ..POLICY };
        let mut restarts = Restarts::new(policy);
        assert!((0..100).all(|_| restarts.next(Instant::now()) == Some(POLICY.max)));
    }
}
