//! Who goes next: lanes, concurrency, the queue and its limits. Pure: [`Scheduler::step`] takes what happened and
//! the time, and says what to do. It knows no journal, no handler and no clock, so a test can drive it through
//! years of bad luck in a second.
//!
//! It deals in [`Ticket`]s. A ticket is one stay of one delivery in one lane: taken when an event arrives (or is
//! found unsettled at start), given back when its run is over or turns out not to be needed.

mod drain_rate;
mod hook;
mod lane;
mod resting;
mod standing;

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use bookhook_model::LaneKey;

use hook::Hook;
use lane::{Lane, LaneId};
use resting::Resting;

pub use standing::Standing;

/// One stay of one delivery in one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// A hook, by its place in the list that the scheduler was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HookIndex(pub usize);

/// How much a hook takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Runs side by side.
    pub concurrency: usize,
    /// Deliveries waiting for their turn.
    pub queue: usize,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// A verified event asks to be taken in.
    Arrived {
        /// Its ticket, new.
        ticket: Ticket,
        /// Its hook.
        hook: HookIndex,
        /// Its lane; `None`: one of its own.
        lane: Option<LaneKey>,
    },
    /// An unsettled delivery was found at start, or a person wants one to run again. No limit applies: it was accepted.
    Recovered {
        /// Its ticket, new.
        ticket: Ticket,
        /// Its hook.
        hook: HookIndex,
        /// Its lane; `None`: one of its own.
        lane: Option<LaneKey>,
        /// When it may run.
        not_before: Timestamp,
    },
    /// The ticket's delivery is durable and is to be run.
    Appended(Ticket),
    /// The ticket's delivery has begun its run (after [`Action::Begin`]).
    Begun(Ticket),
    /// The ticket's stay is over: its run ended, it was not needed after all, or it could not be written.
    Left(Ticket),
    /// The ticket's run is to be tried again later; until then it keeps its place, and its lane waits.
    Rests(Ticket, Timestamp),
    /// What the ticket rested for has come before its time.
    Woken(Ticket),
    /// A person paused the hook.
    Paused(HookIndex),
    /// A person resumed the hook.
    Resumed(HookIndex),
    /// A lane of the hook was paused, by a person or for a delivery that was parked.
    LanePaused {
        /// Its hook.
        hook: HookIndex,
        /// The lane.
        lane: LaneKey,
    },
    /// The lane goes on.
    LaneResumed {
        /// Its hook.
        hook: HookIndex,
        /// The lane.
        lane: LaneKey,
    },
    /// The ticket's delivery is what its paused lane waits for: it goes before all others there, and through the pause.
    LetThrough(Ticket),
    /// The ticket was put back into its lane, and is to go before this other one, if both wait there; if that one is
    /// beginning its run, should it have to rest.
    GoesBefore(Ticket, Ticket),
    /// The time that [`Scheduler::wake_at`] named has come.
    TimePassed,
    /// The clock was set back by so much: what rests is not to rest for longer.
    SetBack(Duration),
    /// The host is about to end: nothing new begins.
    Draining,
}

/// What to do about it, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Journal the arrived event, then report [`Happened::Appended`] or [`Happened::Left`].
    Append(Ticket, Turn),
    /// Do not take the arrived event; its ticket is gone. The caller may come back after this long.
    Refuse(Ticket, Duration),
    /// Journal the beginning of a run, then report [`Happened::Begun`], [`Happened::Rests`] or [`Happened::Left`].
    Begin(Ticket),
    /// Start the handler, then report [`Happened::Left`] or [`Happened::Rests`].
    Run(Ticket),
    /// The ticket's turn will not come before the host ends; its callers should not wait for it.
    TurnAway(Ticket),
}

/// When an arrived event may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// At once: its lane is free.
    Now,
    /// After others.
    Later,
    /// When its hook or its lane is resumed.
    Held,
}

/// A caller is asked to come back within these bounds, whatever the drain rate says.
const RETRY_AFTER_MIN: Duration = Duration::from_secs(1);
const RETRY_AFTER_MAX: Duration = Duration::from_mins(1);
/// While nothing is known of the drain rate.
const RETRY_AFTER_UNKNOWN: Duration = Duration::from_secs(10);

/// All hooks' lanes.
#[derive(Debug)]
pub struct Scheduler {
    hooks: Vec<Hook>,
    stays: HashMap<Ticket, Stay>,
    resting: Resting,
    draining: bool,
}

/// Where a ticket is. Very many may wait.
#[derive(Debug)]
struct Stay {
    hook: HookIndex,
    lane: LaneId,
}

const _: () = assert!(size_of::<Stay>() <= 24);

impl Scheduler {
    /// A scheduler with nothing in it. A [`HookIndex`] counts along `hooks`.
    pub fn new(hooks: impl IntoIterator<Item = Limits>) -> Self {
        let hooks = hooks.into_iter().map(Hook::new).collect();
        Self { hooks, stays: HashMap::new(), resting: Resting::default(), draining: false }
    }

