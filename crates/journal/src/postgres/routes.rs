//! Which acts must keep their order among themselves: those of one lane, on their track.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use bookhook_model::{DeliveryId, Event, HookName, LaneKey};

use crate::hosts::LaneMark;

/// So many deliveries that are done are remembered at least; of those before, a late note may lose its place in the order.
const DONE_MAX: usize = 1 << 14;

/// Acts of one track are done in the order in which they were handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Track(u64);

impl Track {
    /// Of an act that is done alone.
    pub(super) const ANY: Self = Self(0);

    /// Of everything in this lane.
    pub(super) fn of_lane(hook: &HookName, lane: &LaneKey) -> Self {
        Self::of(&(hook.as_str(), &*lane.0))
    }

    /// Of a delivery that is alone in its lane.
    fn of_delivery(id: DeliveryId) -> Self {
        Self::of(&id.to_bytes())
    }

    fn of(what: &impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        Self(hasher.finish())
    }

    /// Of a sending: by its lane; without one, sendings of one event still keep their order.
    pub(super) fn of_event(hook: &HookName, event: &Event, id: DeliveryId) -> Self {
        match (&event.lane, &event.id) {
            (Some(lane), _) => Self::of_lane(hook, lane),
            (None, Some(event)) => Self::of(&(hook.as_str(), &*event.0)),
            (None, None) => Self::of_delivery(id),
        }
    }

    /// What other hosts are told of it.
    pub(super) fn mark(self) -> LaneMark {
        LaneMark(self.0)
    }

    /// Which of so many shards takes it.
    pub(super) fn shard(self, shards: usize) -> usize {
        usize::try_from(self.0 % shards.max(1) as u64).unwrap_or_default()
    }
}

/// The tracks of deliveries.
#[derive(Debug, Default)]
pub(super) struct Routes {
    live: HashMap<DeliveryId, Track>,
    /// Those that are done lately, and those before: a note that a caller was answered comes after the end.
    done: [HashMap<DeliveryId, Track>; 2],
}

impl Routes {
    pub(super) fn track(&self, id: DeliveryId) -> Track {
        let known = [&self.live, &self.done[0], &self.done[1]].into_iter().find_map(|known| known.get(&id));
        known.copied().unwrap_or_else(|| Track::of_delivery(id))
    }

    pub(super) fn enter(&mut self, id: DeliveryId, track: Track) {
        self.live.insert(id, track);
    }

    /// A delivery that is found in the journal.
    pub(super) fn enter_found(&mut self, id: DeliveryId, hook: &HookName, lane: Option<&LaneKey>) {
        if let Some(lane) = lane {
            self.enter(id, Track::of_lane(hook, lane));
        }
    }

    pub(super) fn leave(&mut self, id: DeliveryId) {
        let Some(track) = self.live.remove(&id) else { return };
        if self.done[0].len() >= DONE_MAX {
            self.done.swap(0, 1);
            self.done[0].clear();
        }
        self.done[0].insert(id, track);
    }

    pub(super) fn forget(&mut self, id: DeliveryId) {
        self.live.remove(&id);
    }
}
