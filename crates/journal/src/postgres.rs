//! The journal in a PostgreSQL database, which many hosts may share.
//!
//! One thread of its own, with a small runtime, holds the connections: a few that write ([`shard`]), of which each takes
//! the acts of its lanes, and a few that read. What SQLite's one writer decides by being alone is decided here by locks
//! and by two unique indexes: of the sendings of an event, and of what runs in a lane.
//!
//! To add an act: its statements in `queries/postgres/` and in [`queries`] and [`statements`], an [`act::Act`], and the
//! method of [`Backend`] that hands it in, on the track of its lane or (what has to do with many lanes) alone.

mod act;
mod address;
mod append;
mod begin;
mod check;
mod control;
mod health;
mod import;
mod intake;
mod jobs;
mod lanes;
mod lease;
mod migrate;
mod people;
mod problem;
mod queries;
mod reads;
mod removal;
mod routes;
mod rows;
mod session;
mod settle;
mod shard;
mod statements;
mod tally;
mod thread;
mod tls;
mod upkeep;
mod vacuum;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::try_join_all;
use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use bookhook_model::{Actor, Delivery, DeliveryId, HookName, LaneKey, ParkReason, ReplayJob, ReplayJobId};

use crate::acts::{
    Appended, CancelReplays, NextReplay, Park, PauseLane, Portion, Recovered, Replay, ReplayNext, Returned,
    Settle, Skip, StartReplays, Unpark, Unsettled,
};
use crate::backend::{Backend, SealedAppend, SealedBegin, SealedBegun};
use crate::counts::HookCounts;
use crate::error::{OpenError, ReadError, WriteError};
use crate::hosts::{Fencing, LaneMark, Membership, NewsFeed};
use crate::pending::Pending;
use crate::reading::{ActListing, Cursor, Listing, Outlook, Page, Payload};
use crate::removal::{ErasedSome, NoteErasure, OfUser, Retain, Retained, Targets};
use crate::seal::KeyId;

use act::{Act, Asked};
use control::Rejoin;
use health::Health;
use intake::{Message, Placed, Stillness};
use jobs::SealedReplayNext;
use lanes::ResumeLane;
use lease::Lease;
use people::{SealedReplay, SealedUnpark};
use removal::EraseSome;
use routes::{Routes, Track};
use session::Database;
use thread::Thread;
use upkeep::{
    EraseExpired, Homeless, NoteAnswered, ParkAwaitingCallers, Pause, Probe, Recover, Resume, TakeOver,
};

pub use address::PostgresAddress;
pub(crate) use check::check;
pub(crate) use import::Import;
pub use migrate::MIGRATIONS;
pub use queries::QUERIES;
pub(crate) use reads::LoneReads;
pub use session::READING;
pub(crate) use thread::once;

use reads::Reads;

/// So many connections write.
const SHARDS: usize = 4;

/// How hosts tell each other of a lane.
pub(crate) fn mark(hook: &HookName, lane: &LaneKey) -> LaneMark {
    Track::of_lane(hook, lane).mark()
}

/// A journal in PostgreSQL, and the thread that serves it.
pub(crate) struct Postgres {
    database: Database,
    queues: Vec<UnboundedSender<Message>>,
    /// Locked while an act is handed in, so that what goes to all queues is in the same order in each.
    routes: Arc<Mutex<Routes>>,
    reads: Option<Reads>,
    lease: Arc<Lease>,
    rejoins: UnboundedSender<Rejoin>,
    health: Arc<Health>,
    homeless: Homeless,
    thread: Option<Thread>,
}

impl Postgres {
    /// Opens, makes or migrates the journal in this database, as a new host.
    pub(crate) fn open(address: &PostgresAddress, membership: Membership) -> Result<Self, OpenError> {
        let database = Database::at(address)?;
        let health = Arc::new(Health::new(address.clone()));
        let routes = Arc::new(Mutex::new(Routes::default()));
        let (queues, messages): (Vec<_>, Vec<UnboundedReceiver<Message>>) =
            (0..SHARDS).map(|_| unbounded_channel()).unzip();
        let (reads, readers) = Reads::new();
        let (lease, to_tell) = Lease::new(membership.lease);
        let (lease, (rejoins, asked)) = (Arc::new(lease), unbounded_channel());
        let host = thread::Host {
            database: database.clone(),
            name: membership.name,
            messages,
            to_tell,
            rejoins: asked,
            readers,
            lease: Arc::clone(&lease),
            health: Arc::clone(&health),
            routes: Arc::clone(&routes),
        };
        let thread = Thread::start("journal-postgres", async move |report| host.run(report).await)?;
        let (reads, homeless, thread) = (Some(reads), Homeless::default(), Some(thread));
        Ok(Self { database, queues, routes, reads, lease, rejoins, health, homeless, thread })
    }