    /// Takes in what happened; what to do about it is added to `actions`.
    pub fn step(&mut self, happened: Happened, now: Timestamp, actions: &mut Vec<Action>) {
        match happened {
            Happened::Arrived { ticket, hook, lane } => self.arrive(ticket, hook, lane, now, actions),
            Happened::Recovered { ticket, hook, lane, not_before } => {
                self.recover(ticket, hook, lane, not_before, now, actions);
            }
            Happened::Appended(ticket) => self.appended(ticket, actions),
            Happened::Begun(ticket) => actions.push(Action::Run(ticket)),
            Happened::Left(ticket) => self.leave(ticket, now, actions),
            Happened::Rests(ticket, until) => self.rest(ticket, until, actions),
            Happened::Woken(ticket) => self.wake_up(ticket, actions),
            Happened::Paused(hook) => self.hooks[hook.0].paused = true,
            Happened::Resumed(hook) => {
                self.hooks[hook.0].paused = false;
                self.start_what_fits(hook, actions);
            }
            Happened::LanePaused { hook, lane } => self.hooks[hook.0].pause_lane(LaneId::Shared(lane)),
            Happened::LaneResumed { hook, lane } => {
                self.hooks[hook.0].resume_lane(&LaneId::Shared(lane));
                self.start_what_fits(hook, actions);
            }
            Happened::LetThrough(ticket) => self.let_through(ticket, actions),
            Happened::GoesBefore(ticket, other) => self.move_up(ticket, other, actions),
            Happened::TimePassed => self.wake(now, actions),
            Happened::SetBack(by) => self.resting.put_forward(by),
            Happened::Draining => self.drain(actions),
        }
    }

