//! What people do with single deliveries: replay, unpark, park, skip.

use std::sync::Arc;

use bookhook_model::replays::ReplayOptions;
use bookhook_model::{DeliveryId, State};

use crate::life::Life;
use crate::mirror::Entry;
use crate::simulation::Simulation;

/// What a person does with a delivery.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deed {
    Replay,
    Unpark,
    Park,
    Skip,
}

/// Of the latest so many, for the old ones have seen it all.
const RECENT: usize = 40;

impl Simulation<'_> {
    /// Some delivery that it can be done to, or, one time in six, to which it perhaps cannot.
    pub(crate) fn intervene(&mut self, life: &Life<'_>) {
        let deed =
            self.chance.weighted(&[(3, Deed::Replay), (3, Deed::Unpark), (2, Deed::Park), (2, Deed::Skip)]);
        let is_careless = self.chance.one_in(6);
        let fits = |entry: &Entry| is_careless || deed.fits(entry.stand.state);
        let fitting: Vec<DeliveryId> =
            self.mirror.latest(RECENT).filter(|entry| fits(entry)).map(Entry::id).collect();
        let Some(id) = self.chance.pick(&fitting).copied() else { return };
        self.story.tell(format_args!("a person's deed: {deed:?} {id}"));
        if matches!(deed, Deed::Replay | Deed::Unpark) {
            self.mirror.wishes.returns.insert(id);
        }
        life.intervene(id, deed);
    }
}

impl Deed {
    fn fits(self, state: State) -> bool {
        match self {
            Self::Replay => matches!(state, State::Settled | State::Parked | State::Unmatched),
            Self::Unpark => state == State::Parked,
            Self::Park => matches!(state, State::Waiting | State::Held),
            Self::Skip => matches!(state, State::Waiting | State::Held | State::Parked),
        }
    }
}

impl Life<'_> {
    fn intervene(&self, id: DeliveryId, deed: Deed) {
        let (dispatcher, told) = (self.dispatcher.clone(), Arc::clone(&self.told));
        let who = "ana@desk".parse().unwrap();
        tokio::spawn(async move {
            let options = ReplayOptions { without_token: true };
            let done = match deed {
                Deed::Replay => dispatcher.replay(id, options, &who).await,
                Deed::Unpark => dispatcher.unpark(id, &who).await,
                Deed::Park => dispatcher.park(id, None, &who).await,
                Deed::Skip => dispatcher.skip(id, &who).await,
            };
            let done = done.map_or_else(|error| error.to_string(), |()| "done".to_owned());
            told.lock().unwrap().push(format!("{deed:?} {id}: {done}"));
        });
    }
}
