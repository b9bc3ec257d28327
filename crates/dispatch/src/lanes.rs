//! Lanes that are paused: by people, and for deliveries that were parked (`on_park: hold`).
//!
//! A lane that is held for a delivery goes on when that delivery is settled ([`Desk::lane_goes_on_after`]). Until then,
//! a new stay of that delivery is let through the pause ([`Desk::let_through`]), before all others.

use std::sync::Arc;

use jiff::Timestamp;

use bookhook_journal::{PauseLane, PausedLane, WriteError};
use bookhook_model::{Actor, DeliveryId, LaneKey};

use crate::desk::Desk;
use crate::dispatcher::{Dispatcher, Shared};
use crate::scheduler::{Action, Happened, HookIndex, Ticket};

/// A lane that waits for a delivery to be settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldLane {
    hook: HookIndex,
    lane: LaneKey,
}

impl Dispatcher {
    /// Starts no further run in this lane of the hook; what comes is held. Durable when it returns.
    pub async fn pause_lane(
        &self,
        hook: HookIndex,
        lane: LaneKey,
        reason: Option<&str>,
        who: &Actor,
    ) -> Result<(), WriteError> {
        let now = (self.shared.clock)();
        let act = PauseLane {
            hook: self.shared.hook(hook).name.clone(),
            lane: lane.clone(),
            who: who.clone(),
            reason: reason.map(str::to_owned),
            at: now,
        };
        let written = {
            let mut desk = self.shared.desk();
            let written = self.shared.journal.pause_lane(act);
            desk.overrules(hook, &lane);
            desk.forget_held(hook, &lane);
            let actions = desk.step(Happened::LanePaused { hook, lane }, now);
            self.shared.perform(&mut desk, actions);
            written
        };
        written.await
    }

    /// Starts what was held in the lane, in order, for whatever reason it was paused. Durable when it returns.
    pub async fn resume_lane(&self, hook: HookIndex, lane: LaneKey, who: &Actor) -> Result<(), WriteError> {
        let now = (self.shared.clock)();
        let (written, held_for) = {
            let mut desk = self.shared.desk();
            let name = self.shared.hook(hook).name.clone();
            let written = self.shared.journal.resume_lane(name, lane.clone(), who.clone(), now);
            desk.overrules(hook, &lane);
            let held_for = desk.forget_held(hook, &lane);
            let actions = desk.step(Happened::LaneResumed { hook, lane: lane.clone() }, now);
            self.shared.perform(&mut desk, actions);
            (written, held_for)
        };
        let written = written.await;
        if written.is_err() {
            // To the journal it is still paused, and what is held there cannot begin.
            let mut desk = self.shared.desk();
            desk.pause_lane(hook, lane, held_for, now);
        }
        written
    }
}

impl Shared {
    /// At start: the lane is paused, or waits for a delivery, as it did before.
    pub(crate) fn recover_paused_lane(&self, paused: PausedLane) {
        if let Some(hook) = self.hook_index(&paused.hook) {
            self.desk().pause_lane(hook, paused.lane, paused.held_for, (self.clock)());
        }
    }
}

impl Shared {
    /// The lane was resumed on another host, or what it waited for has settled there.
    pub(crate) fn lane_goes_on(self: &Arc<Self>, hook: HookIndex, lane: LaneKey) {
        let now = (self.clock)();
        let mut desk = self.desk();
        desk.forget_held(hook, &lane);
        let actions = desk.step(Happened::LaneResumed { hook, lane }, now);
        self.perform(&mut desk, actions);
    }
}

impl Desk {
    /// The delivery with this ticket is given up, and its lane waits for it. To be told before the ticket leaves.
    pub(crate) fn hold_lane_for(&mut self, ticket: Ticket, id: DeliveryId, now: Timestamp) -> Vec<Action> {
        let Some(hook) = self.stay(ticket).map(|stay| stay.hook) else { return Vec::new() };
        let Some(lane) = self.scheduler.lane(ticket).cloned() else { return Vec::new() };
        self.pause_lane(hook, lane, Some(id), now);
        // It may have been sent again while the journal decided.
        match self.ticket_of(id).filter(|other| *other != ticket) {
            Some(other) => self.let_through(other, id, now),
            None => Vec::new(),
        }
    }

    /// The delivery is settled: a lane that waits for it goes on. To be told before its ticket leaves, if it has one.
    pub(crate) fn lane_goes_on_after(&mut self, id: DeliveryId, now: Timestamp) -> Vec<Action> {
        match self.held_lanes.remove(&id) {
            Some(HeldLane { hook, lane }) => self.step(Happened::LaneResumed { hook, lane }, now),
            None => Vec::new(),
        }
    }

    /// The delivery has a new stay, with this ticket: if its lane waits for it, it goes first.
    pub(crate) fn let_through(&mut self, ticket: Ticket, id: DeliveryId, now: Timestamp) -> Vec<Action> {
        if self.held_lanes.contains_key(&id) {
            self.step(Happened::LetThrough(ticket), now)
        } else {
            Vec::new()
        }
    }

    fn pause_lane(&mut self, hook: HookIndex, lane: LaneKey, held_for: Option<DeliveryId>, now: Timestamp) {
        if let Some(id) = held_for {
            self.held_lanes.insert(id, HeldLane { hook, lane: lane.clone() });
        }
        // Nothing begins because a lane does not go on.
        self.step(Happened::LanePaused { hook, lane }, now);
    }

    /// It is a person's to say now when the lane goes on. Gives the delivery that it waited for.
    fn forget_held(&mut self, hook: HookIndex, lane: &LaneKey) -> Option<DeliveryId> {
        let is_it = |held: &HeldLane| held.hook == hook && held.lane == *lane;
        let id = self.held_lanes.iter().find_map(|(id, held)| is_it(held).then_some(*id))?;
        self.held_lanes.remove(&id);
        Some(id)
    }
}
