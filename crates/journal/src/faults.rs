//! A journal whose writes can be made to fail, or to answer late. For tests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;

use bookhook_model::{
    Act, Actor, Delivery, DeliveryId, HookName, LaneKey, ParkReason, Pause, ReplayJob, ReplayJobId,
};

use crate::acts::{
    Appended, CancelReplays, NextReplay, Park, PauseLane, Portion, Recovered, Replay, ReplayNext, Returned,
    Settle, Skip, StartReplays, Unpark, Unsettled,
};
use crate::backend::{Backend, SealedAppend, SealedBegin, SealedBegun};
use crate::counts::HookCounts;
use crate::error::{ReadError, WriteError};
use crate::hosts::{Fencing, NewsFeed};
use crate::journal::Journal;
use crate::pending::Pending;
use crate::reading::{ActListing, Cursor, Listing, Outlook, Page, Payload};
use crate::removal::{ErasedSome, NoteErasure, OfUser, Retain, Retained, Targets};
use crate::seal::KeyId;

/// A kind of write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// [`Journal::append`].
    Append,
    /// [`Journal::begin`].
    Begin,
    /// [`Journal::settle`].
    Settle,
    /// [`Journal::park`] and [`Journal::skip`].
    Park,
    /// [`Journal::replay`], [`Journal::unpark`] and [`Journal::replay_next`].
    Return,
    /// [`Journal::start_replays`] and [`Journal::cancel_replays`].
    Replays,
    /// [`Journal::pause`] and [`Journal::resume`], and the same of a lane.
    Pause,
    /// [`Journal::recover`], [`Journal::unsettled`], [`Journal::take_over`] and [`Journal::rejoin`].
    Recover,
    /// [`Journal::check_writable`], [`Journal::erase_expired_tokens`], [`Journal::erase`], [`Journal::retain`],
    /// [`Journal::give_back`] and [`Journal::tidy`].
    Upkeep,
}

/// The handle with which a test makes writes fail or wait.
#[derive(Debug, Clone)]
pub struct Faults {
    failing: Arc<Mutex<Vec<Write>>>,
    held: watch::Sender<bool>,
}

impl Journal {
    /// The same journal, and the handle on its faults. Clones made before go past them.
    #[must_use]
    pub fn with_faults(self) -> (Self, Faults) {
        let faults = Faults { failing: Arc::default(), held: watch::Sender::new(false) };
        let handle = faults.clone();
        (self.behind(|inner| Arc::new(Faulty { inner, faults })), handle)
    }
}

impl Faults {
    /// The next `n` writes of this kind fail, and are not in the journal.
    pub fn fail_next(&self, n: usize, kind: Write) {
        self.failing().extend(std::iter::repeat_n(kind, n));
    }

    /// From now on writes are done, but nobody hears of it, until [`Self::release`].
    pub fn hold(&self) {
        self.held.send_replace(true);
    }

    /// Lets all answers go.
    pub fn release(&self) {
        self.held.send_replace(false);
    }

    fn is_to_fail(&self, kind: Write) -> bool {
        let mut failing = self.failing();
        let found = failing.iter().position(|next| *next == kind);
        found.map(|at| failing.remove(at)).is_some()
    }

    fn failing(&self) -> MutexGuard<'_, Vec<Write>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Faulty {
    inner: Arc<dyn Backend>,
    faults: Faults,
}

impl Faulty {
    fn write<T: Send + 'static>(
        &self,
        kind: Write,
        write: impl FnOnce(&dyn Backend) -> Pending<T>,
    ) -> Pending<T> {
        if self.faults.is_to_fail(kind) {
            return Pending::work(async { Err(WriteError::Injected) });
        }
        let answer = write(&*self.inner);
        let mut held = self.faults.held.subscribe();
        Pending::work(async move {
            let answer = answer.await;
            // The handle may be gone; then nothing is held any more.
            let _ = held.wait_for(|held| !held).await;
            answer
        })
    }
}

impl Backend for Faulty {
    fn append(&self, act: SealedAppend) -> Pending<Appended> {
        self.write(Write::Append, |inner| inner.append(act))
    }

    fn begin(&self, act: SealedBegin) -> Pending<SealedBegun> {
        self.write(Write::Begin, |inner| inner.begin(act))
    }

    fn settle(&self, act: Settle) -> Pending<()> {
        self.write(Write::Settle, |inner| inner.settle(act))
    }

    fn note_answered(&self, id: DeliveryId, status: u16) {
        self.inner.note_answered(id, status);
    }

    fn park_awaiting_callers(
        &self,
        hook: HookName,
        sent_before: Timestamp,
        reason: ParkReason,
        at: Timestamp,
    ) -> Pending<u64> {
        self.write(Write::Park, |inner| inner.park_awaiting_callers(hook, sent_before, reason, at))
    }

    fn pause(
        &self,
        hook: HookName,
        reason: Option<String>,
        who: Option<Actor>,
        at: Timestamp,
    ) -> Pending<()> {
        self.write(Write::Pause, |inner| inner.pause(hook, reason, who, at))
    }

    fn resume(&self, hook: HookName, who: Actor, at: Timestamp) -> Pending<()> {
        self.write(Write::Pause, |inner| inner.resume(hook, who, at))
    }

