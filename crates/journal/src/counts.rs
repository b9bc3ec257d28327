//! How many deliveries a hook has, by where they stand.

use jiff::Timestamp;

use bookhook_model::{HookName, State};

/// The deliveries of one hook, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookCounts {
    /// The hook. One that is no longer configured is counted too, while it has deliveries.
    pub hook: HookName,
    /// Waiting for their turn, their next try or their caller.
    pub waiting: u64,
    /// Running.
    pub running: u64,
    /// Held while the hook or their lane is paused.
    pub held: u64,
    /// Settled, and not removed yet.
    pub settled: u64,
    /// Parked.
    pub parked: u64,
    /// Unmatched, and not removed yet.
    pub unmatched: u64,
    /// Since when the one waits that has waited longest.
    pub oldest_waiting: Option<Timestamp>,
}

impl HookCounts {
    pub(crate) fn none(hook: HookName) -> Self {
        Self {
            hook,
            waiting: 0,
            running: 0,
            held: 0,
            settled: 0,
            parked: 0,
            unmatched: 0,
            oldest_waiting: None,
        }
    }

    /// Takes in how many there are in one state, and when the oldest of them was sent.
    pub(crate) fn add(&mut self, state: State, count: u64, oldest: Option<Timestamp>) {
        let counted = match state {
            State::Waiting => &mut self.waiting,
            State::Running => &mut self.running,
            State::Held => &mut self.held,
            State::Settled => &mut self.settled,
            State::Parked => &mut self.parked,
            State::Unmatched => &mut self.unmatched,
        };
        *counted += count;
        if state == State::Waiting {
            self.oldest_waiting = oldest;
        }
    }
}
