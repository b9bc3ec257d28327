//! How long to wait before an event is sent again.

use std::time::Duration;

/// Waits that double from the first to the longest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    pub(crate) first: Duration,
    pub(crate) longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_mins(1) }
    }
}

impl Backoff {
    /// The wait after so many tries. What the app asks for counts when it is longer, up to the longest wait.
    pub(super) fn wait(self, tries: u32, asked: Option<Duration>) -> Duration {
        let doubled = 2_u32.saturating_pow(tries.saturating_sub(1));
        let growing = self.first.saturating_mul(doubled);
        growing.max(asked.unwrap_or_default()).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let backoff = Backoff::default();
        let waits = [1, 2, 3, 6, 7, u32::MAX].map(|tries| backoff.wait(tries, None).as_secs());
        assert_eq!(waits, [1, 2, 4, 32, 60, 60]);
    }

    #[test]
    fn an_app_may_ask_for_more_time_but_not_for_ever() {
        let wait = |tries, asked| Backoff::default().wait(tries, Some(Duration::from_secs(asked))).as_secs();
        assert_eq!([wait(1, 10), wait(5, 10), wait(1, 0), wait(1, 86400)], [10, 16, 1, 60]);
    }
}