    fn routes(&self) -> MutexGuard<'_, Routes> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands in an act about a delivery that the journal has.
    fn ask_about<A: Act>(&self, id: DeliveryId, act: A) -> Pending<A::Found> {
        let routes = self.routes();
        self.ask_on(routes.track(id), act)
    }

    /// Hands in an act; the routes are locked.
    fn ask_on<A: Act>(&self, track: Track, act: A) -> Pending<A::Found> {
        let (reply, pending) = Pending::channel();
        self.hand_in(track.shard(SHARDS), Message::Act(self.placed(track, Asked::new(act, reply))));
        pending
    }

    fn placed<A: Act>(&self, track: Track, asked: Asked<A>) -> Placed {
        Placed { track, host: self.lease.host(), entry: Box::new(asked) }
    }

    /// Hands in an act that has to do with many lanes: what was handed in before it is done before it.
    fn ask_all<A: Act>(&self, act: A) -> Pending<A::Found> {
        let (reply, pending) = Pending::channel();
        let mut stillness = Stillness::default();
        let _routes = self.routes();
        for others in 1..SHARDS {
            self.hand_in(others, Message::Stop(stillness.of_one_more()));
        }
        self.hand_in(0, Message::Alone(self.placed(Track::ANY, Asked::new(act, reply)), stillness));
        pending
    }

    /// When the shard has ended, the message is dropped, and who waits for it finds the journal closed.
    fn hand_in(&self, shard: usize, message: Message) {
        if let Some(queue) = self.queues.get(shard) {
            let _ = queue.send(message);
        }
    }

    fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Reads) -> Pending<T, ReadError>,
    ) -> Pending<T, ReadError> {
        match &self.reads {
            Some(reads) => ask(reads),
            None => Pending::work(async { Err(ReadError::Closed) }),
        }
    }

    fn hand_in_close(&self) -> Pending<()> {
        let (reply, closed) = Pending::channel();
        let _routes = self.routes();
        for others in 1..SHARDS {
            self.hand_in(others, Message::Close(None));
        }
        self.hand_in(0, Message::Close(Some(reply)));
        closed
    }
}

impl Backend for Postgres {
    fn append(&self, act: SealedAppend) -> Pending<Appended> {
        let track = Track::of_event(&act.act.hook, &act.act.event, act.act.id);
        let mut routes = self.routes();
        routes.enter(act.act.id, track);
        self.ask_on(track, act)
    }

    /// After the settling that it names: on its track, should the two not be of one.
    fn begin(&self, act: SealedBegin) -> Pending<SealedBegun> {
        self.ask_about(act.act.after.unwrap_or(act.act.id), act)
    }

    fn settle(&self, act: Settle) -> Pending<()> {
        self.ask_about(act.id, act)
    }

    fn note_answered(&self, id: DeliveryId, status: u16) {
        drop(self.ask_about(id, NoteAnswered { id, status }));
    }

    fn park_awaiting_callers(
        &self,
        hook: HookName,
        sent_before: Timestamp,
        reason: ParkReason,
        _at: Timestamp,
    ) -> Pending<u64> {
        self.ask_all(ParkAwaitingCallers { hook, sent_before, reason })
    }

    fn pause(
        &self,
        hook: HookName,
        reason: Option<String>,
        who: Option<Actor>,
        at: Timestamp,
    ) -> Pending<()> {
        self.ask_all(Pause { hook, reason, who, at })
    }

    fn resume(&self, hook: HookName, who: Actor, at: Timestamp) -> Pending<()> {
        self.ask_all(Resume { hook, who, at })
    }

    fn replay(&self, act: Replay, key: KeyId) -> Pending<Returned> {
        self.ask_about(act.id, SealedReplay { act, key })
    }

    fn unpark(&self, act: Unpark, key: KeyId) -> Pending<Returned> {
        self.ask_about(act.id, SealedUnpark { act, key })
    }

    fn park(&self, act: Park) -> Pending<()> {
        self.ask_about(act.id, act)
    }

    fn skip(&self, act: Skip) -> Pending<()> {
        self.ask_about(act.id, act)
    }

    fn start_replays(&self, act: StartReplays) -> Pending<()> {
        self.ask_all(act)
    }

    fn replay_next(&self, act: ReplayNext, key: KeyId) -> Pending<NextReplay> {
        self.ask_all(SealedReplayNext { act, key })
    }

    fn cancel_replays(&self, act: CancelReplays) -> Pending<()> {
        self.ask_all(act)
    }

    fn pause_lane(&self, act: PauseLane) -> Pending<()> {
        let _routes = self.routes();
        self.ask_on(Track::of_lane(&act.hook, &act.lane), act)
    }

    fn resume_lane(&self, hook: HookName, lane: LaneKey, who: Actor, at: Timestamp) -> Pending<()> {
        let _routes = self.routes();
        self.ask_on(Track::of_lane(&hook, &lane), ResumeLane { hook, lane, who, at })
    }