    fn replay(&self, act: Replay, key: KeyId) -> Pending<Returned> {
        self.write(Write::Return, |inner| inner.replay(act, key))
    }

    fn unpark(&self, act: Unpark, key: KeyId) -> Pending<Returned> {
        self.write(Write::Return, |inner| inner.unpark(act, key))
    }

    fn park(&self, act: Park) -> Pending<()> {
        self.write(Write::Park, |inner| inner.park(act))
    }

    fn skip(&self, act: Skip) -> Pending<()> {
        self.write(Write::Park, |inner| inner.skip(act))
    }

    fn start_replays(&self, act: StartReplays) -> Pending<()> {
        self.write(Write::Replays, |inner| inner.start_replays(act))
    }

    fn replay_next(&self, act: ReplayNext, key: KeyId) -> Pending<NextReplay> {
        self.write(Write::Return, |inner| inner.replay_next(act, key))
    }

    fn cancel_replays(&self, act: CancelReplays) -> Pending<()> {
        self.write(Write::Replays, |inner| inner.cancel_replays(act))
    }

    fn pause_lane(&self, act: PauseLane) -> Pending<()> {
        self.write(Write::Pause, |inner| inner.pause_lane(act))
    }

    fn resume_lane(&self, hook: HookName, lane: LaneKey, who: Actor, at: Timestamp) -> Pending<()> {
        self.write(Write::Pause, |inner| inner.resume_lane(hook, lane, who, at))
    }

    fn recover(&self, at: Timestamp, key: KeyId, serves: Arc<[HookName]>) -> Pending<Recovered> {
        self.write(Write::Recover, |inner| inner.recover(at, key, serves))
    }

    fn unsettled(&self, portion: Portion) -> Pending<Vec<Unsettled>> {
        self.write(Write::Recover, |inner| inner.unsettled(portion))
    }

    fn erase_expired_tokens(&self, at: Timestamp) -> Pending<u64> {
        self.write(Write::Upkeep, |inner| inner.erase_expired_tokens(at))
    }

    fn tidy(&self) -> Pending<()> {
        self.write(Write::Upkeep, |inner| inner.tidy())
    }

    fn retain(&self, act: Retain) -> Pending<Retained> {
        self.write(Write::Upkeep, |inner| inner.retain(act))
    }

    fn give_back(&self) -> Pending<bool> {
        self.write(Write::Upkeep, |inner| inner.give_back())
    }

    fn erase_some(&self, targets: Targets, after: i64) -> Pending<ErasedSome> {
        self.write(Write::Upkeep, |inner| inner.erase_some(targets, after))
    }

    fn note_erasure(&self, act: NoteErasure) -> Pending<()> {
        self.write(Write::Upkeep, |inner| inner.note_erasure(act))
    }

    fn vacuum(&self) -> Pending<()> {
        self.write(Write::Upkeep, |inner| inner.vacuum())
    }

    fn wipe(&self) -> Pending<bool> {
        self.write(Write::Upkeep, |inner| inner.wipe())
    }

    fn probe(&self) -> Pending<()> {
        self.write(Write::Upkeep, |inner| inner.probe())
    }

    fn find(&self, id: DeliveryId) -> Pending<Option<Delivery>, ReadError> {
        self.inner.find(id)
    }

    fn payload(&self, id: DeliveryId) -> Pending<Option<Payload>, ReadError> {
        self.inner.payload(id)
    }

    fn list(&self, listing: Listing) -> Pending<Page, ReadError> {
        self.inner.list(listing)
    }

    fn end(&self) -> Pending<Cursor, ReadError> {
        self.inner.end()
    }

    fn find_of_user(&self, user: String, after: i64) -> Pending<OfUser, ReadError> {
        self.inner.find_of_user(user, after)
    }

    fn hook_counts(&self) -> Pending<Vec<HookCounts>, ReadError> {
        self.inner.hook_counts()
    }

    fn acts(&self, listing: ActListing) -> Pending<Page<Act>, ReadError> {
        self.inner.acts(listing)
    }

    fn pauses(&self) -> Pending<Vec<Pause>, ReadError> {
        self.inner.pauses()
    }

    fn outlook(&self, id: DeliveryId) -> Pending<Option<Outlook>, ReadError> {
        self.inner.outlook(id)
    }

    fn replay_jobs(&self, id: Option<ReplayJobId>) -> Pending<Vec<ReplayJob>, ReadError> {
        self.inner.replay_jobs(id)
    }

    fn news(&self) -> Option<(Fencing, NewsFeed)> {
        self.inner.news()
    }

    fn take_over(&self, at: Timestamp, serves: Arc<[HookName]>) -> Pending<Vec<Unsettled>> {
        self.write(Write::Recover, |inner| inner.take_over(at, serves))
    }

    fn rejoin(&self) -> Pending<()> {
        self.write(Write::Recover, |inner| inner.rejoin())
    }

    fn is_in_charge(&self) -> bool {
        self.inner.is_in_charge()
    }

    fn healthy(&self) -> bool {
        self.inner.healthy()
    }

    fn close(&self) -> Pending<()> {
        self.inner.close()
    }
}
