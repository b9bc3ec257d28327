//! A page of a list in the making: by which way a filter's deliveries are found, and how far one page looks for them.
//!
//! A way gives candidates in the order of append, from an index; which of them fit is then seen in the rows. One page
//! looks at a limited number that do not fit, and is short when that is used up: its `next` is where it stopped.
//!
//! Nothing is read here: a back-end does one [`Step`] after the other, and hands in what it has found.

use std::cmp::Reverse;
use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use bookhook_model::{Delivery, Filter, Outcome, State};

use crate::reading::{Cursor, Listing, Order, Page};

/// So many candidates are looked at at once.
const CHUNK_MIN: usize = 64;
const CHUNK_MAX: usize = 4_096;
/// So much may times of receipt be out of the order of append: a clock that is put right, or hosts whose clocks differ.
const OUT_OF_ORDER_MAX: SignedDuration = SignedDuration::from_mins(10);

/// How the deliveries that a filter may want are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    All,
    OfHook(String),
    OfType(String),
    WithOutcome(Outcome),
    Aside(State),
    Open(State),
    Failed,
    OfBook(String),
    OfAgent(String),
    OfEvent(String),
}

impl Way {
    /// The one with, as a rule, the fewest candidates.
    pub(crate) fn of(filter: &Filter) -> Self {
        let Filter { hook, book_id, event_id, event_type, agent_id, state, outcome, error, .. } = filter;
        let common = |outcome: &Outcome| *outcome == Outcome::Result;
        if let Some(event) = event_id {
            Self::OfEvent(event.clone())
        } else if let Some(state @ (State::Waiting | State::Running | State::Held)) = state {
            Self::Open(*state)
        } else if let Some(book) = book_id {
            Self::OfBook(book.clone())
        } else if let Some(agent) = agent_id {
            Self::OfAgent(agent.clone())
        } else if let Some(state @ (State::Parked | State::Unmatched)) = state {
            Self::Aside(*state)
        } else if let Some(outcome) = outcome.filter(|outcome| !common(outcome)) {
            Self::WithOutcome(outcome)
        } else if *error {
            Self::Failed
        } else if let Some(event_type) = event_type {
            Self::OfType(event_type.clone())
        } else if let Some(hook) = hook {
            Self::OfHook(hook.as_str().to_owned())
        } else if let Some(outcome) = outcome {
            Self::WithOutcome(*outcome)
        } else {
            Self::All
        }
    }
}

/// A time from which everything that was received since then, and little else, is behind its place.
pub(crate) fn earlier(time: Timestamp) -> Timestamp {
    time.saturating_sub(OUT_OF_ORDER_MAX).unwrap_or(Timestamp::MIN)
}

/// A time from which nothing is behind its place that was received before.
pub(crate) fn later(time: Timestamp) -> Timestamp {
    time.saturating_add(OUT_OF_ORDER_MAX).unwrap_or(Timestamp::MAX)
}

/// A stretch of the order of append, from the first place up to, and without, the second one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) way: Way,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// What is to be looked at next: so many candidates from the beginning of the stretch, or (for the newest) from its end.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) stretch: Stretch,
    pub(crate) limit: usize,
}

/// One page in the making.
pub(crate) struct Search<'l> {
    listing: &'l Listing,
    /// Where to look, in this order.
    stretches: VecDeque<Stretch>,
    chunk: usize,
    found: Vec<(i64, Delivery)>,
    /// So many that do not fit may still be looked at, and a chunk more.
    misses_left: usize,
    /// The last candidate that was looked at.
    reached: Option<i64>,
}

impl<'l> Search<'l> {
    /// Looks in these stretches, one after the other, and at so many that do not fit, at most, and a chunk more.
    pub(crate) fn new(
        listing: &'l Listing,
        stretches: impl IntoIterator<Item = Stretch>,
        misses_max: usize,
    ) -> Self {
        let stretches = stretches.into_iter().filter(|stretch| stretch.from < stretch.to).collect();
        let chunk = first_chunk(listing);
        Self { listing, stretches, chunk, found: Vec::new(), misses_left: misses_max, reached: None }
    }

    /// What to look at next; `None` when the page is done.
    pub(crate) fn step(&self) -> Option<Step> {
        let stretch = self.stretches.front()?.clone();
        let goes_on = self.found.len() < self.wanted() && self.misses_left > 0;
        goes_on.then_some(Step { stretch, limit: self.chunk })
    }

    /// One more than is asked for tells whether there is another page of the newest; there is always one after those.
    fn wanted(&self) -> usize {
        match self.listing.order {
            Order::Newest(_) => self.listing.limit.saturating_add(1),
            Order::After(_) => self.listing.limit,
        }
    }

    /// Takes the candidates of a step, in their order, and those of them that fit, in any.
    pub(crate) fn take(&mut self, candidates: &[i64], mut fitting: Vec<(i64, Delivery)>) {
        let misses = candidates.len().saturating_sub(fitting.len());
        self.misses_left = self.misses_left.saturating_sub(misses);
        match self.listing.order {
            Order::Newest(_) => fitting.sort_unstable_by_key(|(seq, _)| Reverse(*seq)),
            Order::After(_) => fitting.sort_unstable_by_key(|(seq, _)| *seq),
        }
        self.found.append(&mut fitting);
        self.reached = candidates.last().copied().or(self.reached);
        self.move_on(candidates);
    }

    fn move_on(&mut self, candidates: &[i64]) {
        let Some(stretch) = self.stretches.front_mut() else { return };
        match (candidates.last(), self.listing.order) {
            (Some(last), Order::Newest(_)) if candidates.len() == self.chunk => stretch.to = *last,
            (Some(last), Order::After(_)) if candidates.len() == self.chunk => stretch.from = *last + 1,
            _ => {
                self.stretches.pop_front();
                self.chunk = first_chunk(self.listing);
                return;
            }
        }
        self.chunk = (self.chunk * 4).min(CHUNK_MAX);
    }

    pub(crate) fn page(mut self) -> Page {
        let is_more = self.found.len() > self.listing.limit;
        self.found.truncate(self.listing.limit);
        let last = self.found.last().filter(|_| is_more).map(|(seq, _)| *seq);
        let next = match self.listing.order {
            Order::Newest(_) => last.or_else(|| self.stretches.front().map(|stretch| stretch.to)),
            Order::After(after) => last.or(self.reached).or(Some(after.seq())),
        };
        let items = self.found.into_iter().map(|(_, delivery)| delivery).collect();
        Page { items, next: next.map(Cursor::at) }
    }
}

fn first_chunk(listing: &Listing) -> usize {
    listing.limit.saturating_add(1).clamp(CHUNK_MIN, CHUNK_MAX)
}
