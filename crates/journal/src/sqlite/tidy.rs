//! What came lately is moved to where it is found among millions: see `0006_finding.sql` and `0008_event_runs.sql`.

mod catalogue;
mod events;

use std::sync::mpsc::Sender;

use tokio::time::Instant;

use crate::error::WriteError;

use super::act::Act;
use super::ask;
use super::reads::Reads;
use super::writer::Message;

/// How much is collected before it is moved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amounts {
    /// So many deliveries may be looked through one by one, before they are catalogued.
    uncatalogued: u32,
    /// So many are catalogued at a time: the more, the more of them come to the same pages.
    catalogued: u32,
    /// So much is catalogued in one act, so that others get their turn: each may be on a page of its own.
    catalogued_slice: usize,
    /// So many recent events become a run.
    recent: u32,
    /// So many of them are moved in one act.
    recent_slice: usize,
}

impl Amounts {
    /// Those of a host.
    pub(super) const USUAL: Self = Self {
        uncatalogued: 16_384,
        catalogued: 32_768,
        catalogued_slice: 512,
        recent: 131_072,
        recent_slice: 2_048,
    };

    /// So small that much is moved in the short life of a simulated host.
    #[cfg(feature = "faults")]
    pub(super) const SMALL: Self =
        Self { uncatalogued: 8, catalogued: 16, catalogued_slice: 5, recent: 16, recent_slice: 5 };
}

/// Who moves.
pub(super) struct Tidying {
    pub(super) queue: Sender<Message>,
    pub(super) reads: Reads,
    pub(super) amounts: Amounts,
}

impl Tidying {
    /// Moves all that is to be moved.
    pub(super) async fn run(self) -> Result<(), WriteError> {
        catalogue::tidy(&self).await?;
        events::tidy(&self).await
    }

    /// Others write for as long as the act took, at least.
    async fn take_turns<A: Act>(&self, act: A) -> Result<A::Found, WriteError> {
        let begun = Instant::now();
        let found = ask(&self.queue, act).await;
        tokio::time::sleep(begun.elapsed()).await;
        found
    }
}
