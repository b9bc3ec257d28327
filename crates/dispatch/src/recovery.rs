//! At start: what was accepted and not settled is taken up again.

use std::sync::Arc;

use tracing::{info, warn};

use bookhook_journal::{Unsettled, WriteError};
use bookhook_model::Cause;

use crate::desk::Stay;
use crate::dispatcher::Shared;
use crate::scheduler::Happened;
use crate::verdict::Driver;

/// Puts every unsettled delivery into its lane, in order of append, before anything new can come.
pub(crate) async fn recover(shared: &Arc<Shared>) -> Result<(), WriteError> {
    let found = shared.journal.recover((shared.clock)()).await?;
    for name in &found.paused {
        if let Some(hook) = shared.hook_index(name) {
            shared.happened(Happened::Paused(hook));
        }
    }
    let (mut recovered, mut homeless) = (0_usize, 0_usize);
    // Those that a busy handler sent away are their callers' to bring again.
    let ours = found.unsettled.into_iter().filter(|unsettled| !unsettled.awaits_caller);
    for unsettled in ours {
        if take_up(shared, unsettled) {
            recovered += 1;
        } else {
            homeless += 1;
        }
    }
    if recovered > 0 {
        info!(deliveries = recovered, "found unsettled deliveries; they run again");
    }
    if homeless > 0 {
        warn!(
            deliveries = homeless,
            "unsettled deliveries belong to hooks that are not configured; they wait"
        );
    }
    Ok(())
}

fn take_up(shared: &Arc<Shared>, unsettled: Unsettled) -> bool {
    let Some(hook) = shared.hook_index(&unsettled.hook) else { return false };
    let now = (shared.clock)();
    let mut desk = shared.desk();
    let ticket = desk.next_ticket();
    let stay = Stay {
        id: unsettled.id,
        hook,
        cause: Cause::Recovery,
        driver: Driver::Host,
        runs: unsettled.runs,
        received_at: unsettled.received_at,
        event: None,
        callers: Vec::new(),
    };
    desk.enter(ticket, stay);
    let not_before = unsettled.next_run_at.unwrap_or(now);
    let happened = Happened::Recovered { ticket, hook, lane: unsettled.lane, not_before };
    let actions = desk.step(happened, now);
    shared.perform(&mut desk, actions);
    true
}
