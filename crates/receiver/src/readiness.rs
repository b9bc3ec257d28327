//! Whether the journal can be written, which anybody may ask as often as they like.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use bookhook_journal::Journal;

/// So long what was found is good: to find out, something is written.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// What was found last. Locked while it is found out, for all that ask meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Arc<Mutex<Option<Found>>>);

#[derive(Debug, Clone, Copy)]
struct Found {
    at: Instant,
    is_ready: bool,
}

impl Readiness {
    pub(crate) async fn of(&self, journal: &Journal) -> bool {
        // What was written last counts too: on a full disk there may be room for a test, and for no event.
        let was_healthy = journal.healthy();
        self.can_write(journal).await && was_healthy
    }

    async fn can_write(&self, journal: &Journal) -> bool {
        let mut last = Arc::clone(&self.0).lock_owned().await;
        if let Some(found) = last.filter(|found| found.at.elapsed() < GOOD_FOR) {
            return found.is_ready;
        }
        let journal = journal.clone();
        // To its end, although nobody may be left who asks: the next one would begin another.
        let found = tokio::spawn(async move {
            let is_ready = journal.check_writable().await.is_ok();
            *last = Some(Found { at: Instant::now(), is_ready });
            is_ready
        });
        found.await.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use bookhook_journal::{Location, Write};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn whoever_asks_at_once_or_soon_after_shares_what_was_found() {
        let journal = Journal::open(&Location::Memory, None).await.unwrap();
        let (journal, faults) = journal.with_faults();
        let readiness = Readiness::default();
        faults.fail_next(1, Write::Upkeep);
        let (one, other) = tokio::join!(readiness.can_write(&journal), readiness.can_write(&journal));
        assert_eq!((one, other), (false, false), "the second has not looked itself");
        assert!(!readiness.can_write(&journal).await);
        tokio::time::advance(GOOD_FOR).await;
        assert!(readiness.can_write(&journal).await);
        faults.fail_next(1, Write::Upkeep);
        assert!(readiness.of(&journal).await);
    }
}
