//! The journal in a SQLite file (or in memory): one thread writes, one reads, one moves the log into the file.
//!
//! A delivery that runs at once and settles well takes eight statements: one to know it again, three inserts (delivery,
//! payload, run), one to find it, two updates (run, delivery), one to note its answer.
//! All are prepared once, and none fills a temporary table.
//!
//! Erasing a token sets its sealed value to null, with `secure_delete=FAST`: it is overwritten where that costs no further
//! I/O, and remnants of the *sealed* value may stay in free pages until they are used again. What protects a token at
//! rest is the seal.

mod act;
mod append;
mod begin;
mod check;
mod export;
mod files;
mod filter;
mod jobs;
mod json;
mod keys;
mod lanes;
mod migrate;
mod open;
mod people;
mod problem;
mod queries;
mod reads;
mod removal;
mod rows;
mod settle;
#[cfg(feature = "faults")]
mod simulated;
mod statements;
mod tidy;
mod upkeep;
mod vacuum;
mod wal;
mod writer;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use jiff::Timestamp;
use tokio::sync::oneshot;

use bookhook_model::{
    Act, Actor, Delivery, DeliveryId, HookName, LaneKey, ParkReason, Pause, ReplayJob, ReplayJobId,
};

use crate::acts::{
    Appended, CancelReplays, NextReplay, Park, PauseLane, Portion, Recovered, Replay, ReplayNext, Returned,
    Settle, Skip, StartReplays, Unpark, Unsettled,
};
use crate::backend::{Backend, SealedAppend, SealedBegin, SealedBegun};
use crate::counts::HookCounts;
use crate::error::{OpenError, ReadError};
use crate::pending::Pending;
use crate::reading::{ActListing, Cursor, Listing, Outlook, Page, Payload};
use crate::removal::{ErasedSome, NoteErasure, OfUser, Retain, Retained, Targets};
use crate::seal::KeyId;

use act::Asked;
use jobs::SealedReplayNext;
use lanes::ResumeLane;
use people::{SealedReplay, SealedUnpark};
use removal::{EraseSome, GiveBack};
use tidy::{Amounts, Tidying};
use upkeep::{EraseExpired, NoteAnswered, ParkAwaitingCallers, Probe, Recover, Resume};
use writer::{Message, Writer};

pub(crate) use check::check;
pub(crate) use export::Export;
pub use migrate::MIGRATIONS;
pub use queries::QUERIES;
pub(crate) use reads::Reads;
#[cfg(feature = "faults")]
pub use simulated::{Change, Disk, Hand, Known, Seq, Stand};

/// A journal in SQLite, and the threads that serve it.
pub(crate) struct Sqlite {
    queue: mpsc::Sender<Message>,
    reads: Reads,
    healthy: Arc<AtomicBool>,
    amounts: Amounts,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Sqlite {
    /// Opens, makes or migrates the journal in this file.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let lock = files::lock(path)?;
        let place = open::Place::File(path.to_owned());
        Self::start(&place, Some(lock))
    }

    /// Makes a journal that is gone with the process.
    pub(crate) fn open_memory() -> Result<Self, OpenError> {
        Self::start(&open::Place::unique_memory(), None)
    }

    fn start(place: &open::Place, lock: Option<std::fs::File>) -> Result<Self, OpenError> {
        let mut conn = place.open_for_writing()?;
        let wal = wal::Wal::start(place, &mut conn)?;
        let reads = Reads::start(place)?;
        let healthy = Arc::new(AtomicBool::new(true));
        let (queue, messages) = mpsc::channel();
        let writer = Writer::new(conn, messages, Arc::clone(&healthy), wal, reads.clone());
        let thread = writer.spawn(lock)?;
        Ok(Self { queue, reads, healthy, amounts: Amounts::USUAL, writer: Mutex::new(Some(thread)) })
    }

    fn ask<A: act::Act>(&self, act: A) -> Pending<A::Found> {
        ask(&self.queue, act)
    }

    /// When the writer has ended, the message is dropped, and who waits for it finds the journal closed.
    fn hand_in(&self, message: Message) {
        let _ = self.queue.send(message);
    }
}

/// Hands an act in.
fn ask<A: act::Act>(queue: &mpsc::Sender<Message>, act: A) -> Pending<A::Found> {
    let (reply, pending) = Pending::channel();
    // When the writer has ended, the message is dropped, and who waits for it finds the journal closed.
    let _ = queue.send(Message::Act(Box::new(Asked::new(act, reply))));
    pending
}

impl Backend for Sqlite {
    fn append(&self, act: SealedAppend) -> Pending<Appended> {
        self.ask(act)
    }

    fn begin(&self, act: SealedBegin) -> Pending<SealedBegun> {
        self.ask(act)
    }

    fn settle(&self, act: Settle) -> Pending<()> {
        self.ask(act)
    }

    fn note_answered(&self, id: DeliveryId, status: u16) {
        drop(self.ask(NoteAnswered { id, status }));
    }

    fn park_awaiting_callers(
        &self,
        hook: HookName,
        sent_before: Timestamp,
        reason: ParkReason,
        _at: Timestamp,
    ) -> Pending<u64> {
        self.ask(ParkAwaitingCallers { hook, sent_before, reason })
    }

