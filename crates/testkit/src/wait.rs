//! Waiting for what must become true.

use std::time::{Duration, Instant};

use tokio::time::sleep;

/// After so long a test has failed.
pub const BOUND: Duration = Duration::from_secs(20);

/// How often is looked.
const PACE: Duration = Duration::from_millis(2);

/// Asks until there is something, and fails the test if there is nothing in time. The bound is real time even where
/// tokio's is paused.
pub async fn eventually<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let until = Instant::now() + BOUND;
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(Instant::now() < until, "it was not seen within {BOUND:?}: {what}");
        sleep(PACE).await;
    }
}

/// The future's output, which must come in time.
pub async fn in_time<T>(what: &str, future: impl Future<Output = T>) -> T {
    let Ok(output) = tokio::time::timeout(BOUND, future).await else {
        panic!("it did not end within {BOUND:?}: {what}")
    };
    output
}
