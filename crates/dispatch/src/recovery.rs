//! At start: what was accepted and not settled is taken up again.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use tracing::{info, warn};

use bookhook_journal::{Unsettled, WriteError};
use bookhook_model::{Cause, DeliveryId, HookName, LaneKey, RunNumber};

use crate::desk::{Entering, Stay};
use crate::dispatcher::Shared;
use crate::scheduler::Happened;
use crate::verdict::{Driver, due_after_interrupted};

/// Puts every unsettled delivery into its lane, in order of append, before anything new can come. There may be very many,
/// so they are read in portions. Nothing begins before [all are there](crate::hosts::take_over_ends).
pub(crate) async fn recover(shared: &Arc<Shared>) -> Result<(), WriteError> {
    shared.desk().take_over_begins();
    let found = shared.journal.recover((shared.clock)(), shared.serves()).await?;
    for name in &found.paused {
        if let Some(hook) = shared.hook_index(name) {
            shared.happened(Happened::Paused(hook));
        }
    }
    let held_for: HashSet<_> = found.paused_lanes.iter().filter_map(|lane| lane.held_for).collect();
    for lane in found.paused_lanes {
        shared.recover_paused_lane(lane);
    }
    let (mut recovered, mut homeless) = (0_usize, BTreeMap::<HookName, usize>::new());
    let (mut backlog, mut lanes) = (found.unsettled, Lanes { held_for, last: HashMap::new() });
    while let Some(portion) = backlog.take_portion() {
        let portion = shared.journal.unsettled(portion).await?;
        // Those that a busy handler sent away are their callers' to bring again.
        for mut unsettled in portion.into_iter().filter(|unsettled| !unsettled.awaits_caller) {
            unsettled.after = lanes.next(&unsettled);
            let hook = unsettled.hook.clone();
            if take_up(shared, unsettled) {
                recovered += 1;
            } else {
                *homeless.entry(hook).or_default() += 1;
            }
        }
    }
    if recovered > 0 {
        info!(deliveries = recovered, "found unsettled deliveries; they run again");
    }
    if found.sealed_otherwise > 0 {
        warn!(
            deliveries = found.sealed_otherwise,
            "tokens were sealed with another key than this host's (BOOKHOOK_KEY, or the journal's key file); their \
             deliveries will be parked: end the host and give it that key, or let their senders send them again"
        );
    }
    for (hook, deliveries) in homeless {
        warn!(%hook, deliveries, "unsettled deliveries of a hook that is not configured; they wait until it is");
    }
    Ok(())
}

/// They come in the order of the lanes: each is to go after the one before it in its lane, and before what has come since.
struct Lanes {
    /// What a lane waits for goes before all others, and tells nothing of the order.
    held_for: HashSet<DeliveryId>,
    last: HashMap<(HookName, LaneKey), DeliveryId>,
}

impl Lanes {
    /// Who comes before this one.
    fn next(&mut self, unsettled: &Unsettled) -> Option<DeliveryId> {
        let lane = unsettled.lane.clone().filter(|_| !self.held_for.contains(&unsettled.id))?;
        self.last.insert((unsettled.hook.clone(), lane), unsettled.id)
    }
}

/// Puts it into its lane, unless it is there. Gives whether this host can run it.
pub(crate) fn take_up(shared: &Arc<Shared>, unsettled: Unsettled) -> bool {
    let Some(hook) = shared.hook_index(&unsettled.hook) else { return false };
    let now = (shared.clock)();
    let mut desk = shared.desk();
    if desk.ticket_of(unsettled.id).is_some() {
        return true;
    }
    let ticket = desk.next_ticket();
    let (_, callers) = desk.waits_elsewhere(unsettled.id).unwrap_or((hook, Vec::new()));
    let mut stay = Stay::new(Entering {
        id: unsettled.id,
        hook,
        cause: Cause::Recovery,
        driver: Driver::Host,
        run: RunNumber(unsettled.runs),
        tries: unsettled.tries,
        received_at: unsettled.received_at,
    });
    stay.join(callers);
    let (id, jitter) = (stay.id, stay.jitter());
    desk.enter(ticket, stay);
    let retry = &shared.policy(hook).retry;
    let rested = || due_after_interrupted(unsettled.tries, retry, now, jitter);
    let not_before = unsettled.next_run_at.unwrap_or_else(rested);
    let happened = Happened::Recovered { ticket, hook, lane: unsettled.lane, not_before };
    let mut actions = desk.step(happened, now);
    // Events may have come while the journal was asked.
    let after = unsettled.after.and_then(|after| desk.ticket_of(after));
    if let Some(later) = desk.scheduler.next_after(ticket, after).filter(|later| *later != ticket) {
        actions.extend(desk.step(Happened::GoesBefore(ticket, later), now));
    }
    actions.extend(desk.let_through(ticket, id, now));
    shared.perform(&mut desk, actions);
    true
}
