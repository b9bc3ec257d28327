//! What people do. Each act is remembered, with who and when, in the transaction that does it.

use std::sync::Arc;

use jiff::Timestamp;

use bookhook_model::{
    ActKind, Actor, DeliveryId, HookName, LaneKey, NewReplays, ReplayJobId, ReplayJobState, ReplayOptions,
};

/// A delivery that is settled, parked, unmatched or left to its caller is to run again, at the back of its lane.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The delivery.
    pub id: DeliveryId,
    /// How.
    pub options: ReplayOptions,
    /// The hooks whose deliveries can run here.
    pub serves: Arc<[HookName]>,
    /// Who wants it.
    pub who: Actor,
    /// When.
    pub at: Timestamp,
}

/// A parked delivery is to wait again, in its old place in its lane.
#[derive(Debug, Clone)]
pub struct Unpark {
    /// The delivery.
    pub id: DeliveryId,
    /// The hooks whose deliveries can run here.
    pub serves: Arc<[HookName]>,
    /// Who wants it.
    pub who: Actor,
    /// When.
    pub at: Timestamp,
}

/// A delivery is back in its lane, and is not held for itself: it waits, or is held with its hook or its lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Its hook.
    pub hook: HookName,
    /// Its lane.
    pub lane: Option<LaneKey>,
    /// How many runs there were.
    pub runs: u32,
    /// If it has its old place: who is to run before it in its lane.
    pub earlier: Vec<DeliveryId>,
}

/// A delivery that waits or is held is given up.
#[derive(Debug, Clone)]
pub struct Park {
    /// The delivery.
    pub id: DeliveryId,
    /// Why, if they say so.
    pub reason: Option<String>,
    /// Who wants it.
    pub who: Actor,
    /// When.
    pub at: Timestamp,
}

/// A delivery that waits, is held or is parked is settled without a run.
#[derive(Debug, Clone)]
pub struct Skip {
    /// The delivery.
    pub id: DeliveryId,
    /// Who wants it.
    pub who: Actor,
    /// When.
    pub at: Timestamp,
}

/// Deliveries are to run again, in the background.
#[derive(Debug, Clone)]
pub struct StartReplays {
    /// The job's id.
    pub id: ReplayJobId,
    /// What was asked for.
    pub new: NewReplays,
    /// The deliveries that fit, in the order in which they are to run.
    pub targets: Vec<DeliveryId>,
    /// Who wants it.
    pub who: Actor,
    /// When.
    pub at: Timestamp,
}

/// The next delivery of a job is to run again.
#[derive(Debug, Clone)]
pub struct ReplayNext {
    /// The job.
    pub job: ReplayJobId,
    /// The hooks whose deliveries can run here.
    pub serves: Arc<[HookName]>,
    /// When.
    pub at: Timestamp,
}

/// What a [`ReplayNext`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextReplay {
    /// It is back in its lane.
    Returned(DeliveryId, Returned),
    /// It cannot run again; that is counted.
    Refused(DeliveryId, Refusal),
    /// Another host works it off.
    Elsewhere,
    /// The job has come to an end.
    Over(ReplayJobState),
}

/// Why a job does not replay one of its deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Its token was erased, or has expired.
    TokenGone,
    /// Its token was sealed with another key.
    WrongKey,
    /// It waits, is held or runs by now.
    NotAtRest,
    /// The host settled it without asking the handler, or a person did: a replay of it must be asked for by its id.
    NeverRan,
    /// Its hook is not configured any more.
    NoHook,
    /// It was erased.
    Erased,
}

impl Refusal {
    /// The name in the API and the journal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TokenGone => "token_gone",
            Self::WrongKey => "wrong_key",
            Self::NotAtRest => "not_at_rest",
            Self::NeverRan => "never_ran",
            Self::NoHook => "no_hook",
            Self::Erased => "erased",
        }
    }
}

/// A person puts an end to a job.
#[derive(Debug, Clone)]
pub struct CancelReplays {
    /// The job.
    pub id: ReplayJobId,
    /// Who wants it.
    pub who: Actor,
    /// When.
    pub at: Timestamp,
}

/// An act as it is to be remembered, without what it was done to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct By<'a> {
    pub(crate) who: &'a Actor,
    pub(crate) what: ActKind,
    pub(crate) at: Timestamp,
}

/// What an act was done to.
#[derive(Debug, Default)]
pub(crate) struct Target<'a> {
    pub(crate) hook: Option<&'a HookName>,
    pub(crate) lane: Option<&'a LaneKey>,
    pub(crate) delivery: Option<DeliveryId>,
    pub(crate) replays: Option<ReplayJobId>,
}

impl<'a> Target<'a> {
    pub(crate) fn hook(hook: &'a HookName) -> Self {
        Self { hook: Some(hook), ..Self::default() }
    }

    pub(crate) fn lane(hook: &'a HookName, lane: &'a LaneKey) -> Self {
        Self { hook: Some(hook), lane: Some(lane), ..Self::default() }
    }
}
