//! Follows the journal: what is new, and what becomes of what was open.

use std::collections::{BTreeMap, VecDeque};
use std::error::Error;
use std::ops::Bound;
use std::time::Duration;

use axum::response::sse::Event;
use jiff::Timestamp;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tracing::warn;

use bookhook_journal::{Cursor, Journal, ReadError};
use bookhook_model::{Delivery, DeliveryId, Filter, State};

const POLL: Duration = Duration::from_millis(250);
const PAGE: usize = 500;
/// So many open deliveries are followed, the newest; and of these so many are looked at at once, in turn.
const FOLLOWED_MAX: usize = 1000;
const LOOKED_AT: usize = 100;
/// Who comes back is told so many deliveries again, at most, for the sake of those that were still open.
const REPEATED_MAX: u64 = 5_000;
/// What may still change without anybody's doing.
const OPEN: [State; 3] = [State::Waiting, State::Running, State::Held];

/// One reader's view of the journal.
pub(super) struct Follower {
    journal: Journal,
    filter: Filter,
    end: Cursor,
    open: BTreeMap<DeliveryId, Followed>,
    /// The one of them that was looked at last.
    looked_at: Option<DeliveryId>,
    /// How many deliveries have come since the beginning.
    come: u64,
    events: VecDeque<Event>,
    ticks: Interval,
}

/// A delivery that may still change.
#[derive(Debug, Clone, Copy)]
struct Followed {
    look: Look,
    since: Since,
}

/// When a delivery came.
#[derive(Debug, Clone, Copy)]
struct Since {
    /// A place before it.
    before: Cursor,
    /// How many had come before it, about.
    come: u64,
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
        let mut follower = Self {
            journal,
            filter,
            end,
            open: BTreeMap::new(),
            looked_at: None,
            come: 0,
            events: VecDeque::new(),
            ticks,
        };
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
                let followed = Followed { look: look(&delivery), since: self.now() };
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
        for (id, since) in self.next_open() {
            self.looked_at = Some(id);
            match self.journal.find(id).await? {
                Some(delivery) => self.notice(delivery, since),
                // Erased.
                None => drop(self.open.remove(&id)),
            }
        }
        Ok(())
    }

    /// Those whose turn it is, from the one that was looked at last.
    fn next_open(&self) -> Vec<(DeliveryId, Since)> {
        let last = self.looked_at.map_or(Bound::Unbounded, Bound::Excluded);
        let (behind, before) = (self.open.range((last, Bound::Unbounded)), self.open.iter());
        let turn = behind.chain(before).take(LOOKED_AT.min(self.open.len()));
        turn.map(|(id, followed)| (*id, followed.since)).collect()
    }

    fn now(&self) -> Since {
        Since { before: self.end, come: self.come }
    }

    async fn look_at_new(&mut self) -> Result<(), ReadError> {
        let page = self.journal.list_after(&Filter::default(), self.end, PAGE).await?;
        let since = self.now();
        self.end = page.next.unwrap_or(self.end);
        for delivery in page.items {
            self.come += 1;
            self.notice(delivery, since);
        }
        Ok(())
    }

    /// Tells of a delivery that looks otherwise than before, and keeps an eye on it while it may change.
    fn notice(&mut self, delivery: Delivery, since: Since) {
        let look = look(&delivery);
        let known = self.open.remove(&delivery.id);
        if OPEN.contains(&delivery.state) {
            self.open.insert(delivery.id, Followed { look, since });
            if self.open.len() > FOLLOWED_MAX {
                self.open.pop_first();
            }
        }
        if known.is_none_or(|known| known.look != look) && self.filter.takes(&delivery) {
            self.tell(delivery);
        }
    }

    fn tell(&mut self, delivery: Delivery) {
        let event = Event::default().event("delivery").id(self.place().to_string());
        self.events.extend(event.json_data(Delivery { runs: None, ..delivery }));
    }

    /// From where a reader that comes back goes on.
    fn place(&self) -> Cursor {
        let recent = |since: &Since| self.come - since.come <= REPEATED_MAX;
        let open = self.open.values().map(|followed| followed.since).filter(recent);
        open.map(|since| since.before).min().map_or(self.end, |before| before.min(self.end))
    }
}
