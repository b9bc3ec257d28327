//! When it counts: after the warm-up, for a fixed time.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// How long a measurement takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Span {
    pub(crate) warm_up: Duration,
    pub(crate) length: Duration,
}

/// The time in which answers are counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    from: Instant,
    until: Instant,
}

impl Window {
    pub(crate) fn beginning_now(span: Span) -> Self {
        let from = Instant::now() + span.warm_up;
        Self { from, until: from + span.length }
    }

    pub(crate) fn counts(&self, moment: Instant) -> bool {
        (self.from..self.until).contains(&moment)
    }

    pub(crate) fn is_over(&self, moment: Instant) -> bool {
        moment >= self.until
    }

    /// Takes something at the window's beginning and end.
    pub(crate) async fn around<T>(&self, take: impl Fn() -> T) -> (T, T) {
        tokio::time::sleep_until(self.from.into()).await;
        let before = take();
        tokio::time::sleep_until(self.until.into()).await;
        (before, take())
    }
}
