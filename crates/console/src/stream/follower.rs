//! Follows the journal: what is new, and what becomes of what was open.

use std::collections::{BTreeMap, VecDeque};
use std::error::Error;
use std::time::Duration;

use axum::response::sse::Event;
use jiff::Timestamp;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tracing::warn;

use bookhook_journal::{Cursor, Journal, ReadError};
use bookhook_model::{Delivery, DeliveryId, Filter, State};

const POLL: Duration = Duration::from_millis(250);
const PAGE: usize = 500;
/// So many open deliveries are followed, the newest.
const FOLLOWED_MAX: usize = 1000;
/// What may still change without anybody's doing.
const OPEN: [State; 3] = [State::Waiting, State::Running, State::Held];

/// One reader's view of the journal.
pub(super) struct Follower {
    journal: Journal,
    filter: Filter,
    end: Cursor,
    open: BTreeMap<DeliveryId, Followed>,
    events: VecDeque<Event>,
    ticks: Interval,
}

/// A delivery that may still change.
#[derive(Debug, Clone, Copy)]
struct Followed {
    look: Look,
    /// A place before it.
    before: Cursor,
}

/// By what a change is noticed.
type Look = (State, Option<Timestamp>, Option<Timestamp>);

fn look(delivery: &Delivery) -> Look {
    (delivery.state, delivery.settled_at, delivery.next_run_at)
}

impl Follower {
    /// From this place on; without one, from now on.
    pub(super) async fn start(
        journal: Journal,
        filter: Filter,
        from: Option<Cursor>,
    ) -> Result<Self, ReadError> {
        let now = journal.end().await?;
        let end = from.unwrap_or(now).min(now);
        let mut ticks = interval(POLL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut follower =
            Self { journal, filter, end, open: BTreeMap::new(), events: VecDeque::new(), ticks };
        follower.find_open().await?;
        Ok(follower)
    }

    /// The next event; `None` when the journal is closed.
    pub(super) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            self.ticks.tick().await;
            match self.look().await {
                Ok(()) => {}
                Err(ReadError::Closed) => return None,
                Err(error) => warn!(error = &error as &dyn Error, "a stream could not read the journal"),
            }
        }
    }

    /// What was open before the reader came is followed too.
    async fn find_open(&mut self) -> Result<(), ReadError> {
        for state in OPEN {
            let filter = Filter { state: Some(state), ..Filter::default() };
            let page = self.journal.list(&filter, None, PAGE).await?;
            for delivery in page.items {
                let followed = Followed { look: look(&delivery), before: self.end };
                self.open.insert(delivery.id, followed);
            }
        }
        Ok(())
    }

    async fn look(&mut self) -> Result<(), ReadError> {
        self.look_at_open().await?;
        self.look_at_new().await
    }

    async fn look_at_open(&mut self) -> Result<(), ReadError> {
        for id in self.open.keys().copied().collect::<Vec<_>>() {
            match self.journal.find(id).await? {
                Some(delivery) => {
                    let before = self.open.get(&id).map_or(self.end, |followed| followed.before);
                    self.notice(delivery, before);
                }
                // Erased.
                None => drop(self.open.remove(&id)),
            }
        }
        Ok(())
    }

    async fn look_at_new(&mut self) -> Result<(), ReadError> {
        let page = self.journal.list_after(&Filter::default(), self.end, PAGE).await?;
        let before = self.end;
        self.end = page.next.unwrap_or(before);
        page.items.into_iter().for_each(|delivery| self.notice(delivery, before));
        Ok(())
    }

    /// Tells of a delivery that looks otherwise than before, and keeps an eye on it while it may change.
    fn notice(&mut self, delivery: Delivery, before: Cursor) {
        let look = look(&delivery);
        let known = self.open.remove(&delivery.id);
        if OPEN.contains(&delivery.state) {
            self.open.insert(delivery.id, Followed { look, before });
            if self.open.len() > FOLLOWED_MAX {
                self.open.pop_first();
            }
        }
        if known.is_none_or(|known| known.look != look) && self.filter.takes(&delivery) {
            self.tell(delivery);
        }
    }

    fn tell(&mut self, delivery: Delivery) {
        let first_open = self.open.values().map(|followed| followed.before).min();
        let place = first_open.map_or(self.end, |before| before.min(self.end));
        let event = Event::default().event("delivery").id(place.to_string());
        self.events.extend(event.json_data(Delivery { runs: None, ..delivery }));
    }
}
