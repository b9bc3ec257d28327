//! The seam between the journal and what keeps it: one method an act, each one whole transaction.
//!
//! A method hands its act in before it returns, in the order of the calls. Tokens are sealed on this side of the seam;
//! a back-end sees no credential.

use std::sync::Arc;

use jiff::Timestamp;

use bookhook_model::{
    Act, Actor, Delivery, DeliveryId, Event, HookName, LaneKey, ParkReason, Pause, ReplayJob, ReplayJobId,
    RunNumber,
};

use crate::acts::{
    Append, Appended, Begin, CancelReplays, NextReplay, Park, PauseLane, Portion, Recovered, Replay,
    ReplayNext, Returned, Settle, Skip, StartReplays, Unpark, Unsettled,
};
use crate::counts::HookCounts;
use crate::error::ReadError;
use crate::hosts::{Fencing, NewsFeed};
use crate::pending::Pending;
use crate::reading::{ActListing, Cursor, Listing, Outlook, Page, Payload};
use crate::removal::{ErasedSome, NoteErasure, OfUser, Retain, Retained, Targets};
use crate::seal::KeyId;

pub(crate) trait Backend: Send + Sync {
    fn append(&self, act: SealedAppend) -> Pending<Appended>;
    fn begin(&self, act: SealedBegin) -> Pending<SealedBegun>;
    fn settle(&self, act: Settle) -> Pending<()>;
    fn note_answered(&self, id: DeliveryId, status: u16);
    fn park_awaiting_callers(
        &self,
        hook: HookName,
        sent_before: Timestamp,
        reason: ParkReason,
        at: Timestamp,
    ) -> Pending<u64>;
    /// `who` is `None` when it is the host.
    fn pause(&self, hook: HookName, reason: Option<String>, who: Option<Actor>, at: Timestamp)
    -> Pending<()>;
    fn resume(&self, hook: HookName, who: Actor, at: Timestamp) -> Pending<()>;
    fn replay(&self, act: Replay, key: KeyId) -> Pending<Returned>;
    fn unpark(&self, act: Unpark, key: KeyId) -> Pending<Returned>;
    fn park(&self, act: Park) -> Pending<()>;
    fn skip(&self, act: Skip) -> Pending<()>;
    fn start_replays(&self, act: StartReplays) -> Pending<()>;
    fn replay_next(&self, act: ReplayNext, key: KeyId) -> Pending<NextReplay>;
    fn cancel_replays(&self, act: CancelReplays) -> Pending<()>;
    fn pause_lane(&self, act: PauseLane) -> Pending<()>;
    fn resume_lane(&self, hook: HookName, lane: LaneKey, who: Actor, at: Timestamp) -> Pending<()>;
    fn recover(&self, at: Timestamp, key: KeyId, serves: Arc<[HookName]>) -> Pending<Recovered>;
    fn unsettled(&self, portion: Portion) -> Pending<Vec<Unsettled>>;
    fn erase_expired_tokens(&self, at: Timestamp) -> Pending<u64>;
    /// Moves what came lately to where it is found among millions.
    fn tidy(&self) -> Pending<()>;
    /// Removes a limited number of deliveries.
    fn retain(&self, act: Retain) -> Pending<Retained>;
    /// Makes the file a little smaller, if it has more room than it needs; whether it has.
    fn give_back(&self) -> Pending<bool>;
    /// Removes a limited number of deliveries: of those behind the place.
    fn erase_some(&self, targets: Targets, after: i64) -> Pending<ErasedSome>;
    /// Remembers who has erased something.
    fn note_erasure(&self, act: NoteErasure) -> Pending<()>;
    /// Sees to it that nothing of what was removed is left between what is kept, as far as that can be.
    fn vacuum(&self) -> Pending<()>;
    /// Sees to it that nothing of what was removed is left in the log; whether nobody was in the way.
    fn wipe(&self) -> Pending<bool>;
    /// Writes something that means nothing.
    fn probe(&self) -> Pending<()>;

    fn find(&self, id: DeliveryId) -> Pending<Option<Delivery>, ReadError>;
    fn payload(&self, id: DeliveryId) -> Pending<Option<Payload>, ReadError>;
    fn list(&self, listing: Listing) -> Pending<Page, ReadError>;
    fn end(&self) -> Pending<Cursor, ReadError>;
    /// What the user caused, of the next stretch behind the place.
    fn find_of_user(&self, user: String, after: i64) -> Pending<OfUser, ReadError>;
    fn hook_counts(&self) -> Pending<Vec<HookCounts>, ReadError>;
    fn acts(&self, listing: ActListing) -> Pending<Page<Act>, ReadError>;
    fn pauses(&self) -> Pending<Vec<Pause>, ReadError>;
    fn outlook(&self, id: DeliveryId) -> Pending<Option<Outlook>, ReadError>;
    /// The newest first; with an id, that one.
    fn replay_jobs(&self, id: Option<ReplayJobId>) -> Pending<Vec<ReplayJob>, ReadError>;

    /// What is heard of other hosts, where there may be any.
    fn news(&self) -> Option<(Fencing, NewsFeed)> {
        None
    }
    /// Takes over a limited number of deliveries of hosts that are gone, of these hooks.
    fn take_over(&self, _at: Timestamp, _serves: Arc<[HookName]>) -> Pending<Vec<Unsettled>> {
        Pending::work(async { Ok(Vec::new()) })
    }
    /// Takes part as a new host, after it was fenced.
    fn rejoin(&self) -> Pending<()> {
        Pending::work(async { Ok(()) })
    }

    /// Whether this host is not taken for dead by others, as far as its own clock tells.
    fn is_in_charge(&self) -> bool {
        true
    }

    /// Whether the last group of acts could be written.
    fn healthy(&self) -> bool;
    /// Finishes what was handed in before, and lets the journal go.
    fn close(&self) -> Pending<()>;
}

/// An [`Append`] whose event has lost its secrets.
#[derive(Debug)]
pub(crate) struct SealedAppend {
    pub(crate) act: Append,
    /// Under which the sendings of one event are found.
    pub(crate) event_key: Option<i64>,
    /// The headers, encoded.
    pub(crate) headers: Vec<u8>,
    /// What was secret in the event.
    pub(crate) sealed: Option<Vec<u8>>,
}

/// A [`Begin`] by a host with this key.
#[derive(Debug, Clone)]
pub(crate) struct SealedBegin {
    pub(crate) act: Begin,
    pub(crate) key: KeyId,
}

/// What a [`SealedBegin`] found.
#[derive(Debug)]
pub(crate) enum SealedBegun {
    /// The run is journaled.
    Run(Box<SealedRun>),
    /// The delivery is parked.
    Parked(ParkReason),
}

/// A run whose event has no secrets yet.
#[derive(Debug)]
pub(crate) struct SealedRun {
    pub(crate) number: RunNumber,
    pub(crate) hook: HookName,
    pub(crate) event: Event,
    pub(crate) sealed: Option<Vec<u8>>,
}