    /// When [`Happened::TimePassed`] is due next.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.resting.until()
    }

    /// After how long a caller of the hook should come back: the time that the queue before it takes to drain.
    pub fn retry_after(&self, hook: HookIndex, now: Timestamp) -> Duration {
        let hook = &self.hooks[hook.0];
        let needed = hook.drained.time_for(hook.waiting + 1, now);
        needed.unwrap_or(RETRY_AFTER_UNKNOWN).clamp(RETRY_AFTER_MIN, RETRY_AFTER_MAX)
    }

    /// How many deliveries of the hook wait for their turn, and how many run.
    pub fn load(&self, hook: HookIndex) -> (usize, usize) {
        (self.hooks[hook.0].waiting, self.hooks[hook.0].running)
    }

    /// Whether the hook is paused.
    pub fn is_paused(&self, hook: HookIndex) -> bool {
        self.hooks[hook.0].paused
    }

    /// Whether the lane itself is paused.
    pub fn is_lane_paused(&self, hook: HookIndex, lane: &LaneKey) -> bool {
        self.hooks[hook.0].lanes.get(&LaneId::Shared(lane.clone())).is_some_and(Lane::is_paused)
    }

    /// The hook's lanes that are paused themselves.
    pub fn paused_lanes(&self, hook: HookIndex) -> impl Iterator<Item = LaneKey> {
        let lanes = self.hooks[hook.0].lanes.iter().filter(|(_, lane)| lane.is_paused());
        lanes.filter_map(|(id, _)| id.key().cloned())
    }

    /// The lane that the ticket is in, unless that is one of its own.
    pub fn lane(&self, ticket: Ticket) -> Option<&LaneKey> {
        self.stays.get(&ticket)?.lane.key()
    }

    /// The ticket whose turn it is in the lane.
    pub fn occupant(&self, hook: HookIndex, lane: &LaneKey) -> Option<Ticket> {
        self.hooks[hook.0].lanes.get(&LaneId::Shared(lane.clone()))?.occupant()
    }

    /// Whether [`Happened::Draining`] has come.
    pub fn is_draining(&self) -> bool {
        self.draining
    }

    fn arrive(
        &mut self,
        ticket: Ticket,
        index: HookIndex,
        key: Option<LaneKey>,
        now: Timestamp,
        actions: &mut Vec<Action>,
    ) {
        let hook = &mut self.hooks[index.0];
        let lane_id = hook.known_as(LaneId::of(key, ticket));
        let turn = hook.turn_for(&lane_id);
        if self.draining || (turn != Turn::Now && hook.waiting >= hook.limits.queue) {
            actions.push(Action::Refuse(ticket, self.retry_after(index, now)));
            return;
        }
        let lane = hook.lanes.entry(lane_id.clone()).or_default();
        if turn == Turn::Now {
            lane.occupy(ticket);
            hook.running += 1;
        } else {
            lane.queue(ticket);
            hook.waiting += 1;
        }
        self.stays.insert(ticket, Stay { hook: index, lane: lane_id });
        actions.push(Action::Append(ticket, turn));
    }

    fn recover(
        &mut self,
        ticket: Ticket,
        index: HookIndex,
        key: Option<LaneKey>,
        not_before: Timestamp,
        now: Timestamp,
        actions: &mut Vec<Action>,
    ) {
        let hook = &mut self.hooks[index.0];
        let lane_id = hook.known_as(LaneId::of(key, ticket));
        let lane = hook.lanes.entry(lane_id.clone()).or_default();
        lane.queue(ticket);
        hook.waiting += 1;
        if not_before > now {
            self.resting.enter(ticket, not_before);
        } else {
            lane.may_start(ticket);
        }
        self.stays.insert(ticket, Stay { hook: index, lane: lane_id });
        self.announce(ticket);
        self.start_what_fits(index, actions);
    }

    fn appended(&mut self, ticket: Ticket, actions: &mut Vec<Action>) {
        let Some((hook, lane)) = self.place(ticket) else { return };
        if lane.is_occupied_by(ticket) {
            actions.push(Action::Run(ticket));
            return;
        }
        lane.may_start(ticket);
        if self.draining {
            actions.push(Action::TurnAway(ticket));
            return;
        }
        self.announce(ticket);
        self.start_what_fits(hook, actions);
    }

    fn leave(&mut self, ticket: Ticket, now: Timestamp, actions: &mut Vec<Action>) {
        let Some(stay) = self.stays.remove(&ticket) else { return };
        self.resting.leave(ticket);
        let hook = &mut self.hooks[stay.hook.0];
        let Some(lane) = hook.lanes.get_mut(&stay.lane) else { return };
        if lane.vacate(ticket) {
            hook.running -= 1;
            hook.drained.count(now);
        } else {
            lane.dequeue(ticket);
            hook.waiting -= 1;
        }
        hook.announce(&stay.lane);
        self.start_what_fits(stay.hook, actions);
    }

    fn rest(&mut self, ticket: Ticket, until: Timestamp, actions: &mut Vec<Action>) {
        let Some((index, lane)) = self.place(ticket) else { return };
        if !lane.vacate(ticket) {
            return;
        }
        lane.queue_first(ticket);
        let hook = &mut self.hooks[index.0];
        hook.running -= 1;
        hook.waiting += 1;
        self.resting.enter(ticket, until);
        // Others may have been put before it meanwhile.
        self.announce(ticket);
        self.start_what_fits(index, actions);
    }

    fn wake(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        while let Some(ticket) = self.resting.next_due(now) {
            self.has_rested(ticket, actions);
        }
    }

    fn wake_up(&mut self, ticket: Ticket, actions: &mut Vec<Action>) {
        if self.resting.leave(ticket) {
            self.has_rested(ticket, actions);
        }
    }

    fn has_rested(&mut self, ticket: Ticket, actions: &mut Vec<Action>) {
        if let Some((hook, lane)) = self.place(ticket) {
            lane.may_start(ticket);
            self.announce(ticket);
            self.start_what_fits(hook, actions);
        }
    }

    fn let_through(&mut self, ticket: Ticket, actions: &mut Vec<Action>) {
        let Some((hook, lane)) = self.place(ticket) else { return };
        lane.let_through(ticket);
        self.announce(ticket);
        self.start_what_fits(hook, actions);
    }

    fn move_up(&mut self, ticket: Ticket, other: Ticket, actions: &mut Vec<Action>) {
        let Some((hook, lane)) = self.place(ticket) else { return };
        lane.move_before(ticket, other);
        self.announce(ticket);
        self.start_what_fits(hook, actions);
    }

    fn drain(&mut self, actions: &mut Vec<Action>) {
        self.draining = true;
        let mut turned_away: Vec<Ticket> =
            self.hooks.iter().flat_map(|hook| hook.lanes.values()).flat_map(Lane::waiting).collect();
        turned_away.sort_unstable();
        actions.extend(turned_away.into_iter().map(Action::TurnAway));
    }

    fn place(&mut self, ticket: Ticket) -> Option<(HookIndex, &mut Lane)> {
        let stay = self.stays.get(&ticket)?;
        let lane = self.hooks[stay.hook.0].lanes.get_mut(&stay.lane)?;
        Some((stay.hook, lane))
    }

    fn announce(&mut self, ticket: Ticket) {
        if let Some(stay) = self.stays.get(&ticket) {
            self.hooks[stay.hook.0].announce(&stay.lane);
        }
    }

    fn start_what_fits(&mut self, index: HookIndex, actions: &mut Vec<Action>) {
        let hook = &mut self.hooks[index.0];
        while !self.draining && !hook.paused && hook.running < hook.limits.concurrency {
            let Some(lane_id) = hook.ready.pop_front() else { return };
            let Some(lane) = hook.lanes.get_mut(&lane_id) else { continue };
            if let Some(ticket) = lane.occupy_with_first() {
                hook.waiting -= 1;
                hook.running += 1;
                actions.push(Action::Begin(ticket));
            }
        }
    }
}
