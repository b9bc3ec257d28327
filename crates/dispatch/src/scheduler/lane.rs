//! One lane: who is in it, and who waits behind.

use std::collections::VecDeque;

use bookhook_model::LaneKey;

use super::Ticket;

/// A lane's name within its hook.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum LaneId {
    Shared(LaneKey),
    Own(Ticket),
}

impl LaneId {
    pub(super) fn of(key: Option<LaneKey>, ticket: Ticket) -> Self {
        key.map_or(Self::Own(ticket), Self::Shared)
    }

    pub(super) fn key(&self) -> Option<&LaneKey> {
        match self {
            Self::Shared(key) => Some(key),
            Self::Own(_) => None,
        }
    }
}

/// One at a time, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Lane {
    occupant: Option<Ticket>,
    queue: VecDeque<Queued>,
    /// It stands in the hook's list of ready lanes, and must not be put there twice.
    listed: bool,
    paused: bool,
    /// What goes through although it is paused.
    let_through: Option<Ticket>,
    /// So many at the head of the queue go before the occupant, should that have to rest.
    ahead: usize,
}

#[derive(Debug)]
struct Queued {
    ticket: Ticket,
    /// It is durable, and not resting before a retry.
    may_start: bool,
}

impl Lane {
    pub(super) fn occupy(&mut self, ticket: Ticket) {
        debug_assert!(self.occupant.is_none(), "a lane holds one at a time");
        self.ahead = 0;
        self.occupant = Some(ticket);
    }

    pub(super) fn queue(&mut self, ticket: Ticket) {
        self.queue.push_back(Queued { ticket, may_start: false });
    }

    /// Back to the head of the queue, resting.
    pub(super) fn queue_first(&mut self, ticket: Ticket) {
        let at = std::mem::take(&mut self.ahead).min(self.queue.len());
        self.queue.insert(at, Queued { ticket, may_start: false });
    }

    /// It may start when it is its turn: it is durable, and has rested.
    pub(super) fn may_start(&mut self, ticket: Ticket) {
        if let Some(at) = self.find(ticket) {
            self.queue[at].may_start = true;
        }
    }

    pub(super) fn occupant(&self) -> Option<Ticket> {
        self.occupant
    }

    pub(super) fn is_occupied_by(&self, ticket: Ticket) -> bool {
        self.occupant == Some(ticket)
    }

    /// Whether `ticket` was the occupant; if so, it is no more.
    pub(super) fn vacate(&mut self, ticket: Ticket) -> bool {
        self.occupant.take_if(|occupant| *occupant == ticket).is_some()
    }

    pub(super) fn dequeue(&mut self, ticket: Ticket) {
        if let Some(at) = self.find(ticket) {
            self.queue.remove(at);
            self.ahead -= usize::from(at < self.ahead);
        }
    }

    pub(super) fn pause(&mut self) {
        self.paused = true;
        self.let_through = None;
    }

    pub(super) fn resume(&mut self) {
        self.paused = false;
        self.let_through = None;
    }

    pub(super) fn is_paused(&self) -> bool {
        self.paused
    }

    /// To the head of the queue, and through the pause.
    pub(super) fn let_through(&mut self, ticket: Ticket) {
        if let Some(from) = self.find(ticket) {
            self.shift(from, 0);
        }
        self.let_through = Some(ticket);
    }

    /// To the place in the queue before the other one. Before the occupant, it goes first should that have to rest.
    /// Nothing goes before what is let through.
    pub(super) fn move_before(&mut self, ticket: Ticket, other: Ticket) {
        let Some(from) = self.find(ticket) else { return };
        let is_let_through = self.paused && self.let_through == Some(other);
        if self.is_occupied_by(other) && is_let_through {
            self.shift(from, 0);
        } else if self.is_occupied_by(other) {
            let ahead = self.ahead;
            self.shift(from, ahead);
            self.ahead = ahead + 1;
        } else if let Some(at) = self.find(other) {
            self.move_to(from, at, at + usize::from(is_let_through));
        }
    }

    /// Forward to a place in the queue, at or behind one who stays: ahead of the occupant with that one.
    fn move_to(&mut self, from: usize, stays: usize, to: usize) {
        if to > from {
            return;
        }
        self.ahead += usize::from(stays < self.ahead && from >= self.ahead);
        if let Some(queued) = self.queue.remove(from) {
            self.queue.insert(to, queued);
        }
    }

    /// Forward in the queue. Whoever gets among those ahead of the occupant is ahead of it too.
    fn shift(&mut self, from: usize, to: usize) {
        if let Some(queued) = self.queue.remove(from) {
            self.queue.insert(to, queued);
            self.ahead += usize::from(to < self.ahead && from >= self.ahead);
        }
    }

    /// Who comes next after this one; if it is not here, who comes first.
    pub(super) fn next_after(&self, ticket: Option<Ticket>) -> Option<Ticket> {
        let queued = |at: usize| self.queue.get(at).map(|queued| queued.ticket);
        let from = match ticket {
            Some(ticket) if self.is_occupied_by(ticket) => return queued(self.ahead),
            Some(ticket) => self.find(ticket).map_or(0, |at| at + 1),
            None => 0,
        };
        self.occupant.filter(|_| from == self.ahead).or_else(|| queued(from))
    }

    /// Who has it, or waits in it, before this one.
    pub(super) fn before(&self, ticket: Ticket) -> impl Iterator<Item = Ticket> {
        self.occupant.into_iter().chain(self.waiting().take_while(move |other| *other != ticket))
    }

    /// Whether it has just become ready: free, with a first that may start, and not listed yet. It is listed now.
    pub(super) fn becomes_ready(&mut self) -> bool {
        let becomes = !self.listed && self.first_may_start();
        self.listed |= becomes;
        becomes
    }

    /// Takes it off the list; its first becomes the occupant, if that may still start.
    pub(super) fn occupy_with_first(&mut self) -> Option<Ticket> {
        self.listed = false;
        if !self.first_may_start() {
            return None;
        }
        let first = self.queue.pop_front()?;
        self.occupy(first.ticket);
        Some(first.ticket)
    }

    /// There is nothing to be remembered of it.
    pub(super) fn is_idle(&self) -> bool {
        self.occupant.is_none() && self.queue.is_empty() && !self.paused
    }

    pub(super) fn waiting(&self) -> impl Iterator<Item = Ticket> {
        self.queue.iter().map(|queued| queued.ticket)
    }

    fn first_may_start(&self) -> bool {
        let may_start =
            |first: &Queued| first.may_start && (!self.paused || self.let_through == Some(first.ticket));
        self.occupant.is_none() && self.queue.front().is_some_and(may_start)
    }

    /// Its place in the queue: looked for at the head, where one is that rests, and then from the back, where the newest is.
    fn find(&self, ticket: Ticket) -> Option<usize> {
        if self.queue.front().is_some_and(|first| first.ticket == ticket) {
            return Some(0);
        }
        self.queue.iter().rposition(|queued| queued.ticket == ticket)
    }
}
