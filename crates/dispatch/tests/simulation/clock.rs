//! The time of one simulation: tokio's paused time, which only ever goes on, and the clock on the wall, which people set.

use std::cell::Cell;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

thread_local! {
    /// Each thread runs one simulation at a time.
    static WALL: Cell<Timestamp> = const { Cell::new(Timestamp::UNIX_EPOCH) };
}

/// What time it is on the wall.
pub(crate) fn now() -> Timestamp {
    WALL.get()
}

/// The simulation begins.
pub(crate) fn begin() {
    WALL.set(Timestamp::from_second(1_700_000_000).unwrap());
}

/// Time passes, for timers too.
pub(crate) async fn pass(time: Duration) {
    WALL.set(now().saturating_add(time).unwrap());
    tokio::time::advance(time).await;
}

/// Somebody sets the clock.
pub(crate) fn jump(by: SignedDuration) {
    WALL.set(now().saturating_add(by).unwrap());
}
