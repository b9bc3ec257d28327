//! What a hook promises its callers, and how much it takes on.

use std::time::Duration;

use crate::response::Outcome;

/// How a hook treats its deliveries. The defaults are those of the configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// When the caller is answered.
    pub reply: Reply,
    /// How long a caller waits for the response before it gets 429.
    pub deadline: Duration,
    /// How long one run may take.
    pub timeout: Duration,
    /// How many runs go on side by side.
    pub concurrency: usize,
    /// How many deliveries may wait before callers get 429.
    pub queue: usize,
    /// What keeps deliveries from overlapping.
    pub lane: LaneRule,
    /// When and how often the host tries again by itself.
    pub retry: RetryPolicy,
    /// What becomes of a lane when the host gives up on a delivery in it.
    pub on_park: OnPark,
    /// How long the user's token is taken to be good, from receipt.
    pub token_lifetime: Duration,
    /// The largest body that is taken, in bytes.
    pub body_bytes_max: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            reply: Reply::Result,
            deadline: Duration::from_secs(30),
            timeout: Duration::from_mins(15),
            concurrency: 80,
            queue: 1000,
            lane: LaneRule::Book,
            retry: RetryPolicy::default(),
            on_park: OnPark::Continue,
            token_lifetime: Duration::from_hours(1),
            body_bytes_max: 1024 * 1024,
        }
    }
}

/// How long a journal keeps deliveries that are settled or unmatched. All others are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// So long after they were settled.
    pub keep: Option<Duration>,
    /// As long as everything in the journal takes no more than so many bytes; the oldest go first.
    pub bytes_max: Option<u64>,
}

impl Retention {
    /// For ever.
    pub const UNLIMITED: Self = Self { keep: None, bytes_max: None };
}

impl Default for Retention {
    fn default() -> Self {
        Self { keep: Some(Duration::from_hours(30 * 24)), bytes_max: Some(10 << 30) }
    }
}

/// When the caller is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// With the handler's response.
    Result,
    /// As soon as the event is durable; the host tries again by itself.
    Accepted,
}

/// What becomes of a lane when the host gives up on a delivery in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnPark {
    /// It goes on with the next delivery.
    #[default]
    Continue,
    /// It is paused until that delivery is settled after all, or a person resumes it.
    Hold,
}

/// What keeps two deliveries of a hook from overlapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LaneRule {
    /// The same book.
    Book,
    /// Nothing.
    None,
    /// The same value at this JSON pointer into the payload.
    Pointer(Box<str>),
}

/// When and how often the host tries a failed run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// After so many runs it gives up.
    pub max_runs: u32,
    /// The wait before the second run; it doubles with each further one.
    pub first: Duration,
    /// The longest wait.
    pub max: Duration,
    /// After so long since receipt it gives up.
    pub max_age: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_runs: 20,
            first: Duration::from_secs(1),
            max: Duration::from_mins(10),
            max_age: Duration::from_hours(24),
        }
    }
}

/// A share of a wait that is left to chance, so that many retries do not come at once: 0 is none of it, 255 all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jitter(pub u8);

impl RetryPolicy {
    /// How long to wait after `failed_runs` runs that failed.
    ///
    /// Doubles from `first` up to `max`; up to half of it is left to `jitter`. A handler's own Retry-After is
    /// honoured when it is longer, up to `max`.
    pub fn delay(&self, failed_runs: u32, retry_after: Option<Duration>, jitter: Jitter) -> Duration {
        let doublings = failed_runs.saturating_sub(1).min(31);
        let full = self.first.saturating_mul(1 << doublings).min(self.max);
        let spread = full / 2 * u32::from(jitter.0) / 255;
        full.saturating_sub(spread).max(retry_after.unwrap_or_default()).min(self.max)
    }
}

/// Whether the user's token is kept, sealed, after a delivery ended so that it can be replayed.
pub fn keeps_token_after(outcome: Outcome) -> bool {
    outcome == Outcome::Error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_the_maximum() {
        let policy = RetryPolicy::default();
        let waits: Vec<u64> = (1..=12).map(|n| policy.delay(n, None, Jitter(0)).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
        assert_eq!(policy.delay(u32::MAX, None, Jitter(0)), policy.max);
    }

    #[test]
    fn jitter_takes_at_most_half_away() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.delay(3, None, Jitter(255)), Duration::from_secs(2));
    }

    #[test]
    fn the_handlers_wish_is_honoured_up_to_the_maximum() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.delay(1, Some(Duration::from_secs(30)), Jitter(9)), Duration::from_secs(30));
        assert_eq!(policy.delay(1, Some(Duration::from_hours(24)), Jitter(9)), policy.max);
    }
}
