//! What happens by the clock alone: retries come due, callers turn out to be gone, tokens expire.

use std::error::Error;
use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use tracing::warn;

use crate::dispatcher::Shared;
use crate::scheduler::Happened;
use crate::verdict::caller_is_gone_before;

/// How often the journal is looked through for what time has overtaken.
const SWEEP: Duration = Duration::from_mins(1);
/// A clock that is put right by less than this is not taken for one that was set back.
const SET_BACK_MIN: Duration = Duration::from_secs(1);

/// Both tasks end when the dispatcher is gone.
pub(crate) fn start(shared: &Arc<Shared>) {
    tokio::spawn(alarm(Arc::downgrade(shared)));
    tokio::spawn(sweep(Arc::downgrade(shared)));
}

/// Wakes the scheduler when the first of its resting deliveries is due.
async fn alarm(shared: Weak<Shared>) {
    let mut seen = None;
    loop {
        let Some(strong) = shared.upgrade() else { return };
        let now = (strong.clock)();
        if let Some(by) = seen.replace((now, Instant::now())).and_then(|seen| set_back(seen, now)) {
            warn!(?by, "the machine's clock was set back");
            strong.happened(Happened::SetBack(by));
        }
        let due = strong.desk().scheduler.wake_at();
        let moved = Arc::clone(&strong.alarm_moved);
        let wait = wait(due, now);
        drop(strong);
        if tokio::time::timeout(wait, moved.notified()).await.is_err() {
            let Some(strong) = shared.upgrade() else { return };
            strong.happened(Happened::TimePassed);
        }
    }
}

async fn sweep(shared: Weak<Shared>) {
    loop {
        let Some(strong) = shared.upgrade() else { return };
        erase_expired_tokens(&strong).await;
        park_overdue(&strong).await;
        tidy(&strong).await;
        drop(strong);
        tokio::time::sleep(SWEEP).await;
    }
}

async fn erase_expired_tokens(shared: &Shared) {
    loop {
        match shared.journal.erase_expired_tokens((shared.clock)()).await {
            Ok(0) => return,
            // There may be more: it is done in small portions, so that others can write in between.
            Ok(_) => {}
            Err(failed) => {
                warn!(error = &failed as &dyn Error, "expired tokens could not be erased; it is tried again");
                return;
            }
        }
    }
}

async fn tidy(shared: &Shared) {
    if let Err(failed) = shared.journal.tidy().await {
        warn!(error = &failed as &dyn Error, "the journal could not be tidied; it is tried again");
    }
}

async fn park_overdue(shared: &Shared) {
    let now = (shared.clock)();
    for hook in &shared.hooks {
        let (before, reason) = caller_is_gone_before(&hook.policy.retry, now);
        match shared.journal.park_awaiting_callers(hook.name.clone(), before, reason, now).await {
            Ok(0) => {}
            Ok(parked) => warn!(hook = %hook.name, parked, "callers did not come back; parked"),
            Err(failed) => {
                let error = &failed as &dyn Error;
                warn!(hook = %hook.name, error, "overdue deliveries could not be parked; it is tried again");
            }
        }
    }
}

/// By how much the clock was set back since it was seen, if that is much.
fn set_back((seen, at): (Timestamp, Instant), now: Timestamp) -> Option<Duration> {
    let expected = seen.saturating_add(at.elapsed()).ok()?;
    Duration::try_from(expected.duration_since(now)).ok().filter(|by| *by > SET_BACK_MIN)
}

/// Until the clock is looked at again: it may have been set before what is far off by now is due.
fn wait(due: Option<Timestamp>, now: Timestamp) -> Duration {
    let until = |due: Timestamp| Duration::try_from(due.duration_since(now)).unwrap_or_default();
    due.map_or(SWEEP, until).min(SWEEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_delays_no_retry_for_long() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        assert_eq!(wait(Some(now + Duration::from_secs(5)), now), Duration::from_secs(5));
        assert_eq!(wait(Some(now - Duration::from_secs(5)), now), Duration::ZERO);
        assert_eq!(wait(Some(now + Duration::from_hours(3)), now), SWEEP);
        assert_eq!(wait(None, now), SWEEP);
    }
}
