//! A page of a list in the making: by which way a filter's deliveries are found, and how far one page looks for them.
//!
//! A way gives candidates in the order of append, from an index, and tells by indexes alone which of them may fit; the
//! rows of those are read, each of which may be on a page of its own, on a disk. One page looks at a limited number that
//! do not fit, and is short when that is used up: its `next` is where it stopped.
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
/// So many candidates of each way are counted, to go the one that has the fewest.
pub(crate) const COUNTED_MAX: i64 = 16_384;
/// So much may times of receipt be out of the order of append: a clock that is put right, or hosts whose clocks differ.
const OUT_OF_ORDER_MAX: SignedDuration = SignedDuration::from_mins(10);

/// How the deliveries that a filter may want are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    All,
    /// By hook, type and stand: all that the filter tells of them.
    OfKind,
    OfBook,
    OfAgent,
    OfEvent,
}

impl Way {
    /// Those that lead to what the filter wants, and not to everything; the first one for when all of them are long.
    pub(crate) fn all_of(filter: &Filter) -> Vec<Self> {
        if filter.event_id.is_some() {
            return vec![Self::OfEvent];
        }
        let has_kind = filter.hook.is_some() || filter.event_type.is_some() || stands(filter).is_some();
        let ways = [
            (Self::OfBook, filter.book_id.is_some()),
            (Self::OfAgent, filter.agent_id.is_some()),
            (Self::OfKind, has_kind),
        ];
        ways.into_iter().filter(|(_, leads)| *leads).map(|(way, _)| way).collect()
    }
}

/// The outcomes of what is settled, and the states of what is not, that the filter wants; `None` for all of them.
pub(crate) fn stands(filter: &Filter) -> Option<Vec<&'static str>> {
    let Filter { state, outcome, error, .. } = filter;
    let settled = |is: &Outcome| {
        state.is_none_or(|state| state == State::Settled)
            && outcome.is_none_or(|wanted| wanted == *is)
            && (!error || *is == Outcome::Error)
    };
    let other = |is: &State| {
        *is != State::Settled
            && state.is_none_or(|wanted| wanted == *is)
            && outcome.is_none()
            && (!error || *is == State::Parked)
    };
    let settled = Outcome::ALL.into_iter().filter(settled).map(Outcome::as_str);
    let other = State::ALL.into_iter().filter(other).map(State::as_str);
    let is_any = state.is_none() && outcome.is_none() && !error;
    (!is_any).then(|| settled.chain(other).collect())
}

/// Every outcome of what is settled, and every state of what is not.
pub(crate) fn all_stands() -> Vec<&'static str> {
    let other = State::ALL.into_iter().filter(|state| *state != State::Settled).map(State::as_str);
    Outcome::ALL.into_iter().map(Outcome::as_str).chain(other).collect()
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) way: Way,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// What is to be looked at next: so many candidates from the beginning of the stretch, or (for the newest) from its end.
#[derive(Debug, Clone, Copy)]
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
        let stretch = *self.stretches.front()?;
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
