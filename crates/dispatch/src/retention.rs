//! What is settled and old is removed from the journal, a little at a time.

use std::error::Error;
use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use bookhook_journal::{Cursor, Retain, Retained, WriteError};
use bookhook_model::Retention;

use crate::dispatcher::{Dispatcher, Shared};

/// How often it is looked for what is old.
const SWEEP: Duration = Duration::from_mins(1);
/// After so many sweeps the walk begins anew: what was not settled when it was passed by may be so by now.
const SWEEPS_A_WALK: u32 = 60;

impl Dispatcher {
    /// From now on removes settled and unmatched deliveries that are kept no longer. To be called once.
    pub fn retain(&self, retention: Retention) {
        if retention != Retention::UNLIMITED {
            tokio::spawn(sweep(Arc::downgrade(&self.shared), retention));
        }
    }
}

/// Ends when the dispatcher is gone.
async fn sweep(shared: Weak<Shared>, retention: Retention) {
    loop {
        let mut place = Cursor::START;
        for _ in 0..SWEEPS_A_WALK {
            if let Err(failed) = remove_what_is_old(&shared, retention, &mut place).await {
                let error = &failed as &dyn Error;
                warn!(error, "old deliveries could not be removed; it is tried again");
            }
            if shared.strong_count() == 0 {
                return;
            }
            sleep(SWEEP).await;
        }
    }
}

/// Goes on from the place, up to where everything is younger.
async fn remove_what_is_old(
    shared: &Weak<Shared>,
    retention: Retention,
    place: &mut Cursor,
) -> Result<(), WriteError> {
    let (mut removed, mut is_done) = (0, false);
    while !is_done && let Some(shared) = shared.upgrade() {
        let begun = Instant::now();
        let found = remove_some(&shared, retention, *place).await?;
        (removed, is_done, *place) = (removed + found.removed, found.is_done, found.place);
        drop(shared);
        // Others write for as long as this took, at least.
        sleep(begun.elapsed()).await;
    }
    give_back(shared).await?;
    if removed > 0 {
        info!(deliveries = removed, "removed what was settled and old");
    }
    Ok(())
}

/// The file becomes smaller, when it has become emptier than new deliveries soon fill.
async fn give_back(shared: &Weak<Shared>) -> Result<(), WriteError> {
    let mut is_more = true;
    while is_more && let Some(shared) = shared.upgrade() {
        let begun = Instant::now();
        is_more = shared.journal.give_back().await?;
        drop(shared);
        sleep(begun.elapsed()).await;
    }
    Ok(())
}

async fn remove_some(shared: &Shared, retention: Retention, after: Cursor) -> Result<Retained, WriteError> {
    let now = (shared.clock)();
    let before = |keep| now.saturating_sub(keep).unwrap_or(Timestamp::MIN);
    let settled_before = retention.keep.map(before);
    shared.journal.retain(Retain { settled_before, bytes_max: retention.bytes_max, after }).await
}