    fn pause(
        &self,
        hook: HookName,
        reason: Option<String>,
        who: Option<Actor>,
        at: Timestamp,
    ) -> Pending<()> {
        self.ask(upkeep::Pause { hook, reason, who, at })
    }

    fn resume(&self, hook: HookName, who: Actor, at: Timestamp) -> Pending<()> {
        self.ask(Resume { hook, who, at })
    }

    fn replay(&self, act: Replay, key: KeyId) -> Pending<Returned> {
        self.ask(SealedReplay { act, key })
    }

    fn unpark(&self, act: Unpark, key: KeyId) -> Pending<Returned> {
        self.ask(SealedUnpark { act, key })
    }

    fn park(&self, act: Park) -> Pending<()> {
        self.ask(act)
    }

    fn skip(&self, act: Skip) -> Pending<()> {
        self.ask(act)
    }

    fn start_replays(&self, act: StartReplays) -> Pending<()> {
        self.ask(act)
    }

    fn replay_next(&self, act: ReplayNext, key: KeyId) -> Pending<NextReplay> {
        self.ask(SealedReplayNext { act, key })
    }

    fn cancel_replays(&self, act: CancelReplays) -> Pending<()> {
        self.ask(act)
    }

    fn pause_lane(&self, act: PauseLane) -> Pending<()> {
        self.ask(act)
    }

    fn resume_lane(&self, hook: HookName, lane: LaneKey, who: Actor, at: Timestamp) -> Pending<()> {
        self.ask(ResumeLane { hook, lane, who, at })
    }

    fn recover(&self, at: Timestamp, key: KeyId, _serves: Arc<[HookName]>) -> Pending<Recovered> {
        self.ask(Recover { at, key })
    }

    fn unsettled(&self, portion: Portion) -> Pending<Vec<Unsettled>> {
        self.ask(portion)
    }

    fn erase_expired_tokens(&self, at: Timestamp) -> Pending<u64> {
        self.ask(EraseExpired { at })
    }

    fn tidy(&self) -> Pending<()> {
        let Self { queue, reads, amounts, .. } = self;
        let tidying = Tidying { queue: queue.clone(), reads: reads.clone(), amounts: *amounts };
        Pending::work(tidying.run())
    }

    fn retain(&self, act: Retain) -> Pending<Retained> {
        self.ask(act)
    }

    fn give_back(&self) -> Pending<bool> {
        self.ask(GiveBack)
    }

    fn erase_some(&self, targets: Targets, after: i64) -> Pending<ErasedSome> {
        self.ask(EraseSome { targets, after })
    }

    fn note_erasure(&self, act: NoteErasure) -> Pending<()> {
        self.ask(act)
    }

    fn vacuum(&self) -> Pending<()> {
        let (reply, vacuumed) = Pending::channel();
        self.hand_in(Message::Vacuum(reply));
        vacuumed
    }

    fn wipe(&self) -> Pending<bool> {
        let (reply, wiped) = Pending::channel();
        self.hand_in(Message::Wipe(reply));
        wiped
    }

    fn probe(&self) -> Pending<()> {
        self.ask(Probe)
    }

    fn find(&self, id: DeliveryId) -> Pending<Option<Delivery>, ReadError> {
        self.reads.find(id)
    }

    fn payload(&self, id: DeliveryId) -> Pending<Option<Payload>, ReadError> {
        self.reads.payload(id)
    }

    fn list(&self, listing: Listing) -> Pending<Page, ReadError> {
        self.reads.list(listing)
    }

    fn end(&self) -> Pending<Cursor, ReadError> {
        self.reads.end()
    }

    fn find_of_user(&self, user: String, after: i64) -> Pending<OfUser, ReadError> {
        self.reads.find_of_user(user, after)
    }

    fn hook_counts(&self) -> Pending<Vec<HookCounts>, ReadError> {
        self.reads.hook_counts()
    }

    fn acts(&self, listing: ActListing) -> Pending<Page<Act>, ReadError> {
        self.reads.acts(listing)
    }

    fn pauses(&self) -> Pending<Vec<Pause>, ReadError> {
        self.reads.pauses()
    }

    fn outlook(&self, id: DeliveryId) -> Pending<Option<Outlook>, ReadError> {
        self.reads.outlook(id)
    }

    fn replay_jobs(&self, id: Option<ReplayJobId>) -> Pending<Vec<ReplayJob>, ReadError> {
        self.reads.replay_jobs(id)
    }

    fn healthy(&self) -> bool {
        self.healthy.load(Ordering::Relaxed)
    }

    fn close(&self) -> Pending<()> {
        let (reply, closed) = Pending::channel();
        self.hand_in(Message::Close(Some(reply)));
        closed
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.hand_in(Message::Close(None));
        let thread = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        // A writer that has panicked has told so.
        let _ = thread.map(JoinHandle::join);
    }
}

/// Does what blocks on a thread of its own, so that it needs no particular runtime.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, OpenError> {
    let (done, result) = oneshot::channel();
    thread::Builder::new()
        .name("journal-open".into())
        .spawn(move || drop(done.send(work())))
        .map_err(OpenError::System)?;
    result.await.map_err(|_| OpenError::System(std::io::Error::other("the opening thread ended")))
}
