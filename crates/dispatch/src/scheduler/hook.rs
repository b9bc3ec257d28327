//! One hook: its lanes, and what it has taken on.

use std::collections::{HashMap, VecDeque};

use super::drain_rate::DrainRate;
use super::lane::{Lane, LaneId};
use super::{Limits, Turn};

#[derive(Debug)]
pub(super) struct Hook {
    pub(super) limits: Limits,
    pub(super) paused: bool,
    /// Those that are not empty, and those that are paused.
    pub(super) lanes: HashMap<LaneId, Lane>,
    /// Lanes whose first delivery could start if there were room, longest waiting first.
    pub(super) ready: VecDeque<LaneId>,
    pub(super) running: usize,
    pub(super) waiting: usize,
    pub(super) drained: DrainRate,
}

impl Hook {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            paused: false,
            lanes: HashMap::new(),
            ready: VecDeque::new(),
            running: 0,
            waiting: 0,
            drained: DrainRate::default(),
        }
    }

    pub(super) fn turn_for(&self, lane: &LaneId) -> Turn {
        let lane = self.lanes.get(lane);
        if self.paused || lane.is_some_and(Lane::is_paused) {
            Turn::Held
        } else if lane.is_none() && self.running < self.limits.concurrency {
            Turn::Now
        } else {
            Turn::Later
        }
    }

    /// The same lane by the name that is kept already: whoever waits in it shares one text.
    pub(super) fn known_as(&self, lane: LaneId) -> LaneId {
        self.lanes.get_key_value(&lane).map_or(lane, |(known, _)| known.clone())
    }

    pub(super) fn pause_lane(&mut self, lane: LaneId) {
        self.lanes.entry(lane).or_default().pause();
    }

    pub(super) fn resume_lane(&mut self, lane_id: &LaneId) {
        if let Some(lane) = self.lanes.get_mut(lane_id) {
            lane.resume();
            self.announce(lane_id);
        }
    }

    /// Puts the lane among the ready ones if its first delivery could start, and forgets a lane that is idle.
    pub(super) fn announce(&mut self, lane_id: &LaneId) {
        let Some(lane) = self.lanes.get_mut(lane_id) else { return };
        if lane.is_idle() {
            self.lanes.remove(lane_id);
        } else if lane.becomes_ready() {
            self.ready.push_back(lane_id.clone());
        }
    }
}
