//! Handlers that a test holds back and looks at: when each run began and ended, and what ran beside what.

use std::collections::BTreeSet;
use std::sync::Arc;

use bookhook_model::Cause;
use tokio::sync::{Semaphore, watch};

use crate::wait::in_time;

/// Something that runs wait at.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Semaphore>);

impl Gate {
    /// A gate that lets nobody through yet.
    pub fn closed() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    /// Waits until it is let through.
    pub async fn pass(&self) {
        // An open gate has no permits any more.
        if let Ok(permit) = self.0.acquire().await {
            permit.forget();
        }
    }

    /// Lets one through, the one who waits longest or comes first.
    pub fn let_one_through(&self) {
        self.0.add_permits(1);
    }

    /// Lets everyone through from now on.
    pub fn open(&self) {
        self.0.close();
    }
}

/// What handlers did. Clones are the same record.
#[derive(Debug, Clone, Default)]
pub struct Runs(watch::Sender<Record>);

#[derive(Debug, Default)]
struct Record {
    /// Counts beginnings and ends.
    ticks: usize,
    spans: Vec<Span>,
}

/// One run. Ticks count the beginnings and ends of all runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The lane, as the handler sees it.
    pub lane: String,
    /// The event's id.
    pub event: String,
    /// Why it ran.
    pub cause: Cause,
    /// The tick at which it began.
    pub began: usize,
    /// The tick at which it ended, by itself or because it was dropped.
    pub ended: Option<usize>,
}

impl Span {
    fn overlaps(&self, other: &Self) -> bool {
        let ends_before = |one: &Self, other: &Self| one.ended.is_some_and(|ended| ended < other.began);
        !ends_before(self, other) && !ends_before(other, self)
    }
}

/// A run that goes on until this is dropped.
#[derive(Debug)]
#[must_use = "the run ends when this is dropped"]
pub struct Running {
    runs: Runs,
    at: usize,
}

impl Runs {
    /// A run begins.
    pub fn begin(&self, lane: &str, event: &str, cause: Cause) -> Running {
        let mut at = 0;
        self.0.send_modify(|record| {
            record.ticks += 1;
            let (lane, event, began) = (lane.to_owned(), event.to_owned(), record.ticks);
            at = record.spans.len();
            record.spans.push(Span { lane, event, cause, began, ended: None });
        });
        Running { runs: self.clone(), at }
    }

    /// The runs so far, in the order in which they began.
    pub fn spans(&self) -> Vec<Span> {
        self.0.borrow().spans.clone()
    }

    /// How many runs there were.
    pub fn count(&self) -> usize {
        self.0.borrow().spans.len()
    }

    /// The events that ran, in the order in which their runs began.
    pub fn events(&self) -> Vec<String> {
        self.spans().into_iter().map(|span| span.event).collect()
    }

    /// Why there were runs, in the order in which they began.
    pub fn causes(&self) -> Vec<Cause> {
        self.spans().into_iter().map(|span| span.cause).collect()
    }

    /// The events that ran in this lane, in the order in which their runs began.
    pub fn events_in(&self, lane: &str) -> Vec<String> {
        self.spans().into_iter().filter(|span| span.lane == lane).map(|span| span.event).collect()
    }

    /// The lanes in which a run began before the one before it had ended.
    pub fn lanes_with_overlaps(&self) -> BTreeSet<String> {
        let spans = self.spans();
        let overlaps = |(at, span): (usize, &Span)| {
            let later = &spans[at + 1..];
            later
                .iter()
                .any(|other| other.lane == span.lane && other.overlaps(span))
                .then(|| span.lane.clone())
        };
        spans.iter().enumerate().filter_map(overlaps).collect()
    }

    /// How many runs there were at once, at most.
    pub fn most_at_once(&self) -> usize {
        let spans = self.spans();
        let at_begin_of = |span: &Span| {
            spans.iter().filter(|other| other.began <= span.began && other.overlaps(span)).count()
        };
        spans.iter().map(at_begin_of).max().unwrap_or_default()
    }

    /// Waits until so many runs have begun.
    pub async fn until_begun(&self, count: usize) {
        self.until(&format!("{count} runs to begin"), |record| record.spans.len() >= count).await;
    }

    /// Waits until so many runs have ended.
    pub async fn until_ended(&self, count: usize) {
        let ended = |record: &Record| record.spans.iter().filter(|span| span.ended.is_some()).count();
        self.until(&format!("{count} runs to end"), |record| ended(record) >= count).await;
    }

    async fn until(&self, what: &str, condition: impl FnMut(&Record) -> bool) {
        in_time(what, self.0.subscribe().wait_for(condition)).await.unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.runs.0.send_modify(|record| {
            record.ticks += 1;
            record.spans[self.at].ended = Some(record.ticks);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlap_in_a_lane_is_seen_and_none_where_there_is_none() {
        let runs = Runs::default();
        drop(runs.begin("a", "1", Cause::First));
        let second = runs.begin("a", "2", Cause::First);
        let other = runs.begin("b", "3", Cause::First);
        assert!(runs.lanes_with_overlaps().is_empty());
        assert_eq!(runs.most_at_once(), 2);
        drop(runs.begin("a", "4", Cause::Retry));
        drop((second, other));
        assert_eq!(runs.lanes_with_overlaps(), BTreeSet::from(["a".to_owned()]));
        assert_eq!(runs.most_at_once(), 3);
        assert_eq!(runs.events_in("a"), ["1", "2", "4"]);
    }
}
