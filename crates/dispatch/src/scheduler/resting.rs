//! Who rests, and until when.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use super::Ticket;

/// Tickets that are to be tried later: found by their time, and by themselves.
#[derive(Debug, Default)]
pub(super) struct Resting {
    by_time: BTreeSet<(Timestamp, Ticket)>,
    until: HashMap<Ticket, Timestamp>,
}

impl Resting {
    /// It rests; one that did already does so until this time.
    pub(super) fn enter(&mut self, ticket: Ticket, until: Timestamp) {
        self.leave(ticket);
        self.by_time.insert((until, ticket));
        self.until.insert(ticket, until);
    }

    /// Whether it has rested; it does no more.
    pub(super) fn leave(&mut self, ticket: Ticket) -> bool {
        self.until.remove(&ticket).is_some_and(|until| self.by_time.remove(&(until, ticket)))
    }

    /// All rest for so much less.
    pub(super) fn put_forward(&mut self, by: Duration) {
        for until in self.until.values_mut() {
            *until = until.saturating_sub(by).unwrap_or(Timestamp::MIN);
        }
        self.by_time = self.until.iter().map(|(ticket, until)| (*until, *ticket)).collect();
    }

    /// When the first has rested.
    pub(super) fn until(&self) -> Option<Timestamp> {
        self.by_time.first().map(|(until, _)| *until)
    }

    /// The next one that has rested by now, who does so no more.
    pub(super) fn next_due(&mut self, now: Timestamp) -> Option<Ticket> {
        let (_, ticket) = *self.by_time.first().filter(|(until, _)| *until <= now)?;
        self.leave(ticket);
        Some(ticket)
    }
}
