//! Where a ticket stands: for people who ask, and for who is put back into the lane.

use super::{HookIndex, Scheduler, Ticket};

/// A ticket's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its hook.
    pub hook: HookIndex,
    /// It has the lane: its run goes on, or begins.
    pub occupies: bool,
    /// Who has the lane, or waits, before it; the next one first.
    pub before: Vec<Ticket>,
}

impl Scheduler {
    /// Where the ticket stands, if it is in a lane.
    pub fn standing(&self, ticket: Ticket) -> Option<Standing> {
        let stay = self.stays.get(&ticket)?;
        let lane = self.hooks[stay.hook.0].lanes.get(&stay.lane)?;
        let occupies = lane.is_occupied_by(ticket);
        let before = if occupies { Vec::new() } else { lane.before(ticket).collect() };
        Some(Standing { hook: stay.hook, occupies, before })
    }

    /// Who comes next in the ticket's lane after this other one; if that is not there, who comes first. It may be the ticket
    /// itself.
    pub fn next_after(&self, ticket: Ticket, other: Option<Ticket>) -> Option<Ticket> {
        let stay = self.stays.get(&ticket)?;
        self.hooks[stay.hook.0].lanes.get(&stay.lane)?.next_after(other)
    }

    /// Whether as many of the hook's runs go on as may.
    pub fn is_full(&self, hook: HookIndex) -> bool {
        let hook = &self.hooks[hook.0];
        hook.running >= hook.limits.concurrency
    }
}
