//! What happens by the clock alone: retries come due, callers turn out to be gone, tokens expire.

use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::Timestamp;
use tracing::warn;

use crate::dispatcher::Shared;
use crate::scheduler::Happened;
use crate::verdict::caller_is_gone_before;

/// How often the journal is looked through for what time has overtaken.
const SWEEP: Duration = Duration::from_mins(1);

/// Both tasks end when the dispatcher is gone.
pub(crate) fn start(shared: &Arc<Shared>) {
    tokio::spawn(alarm(Arc::downgrade(shared)));
    tokio::spawn(sweep(Arc::downgrade(shared)));
}

/// Wakes the scheduler when the first of its resting deliveries is due.
async fn alarm(shared: Weak<Shared>) {
    loop {
        let Some(strong) = shared.upgrade() else { return };
        let due = strong.desk().scheduler.wake_at();
        let moved = Arc::clone(&strong.alarm_moved);
        let wait = due.map_or(SWEEP, |due| until(due, (strong.clock)()));
        drop(strong);
        if tokio::time::timeout(wait, moved.notified()).await.is_err() {
            let Some(strong) = shared.upgrade() else { return };
            strong.happened(Happened::TimePassed);
        }
    }
}

async fn sweep(shared: Weak<Shared>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        let Some(strong) = shared.upgrade() else { return };
        let now = (strong.clock)();
        if let Err(failed) = strong.journal.erase_expired_tokens(now).await {
            warn!(error = %failed, "expired tokens could not be erased; it is tried again");
        }
        for hook in &strong.hooks {
            let (before, reason) = caller_is_gone_before(&hook.policy.retry, now);
            match strong.journal.park_awaiting_callers(hook.name.clone(), before, reason, now).await {
                Ok(0) => {}
                Ok(parked) => warn!(hook = %hook.name, parked, "callers did not come back; parked"),
                Err(failed) => {
                    warn!(hook = %hook.name, error = %failed, "overdue deliveries could not be parked");
                }
            }
        }
    }
}

fn until(due: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(due.duration_since(now)).unwrap_or_default()
}
