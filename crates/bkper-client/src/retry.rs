//! When a call is tried again, and after how long. Pure: whoever waits is elsewhere.

use std::time::Duration;

/// How often a call is tried, and how long the client waits in between.
///
/// What fails in passing is tried again: an answer 408, 429 or 5xx, a connection that cannot be made or breaks, an
/// answer that does not come in time. An answer 401 or 403 is not: it would come again.
///
/// A call that may have been done already is repeated only where doing it twice is doing it once. That is so for
/// everything that reads, updates or deletes, and for a transaction that is created with a remote id: Bkper makes no
/// second one with the same id. Calls that would do their work again (an account without a remote id of its own, a
/// merge, a copy, a replay) are repeated only when they were certainly not done: nothing was connected, or the answer
/// was 429.
///
/// The wait doubles from `first` up to `longest`; half of it is left to chance, so that clients which failed together do
/// not come back together. A `Retry-After` makes it longer, but never more than `longest_wish`.
///
/// ```
/// use std::time::Duration;
///
/// use bkper_client::RetryPolicy;
///
/// let policy = RetryPolicy { tries: 3, ..RetryPolicy::default() };
/// let most_random = 1.0;
/// assert_eq!(policy.next_delay(1, None, most_random), Some(Duration::from_millis(500)));
/// assert_eq!(policy.next_delay(2, Some(Duration::from_secs(7)), most_random), Some(Duration::from_secs(7)));
/// assert_eq!(policy.next_delay(3, None, most_random), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a call is tried at most, the first time included.
    pub tries: u32,
    /// The wait after the first try.
    pub first: Duration,
    /// The longest wait that the client chooses itself.
    pub longest: Duration,
    /// The longest wait that a server can ask for with `Retry-After`.
    pub longest_wish: Duration,
}

impl RetryPolicy {
    /// Every call is tried once.
    pub const OFF: Self =
        Self { tries: 1, first: Duration::ZERO, longest: Duration::ZERO, longest_wish: Duration::ZERO };

    /// How long to wait after this try (the first is 1) has failed; `None` when it was the last.
    ///
    /// `retry_after` is what the server asked for, `random` is between 0 and 1.
    pub fn next_delay(&self, tried: u32, retry_after: Option<Duration>, random: f64) -> Option<Duration> {
        if tried >= self.tries {
            return None;
        }
        let doublings = tried.saturating_sub(1).min(31);
        let most = self.first.saturating_mul(1 << doublings).min(self.longest);
        let chosen = most / 2 + (most / 2).mul_f64(random.clamp(0.0, 1.0));
        let wish = retry_after.unwrap_or_default().min(self.longest_wish);
        Some(chosen.max(wish))
    }
}

/// Four tries: after half a second, one and two. A `Retry-After` counts up to half a minute.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 4,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(10),
            longest_wish: Duration::from_secs(30),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn policy() -> RetryPolicy {
        RetryPolicy { tries: 100, first: 100 * MS, longest: 1_000 * MS, longest_wish: 5_000 * MS }
    }

    fn most(tried: u32) -> Option<Duration> {
        policy().next_delay(tried, None, 1.0)
    }

    #[test]
    fn the_wait_doubles_up_to_the_longest() {
        let waits = [1, 2, 3, 4, 5, 40, 99].map(most);
        assert_eq!(waits, [100, 200, 400, 800, 1_000, 1_000, 1_000].map(|ms| Some(ms * MS)));
    }

    #[test]
    fn half_of_the_wait_is_left_to_chance() {
        assert_eq!(policy().next_delay(2, None, 0.0), Some(100 * MS));
        assert_eq!(policy().next_delay(2, None, 0.5), Some(150 * MS));
        assert_eq!(policy().next_delay(2, None, 7.0), Some(200 * MS));
    }

    #[test]
    fn a_wish_is_granted_within_its_limit() {
        let wished = |ms| policy().next_delay(1, Some(ms * MS), 0.0);
        assert_eq!(wished(10), Some(50 * MS), "never sooner than without it");
        assert_eq!(wished(3_000), Some(3_000 * MS));
        assert_eq!(wished(3_600_000), Some(5_000 * MS));
    }

    #[test]
    fn the_last_try_is_followed_by_none() {
        assert_eq!(policy().next_delay(100, Some(MS), 0.5), None);
        assert_eq!(RetryPolicy::OFF.next_delay(1, Some(MS), 0.5), None);
        let never = RetryPolicy { tries: 0, ..policy() };
        assert_eq!(never.next_delay(1, None, 0.5), None);
    }

    #[test]
    fn nothing_overflows() {
        let huge = RetryPolicy { tries: u32::MAX, first: Duration::MAX, longest: Duration::MAX, ..policy() };
        assert!(huge.next_delay(u32::MAX - 1, Some(Duration::MAX), 0.9).is_some());
    }
}
