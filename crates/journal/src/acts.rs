//! What can be written to a journal: one type an act, and what each of them found.
//!
//! Every act is one transaction. What it decides (is this event known? may it run again?) is decided inside that
//! transaction, so that two hosts, or two callers, cannot decide differently.

mod people;

use std::collections::VecDeque;

use jiff::Timestamp;

use bookhook_model::{
    Actor, Cause, DeliveryId, Event, HookName, LaneKey, OnPark, ParkReason, Response, RunEnd, RunNumber,
    State,
};

pub(crate) use people::{By, Target};
pub use people::{
    CancelReplays, NextReplay, Park, Refusal, Replay, ReplayNext, Returned, Skip, StartReplays, Unpark,
};

/// An event comes in.
#[derive(Debug, Clone)]
pub struct Append {
    /// The id of the delivery, if this event begins one.
    pub id: DeliveryId,
    /// The hook that it came to.
    pub hook: HookName,
    /// The event.
    pub event: Event,
    /// When it was received.
    pub received_at: Timestamp,
    /// When the tokens in it stop being good.
    pub token_expires_at: Timestamp,
    /// Where the delivery goes.
    pub place: Place,
    /// As [`Begin::after`], where the run begins at once.
    pub after: Option<DeliveryId>,
}

/// Where an event goes that is to be run: a new one, or one that is sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Its lane is free: its run begins in the same transaction.
    Start,
    /// Behind others in its lane.
    Queue,
    /// Its hook or its lane is paused.
    Hold,
    /// Nowhere: the app does not declare its type.
    Unmatched,
    /// Nowhere: the host itself has the response (an app's own event that it does not want).
    Settle(Response),
}

/// What an [`Append`] found. Known or not, the event is durable now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// A new delivery, in the place asked for; with [`Place::Start`] its first run has begun.
    Fresh {
        /// An earlier delivery has the same event id and another body.
        conflict: bool,
    },
    /// A new delivery that does not run at once, or is held, although that was not asked for: another host has its lane, or
    /// has paused it or its hook.
    Deferred {
        /// As in [`Self::Fresh`].
        conflict: bool,
        /// [`State::Waiting`] or [`State::Held`].
        state: State,
    },
    /// The same event is waiting for its turn or its next try, running, or held: this caller joins it.
    Joined {
        /// The delivery that it joins.
        id: DeliveryId,
        /// Where that stands.
        state: State,
    },
    /// The same event is settled and its response never reached a caller; or the place asked for is no run. Here is
    /// the response.
    Stored {
        /// The delivery.
        id: DeliveryId,
        /// Its response.
        response: Response,
    },
    /// The same event runs again, in the place asked for: it was settled and answered 2xx (a replay), or waited for
    /// this caller, or was parked (a retry); or it was unmatched and is declared now (its first run). Body and tokens are those of this sending.
    Again {
        /// The delivery.
        id: DeliveryId,
        /// Why it runs again.
        cause: Cause,
        /// The run that has begun, with [`Place::Start`], unless another host has its lane.
        run: Option<RunNumber>,
    },
}

/// A waiting delivery's turn has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begin {
    /// The delivery.
    pub id: DeliveryId,
    /// Why it runs.
    pub cause: Cause,
    /// When.
    pub at: Timestamp,
    /// The delivery that ran before it in its lane, if its settling was handed in before and may not be written yet:
    /// while that is running, this one does not begin.
    pub after: Option<DeliveryId>,
    /// Why it is to be parked instead, should it be its turn: it may not run once more.
    pub gives_up: Option<ParkReason>,
    /// What becomes of its lane should it be parked instead.
    pub on_park: OnPark,
}

/// What a [`Begin`] found.
#[derive(Debug)]
pub enum Begun {
    /// The run is journaled and the handler may start.
    Run {
        /// The run's number.
        run: RunNumber,
        /// The event, its tokens opened.
        event: Box<Event>,
    },
    /// The delivery is parked instead: its token is no longer good or does not open, or the host gives it up.
    Parked(ParkReason),
}

/// A run has ended.
#[derive(Debug, Clone)]
pub struct Settle {
    /// The delivery.
    pub id: DeliveryId,
    /// The run.
    pub run: RunNumber,
    /// When it ended.
    pub at: Timestamp,
    /// How it ended.
    pub end: RunEnd,
    /// What becomes of the delivery.
    pub then: Then,
}

/// What becomes of a delivery after a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// It is settled with this response.
    Settled(Response),
    /// It waits until its caller sends it again.
    AwaitCaller,
    /// It waits until the host tries again by itself.
    RetryAt(Timestamp),
    /// It is given up.
    Park {
        /// Why.
        reason: ParkReason,
        /// What becomes of its lane.
        on_park: OnPark,
    },
}

/// A person pauses a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseLane {
    /// The hook.
    pub hook: HookName,
    /// Its lane.
    pub lane: LaneKey,
    /// Who does.
    pub who: Actor,
    /// Why, if they say so.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A lane that is paused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PausedLane {
    /// The hook.
    pub hook: HookName,
    /// Its lane.
    pub lane: LaneKey,
    /// When it was paused.
    pub paused_at: Timestamp,
    /// The person who did; `None` when the host has.
    pub who: Option<Actor>,
    /// Why.
    pub reason: Option<String>,
    /// The parked delivery that it waits for, with [`OnPark::Hold`].
    pub held_for: Option<DeliveryId>,
}

/// A delivery that was accepted and is not settled, as found at start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// The delivery.
    pub id: DeliveryId,
    /// Its hook.
    pub hook: HookName,
    /// Its lane.
    pub lane: Option<LaneKey>,
    /// [`State::Waiting`] or [`State::Held`].
    pub state: State,
    /// When it was received; if it was sent again and runs again, when that sending was.
    pub received_at: Timestamp,
    /// When it is to be tried next, if a retry was due later.
    pub next_run_at: Option<Timestamp>,
    /// How many runs there were.
    pub runs: u32,
    /// How many of them since it was last sent, replayed or unparked.
    pub tries: u32,
    /// It waits for its caller to send it again, and is not to run before.
    pub awaits_caller: bool,
    /// When it is taken over from another host: who comes before it in its lane, of those that are this host's now.
    pub after: Option<DeliveryId>,
}

/// What was accepted and is not settled, in the order of the lanes. There may be very many, so it is places in the journal, which
/// [`Journal::unsettled`](crate::Journal::unsettled) reads a portion at a time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Backlog(VecDeque<i64>);

/// A part of a [`Backlog`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portion(pub(crate) Vec<i64>);

impl Backlog {
    /// So many are a portion.
    pub const PORTION: usize = 1000;

    pub(crate) fn new(places: Vec<i64>) -> Self {
        Self(places.into())
    }

    /// Takes the next portion; `None` when nothing is left.
    pub fn take_portion(&mut self) -> Option<Portion> {
        let portion: Vec<_> = self.0.drain(..self.0.len().min(Self::PORTION)).collect();
        (!portion.is_empty()).then_some(Portion(portion))
    }
}

/// What was found at start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recovered {
    /// What was accepted and is not settled.
    pub unsettled: Backlog,
    /// The hooks that are paused.
    pub paused: Vec<HookName>,
    /// The lanes that are paused, also those of paused hooks.
    pub paused_lanes: Vec<PausedLane>,
    /// How many of the unsettled have a token that another key has sealed: at their turn they will be parked.
    pub sealed_otherwise: u64,
}