    fn recover(&self, at: Timestamp, key: KeyId, serves: Arc<[HookName]>) -> Pending<Recovered> {
        self.ask_all(Recover { at, key, serves })
    }

    fn unsettled(&self, portion: Portion) -> Pending<Vec<Unsettled>> {
        self.ask_all(portion)
    }

    fn erase_expired_tokens(&self, at: Timestamp) -> Pending<u64> {
        self.ask_all(EraseExpired { at })
    }

    /// The server's indexes are written as they are looked for; it remains to count.
    fn tidy(&self) -> Pending<()> {
        let (queue, host) = (self.queues.first().cloned(), self.lease.host());
        Pending::work(async move { tally::count_changes(queue.ok_or(WriteError::Closed)?, host).await })
    }

    fn retain(&self, act: Retain) -> Pending<Retained> {
        let retained = self.ask_all(act);
        Pending::work(async move { Ok(retained.await?.found) })
    }

    /// The server uses again what is free.
    fn give_back(&self) -> Pending<bool> {
        Pending::work(async { Ok(false) })
    }

    fn erase_some(&self, targets: Targets, after: i64) -> Pending<ErasedSome> {
        let erased = self.ask_all(EraseSome { targets, after });
        Pending::work(async move { Ok(erased.await?.found) })
    }

    fn note_erasure(&self, act: NoteErasure) -> Pending<()> {
        self.ask_all(act)
    }

    /// The server's files are not this host's: it can ask for what was removed to make room for others, and no more.
    fn vacuum(&self) -> Pending<()> {
        let database = self.database.clone();
        Pending::work(async move {
            vacuum::vacuum(database).await;
            Ok(())
        })
    }

    /// The server's log of changes and its copies are the operator's.
    fn wipe(&self) -> Pending<bool> {
        Pending::work(async { Ok(true) })
    }

    /// On each connection that writes: what was handed in before is done before, and nobody stands still for it.
    fn probe(&self) -> Pending<()> {
        let probe = |shard| {
            let (reply, pending) = Pending::channel();
            self.hand_in(shard, Message::Act(self.placed(Track::ANY, Asked::new(Probe, reply))));
            pending
        };
        let _routes = self.routes();
        let probes: Vec<_> = (0..SHARDS).map(probe).collect();
        Pending::work(async { try_join_all(probes).await.map(drop) })
    }

    fn find(&self, id: DeliveryId) -> Pending<Option<Delivery>, ReadError> {
        self.read(|reads| reads.find(id))
    }

    fn payload(&self, id: DeliveryId) -> Pending<Option<Payload>, ReadError> {
        self.read(|reads| reads.payload(id))
    }

    fn list(&self, listing: Listing) -> Pending<Page, ReadError> {
        self.read(|reads| reads.list(listing))
    }

    fn end(&self) -> Pending<Cursor, ReadError> {
        self.read(Reads::end)
    }

    fn find_of_user(&self, user: String, after: i64) -> Pending<OfUser, ReadError> {
        self.read(|reads| reads.find_of_user(user, after))
    }

    fn hook_counts(&self) -> Pending<Vec<HookCounts>, ReadError> {
        self.read(Reads::hook_counts)
    }

    fn acts(&self, listing: ActListing) -> Pending<Page<bookhook_model::Act>, ReadError> {
        self.read(|reads| reads.acts(listing))
    }

    fn pauses(&self) -> Pending<Vec<bookhook_model::Pause>, ReadError> {
        self.read(Reads::pauses)
    }

    fn outlook(&self, id: DeliveryId) -> Pending<Option<Outlook>, ReadError> {
        self.read(|reads| reads.outlook(id))
    }

    fn replay_jobs(&self, id: Option<ReplayJobId>) -> Pending<Vec<ReplayJob>, ReadError> {
        self.read(|reads| reads.replay_jobs(id))
    }

    fn news(&self) -> Option<(Fencing, NewsFeed)> {
        Some(self.lease.listen())
    }

    fn take_over(&self, at: Timestamp, serves: Arc<[HookName]>) -> Pending<Vec<Unsettled>> {
        self.ask_all(TakeOver { at, serves, homeless: self.homeless.clone() })
    }

    fn rejoin(&self) -> Pending<()> {
        let (reply, joined) = Pending::channel();
        let _ = self.rejoins.send(reply);
        joined
    }

    fn is_in_charge(&self) -> bool {
        self.lease.is_good(self.lease.host())
    }

    fn healthy(&self) -> bool {
        self.health.is_good() && !self.lease.is_fenced()
    }

    fn close(&self) -> Pending<()> {
        self.hand_in_close()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.hand_in_close());
        drop(self.reads.take());
        drop(self.thread.take());
    }
}
