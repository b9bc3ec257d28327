//! The journal, as everything else sees it.

mod erasing;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use bookhook_model::{
    Act, ActFilter, Actor, Delivery, DeliveryId, Failure, FailureKind, Filter, HookName, LaneKey, ParkReason,
    Pause, ReplayJob, ReplayJobId, RunEnd, RunNumber,
};

use crate::acts::{
    Append, Appended, Begin, Begun, CancelReplays, NextReplay, Park, PauseLane, Portion, Recovered, Replay,
    ReplayNext, Returned, Settle, Skip, StartReplays, Then, Unpark, Unsettled,
};
use crate::backend::{Backend, SealedAppend, SealedBegin, SealedBegun, SealedRun};
use crate::counts::HookCounts;
use crate::error::{OpenError, ReadError, WriteError};
use crate::hosts::{Fencing, LaneMark, Membership, NewsFeed};
use crate::location::Location;
use crate::pending::Pending;
use crate::postgres::{self, Postgres};
use crate::reading::{ActListing, Cursor, Listing, Outlook, Page, Payload};
use crate::removal::{Retain, Retained};
use crate::seal::{Binding, Sealer, SealingKey, event_key};
use crate::sqlite::{self, Sqlite};
use crate::texts;
use crate::{headers, key_file};

/// So long it is waited before a settling that nobody else sees to is tried again.
const SETTLE_PAUSE: Duration = Duration::from_secs(1);

/// A journal. Clones are the same journal.
///
/// Every act is handed in when its method is called, in the order of the calls, and is durable when the [`Pending`]
/// resolves: SQLite has then synced it to the disk. Whether the disk keeps what it says it has synced is between it and
/// the operator. Dropping a `Pending` does not undo its act; so every method here is cancellation safe.
#[derive(Clone)]
pub struct Journal {
    backend: Arc<dyn Backend>,
    sealer: Arc<Sealer>,
}

impl Journal {
    /// Opens the journal, making or migrating it as needed, and keeps other hosts out of it.
    ///
    /// Without a key, the one in the file `PATH.key` beside it is used, and made at first use; [`Location::Memory`]
    /// takes a random one, and [`Location::Postgres`] none but what is given. Dropped before it resolves, it lets the journal go again.
    pub async fn open(location: &Location, key: Option<SealingKey>) -> Result<Self, OpenError> {
        Self::open_as(location, key, Membership::default()).await
    }

    /// The same as this one of the hosts that share it. A journal that cannot be shared takes no notice of that.
    pub async fn open_as(
        location: &Location,
        key: Option<SealingKey>,
        membership: Membership,
    ) -> Result<Self, OpenError> {
        let location = location.clone();
        sqlite::off_thread(move || Self::open_blocking(&location, key, membership)).await?
    }

    fn open_blocking(
        location: &Location,
        key: Option<SealingKey>,
        membership: Membership,
    ) -> Result<Self, OpenError> {
        let (backend, key): (Arc<dyn Backend>, _) = match (location, key) {
            (Location::Sqlite(path), given) => {
                let backend = Sqlite::open(path)?;
                let made = || key_file::open_or_make(&with_suffix(path.clone(), ".key"));
                (Arc::new(backend), given.map_or_else(made, Ok)?)
            }
            (Location::Postgres(_), None) => return Err(OpenError::KeyNeeded),
            (Location::Postgres(address), Some(key)) => (Arc::new(Postgres::open(address, membership)?), key),
            (Location::Memory, given) => {
                let made = || SealingKey::random().map_err(no_entropy);
                (Arc::new(Sqlite::open_memory()?), given.map_or_else(made, Ok)?)
            }
        };
        Self::on(backend, &key)
    }

    pub(crate) fn on(backend: Arc<dyn Backend>, key: &SealingKey) -> Result<Self, OpenError> {
        let sealer = Sealer::new(key).map_err(no_entropy)?;
        Ok(Self { backend, sealer: Arc::new(sealer) })
    }

    /// The same journal behind another back-end.
    #[cfg(feature = "faults")]
    pub(crate) fn behind(self, wrap: impl FnOnce(Arc<dyn Backend>) -> Arc<dyn Backend>) -> Self {
        Self { backend: wrap(self.backend), sealer: self.sealer }
    }

    /// Takes an event in: a new delivery, or what the table of retry and replay says about a known one.
    ///
    /// Its tokens are sealed on the calling thread. Durable when the answer is there.
    pub fn append(&self, mut act: Append) -> Pending<Appended> {
        if let Err(refused) = texts::check(&act.event) {
            return Pending::work(async { Err(refused) });
        }
        let binding = Binding::new(&act.hook, act.event.id.as_ref(), act.id, act.event.fingerprint);
        let Ok(sealed) = self.sealer.seal(&act.event, binding) else {
            return Pending::work(async { Err(WriteError::Sealing) });
        };
        act.event.secrets = Vec::new();
        let event_key = act.event.id.as_ref().map(|event| event_key(&act.hook, event));
        let headers = headers::encode(act.event.headers.iter().map(|h| (&*h.name, &h.value[..])));
        self.backend.append(SealedAppend { act, event_key, headers, sealed })
    }

    /// Begins a run of a delivery that waits, or (a replay) of one that is settled or parked, and reads its event back.
    ///
    /// A waiting or parked delivery whose token is no longer good, or does not open with this host's key, is parked
    /// instead. A settled one stays settled: [`WriteError::TokenGone`]. Durable when the answer is there.
    pub fn begin(&self, act: Begin) -> Pending<Begun> {
        let begun = self.backend.begin(SealedBegin { act: act.clone(), key: self.sealer.key_id() });
        let journal = self.clone();
        Pending::work(async move {
            match begun.await? {
                SealedBegun::Parked(reason) => Ok(Begun::Parked(reason)),
                SealedBegun::Run(run) => journal.open_tokens(&act, *run).await,
            }
        })
    }

    async fn open_tokens(&self, act: &Begin, run: SealedRun) -> Result<Begun, WriteError> {
        let SealedRun { number, hook, mut event, sealed } = run;
        if let Some(sealed) = sealed {
            let binding = Binding::new(&hook, event.id.as_ref(), act.id, event.fingerprint);
            match self.sealer.open(&sealed, binding) {
                Ok(secrets) => event.secrets = secrets,
                Err(_) => return self.park_damaged(act, number).await,
            }
        }
        Ok(Begun::Run { run: number, event: Box::new(event) })
    }

    /// The token was sealed with this key and does not open: it is damaged, and the run that has begun ends here.
    ///
    /// It cannot begin again before that is written, so that is tried until it is.
    async fn park_damaged(&self, act: &Begin, run: RunNumber) -> Result<Begun, WriteError> {
        let reason = ParkReason::WrongKey;
        let end = RunEnd::Failed(Failure::new(FailureKind::Interrupted, reason.to_string()));
        let then = Then::Park { reason: reason.clone(), on_park: act.on_park };
        let settle = Settle { id: act.id, run, at: act.at, end, then };
        while let Err(failed) = self.settle(settle.clone()).await {
            if !failed.may_pass() {
                return Err(failed);
            }
            tokio::time::sleep(SETTLE_PAUSE).await;
        }
        Ok(Begun::Parked(reason))
    }

    /// Ends a run, and says what becomes of its delivery, and of its lane: one that waits for this delivery goes on when it
    /// is settled. Durable when the answer is there.
    ///
    /// Tokens are erased when the delivery is settled well; see [`bookhook_model::policy::keeps_token_after`].
    pub fn settle(&self, act: Settle) -> Pending<()> {
        self.backend.settle(texts::of_settling(act))
    }

    /// Notes that this status was written to a caller who was still there.
    ///
    /// Not durable when it returns: it joins the next acts, or is written within a fraction of a second. Later acts
    /// of this process see it in any case.
    pub fn note_answered(&self, id: DeliveryId, status: u16) {
        self.backend.note_answered(id, status);
    }

    /// Gives up on the hook's deliveries whose caller was to send them again and has not since `sent_before`; gives how
    /// many there were. Durable when the answer is there.
    pub fn park_awaiting_callers(
        &self,
        hook: HookName,
        sent_before: Timestamp,
        reason: ParkReason,
        at: Timestamp,
    ) -> Pending<u64> {
        self.backend.park_awaiting_callers(hook, sent_before, reason, at)
    }

    /// Notes that a hook is paused, and holds what waits in it (but for what waits for its caller, which is held when
    /// the caller comes). Durable when the answer is there. Pausing twice is pausing once.
    pub fn pause(&self, hook: HookName, reason: Option<String>, who: Actor, at: Timestamp) -> Pending<()> {
        self.backend.pause(hook, reason.map(texts::keepable), Some(who), at)
    }

    /// The same when it is the host that pauses the hook, for this reason: until the host starts again, unless a person
    /// pauses it too.
    pub fn pause_for(&self, hook: HookName, reason: String, at: Timestamp) -> Pending<()> {
        self.backend.pause(hook, Some(texts::keepable(reason)), None, at)
    }

    /// Undoes [`Self::pause`] and [`Self::pause_for`]: what is held waits again. Durable when the answer is there.
    pub fn resume(&self, hook: HookName, who: Actor, at: Timestamp) -> Pending<()> {
        self.backend.resume(hook, who, at)
    }

    /// Puts a delivery that is settled, parked, unmatched, or left to its caller, at the back of its lane, to run again.
    /// Durable when the answer is there.
    ///
    /// If it came with a token that is gone, that is refused, unless it may run without: then it has none any more.
    pub fn replay(&self, act: Replay) -> Pending<Returned> {
        self.backend.replay(act, self.sealer.key_id())
    }

    /// Puts a parked delivery back into its old place in its lane. Durable when the answer is there.
    pub fn unpark(&self, act: Unpark) -> Pending<Returned> {
        self.backend.unpark(act, self.sealer.key_id())
    }

    /// Gives up on a delivery that waits or is held. Durable when the answer is there.
    pub fn park(&self, act: Park) -> Pending<()> {
        self.backend.park(Park { reason: act.reason.map(texts::keepable), ..act })
    }

    /// Settles a delivery that waits, is held or is parked, as suppressed; a lane that waits for it goes on. Durable
    /// when the answer is there.
    pub fn skip(&self, act: Skip) -> Pending<()> {
        self.backend.skip(act)
    }

    /// Creates a job that replays deliveries. Durable when the answer is there.
    pub fn start_replays(&self, mut act: StartReplays) -> Pending<()> {
        act.new.filter = texts::of_filter(act.new.filter);
        self.backend.start_replays(act)
    }

    /// Replays the next delivery of a job, and counts it. Durable when the answer is there.
    pub fn replay_next(&self, act: ReplayNext) -> Pending<NextReplay> {
        self.backend.replay_next(act, self.sealer.key_id())
    }

    /// Puts an end to a job that is not done. Durable when the answer is there.
    pub fn cancel_replays(&self, act: CancelReplays) -> Pending<()> {
        self.backend.cancel_replays(act)
    }

    /// Notes that a lane of a hook is paused, and holds what waits in it, as [`Self::pause`] does. Durable when the answer
    /// is there. A lane that was held for a parked delivery waits for the person now. Pausing twice is pausing once.
    pub fn pause_lane(&self, act: PauseLane) -> Pending<()> {
        let (lane, reason) = (texts::of_lane(act.lane), act.reason.map(texts::keepable));
        self.backend.pause_lane(PauseLane { lane, reason, ..act })
    }

    /// Undoes [`Self::pause_lane`], and [`OnPark::Hold`](bookhook_model::OnPark::Hold): what is held in the lane waits
    /// again, unless the hook is paused too. Durable when the answer is there.
    pub fn resume_lane(&self, hook: HookName, lane: LaneKey, who: Actor, at: Timestamp) -> Pending<()> {
        self.backend.resume_lane(hook, texts::of_lane(lane), who, at)
    }

    /// At start, before anything else: ends the runs that were left open, and tells what is to be done. Of what other
    /// hosts have left, it takes what is of the hooks that this one serves.
    pub fn recover(&self, at: Timestamp, serves: Arc<[HookName]>) -> Pending<Recovered> {
        self.backend.recover(at, self.sealer.key_id(), serves)
    }

    /// Reads a portion of what [`Self::recover`] has found, as it is now: what is settled meanwhile is left out.
    pub fn unsettled(&self, portion: Portion) -> Pending<Vec<Unsettled>> {
        self.backend.unsettled(portion)
    }

    /// What is heard of the other hosts that share this journal; `None` where there can be none.
    pub fn news(&self) -> Option<(Fencing, NewsFeed)> {
        self.backend.news()
    }

    /// How hosts tell each other of a lane.
    pub fn mark(&self, hook: &HookName, lane: &LaneKey) -> LaneMark {
        postgres::mark(hook, lane)
    }

    /// Takes over deliveries of hosts that are gone, of the hooks that this one serves, a limited number a call, in the order
    /// of the lanes: ends the runs that those left open, and tells what is to be done. Call it again while there are any.
    pub fn take_over(&self, at: Timestamp, serves: Arc<[HookName]>) -> Pending<Vec<Unsettled>> {
        self.backend.take_over(at, serves)
    }

    /// Takes part as a new host, after [it was fenced](Fencing). Acts that were handed in before are refused
    /// ([`WriteError::Fenced`]); what this host had begun is [recovered](Self::recover) like any other's.
    pub fn rejoin(&self) -> Pending<()> {
        self.backend.rejoin()
    }

    /// Erases sealed tokens that have expired, a limited number a call; gives how many. Call it again while that is
    /// not zero.
    pub fn erase_expired_tokens(&self, at: Timestamp) -> Pending<u64> {
        self.backend.erase_expired_tokens(at)
    }

    /// Removes what is settled or unmatched and kept no longer, a limited number a call, the oldest first, with payloads
    /// and runs. An event that comes again after that is a new one. Durable when the answer is there.
    ///
    /// It goes through the journal in the order of append: what was passed by, for it was not settled then, is found by a
    /// later walk from the beginning.
    pub fn retain(&self, act: Retain) -> Pending<Retained> {
        self.backend.retain(act)
    }

    /// Moves what came lately to where it is found among millions, in small portions between which others write. To be
    /// called every minute or so: until then, lists look through what is not there yet.
    pub fn tidy(&self) -> Pending<()> {
        self.backend.tidy()
    }

    /// Makes the journal's file a little smaller, if it has more free room than new deliveries soon need; gives whether it
    /// has still. Call it again while that is so.
    pub fn give_back(&self) -> Pending<bool> {
        self.backend.give_back()
    }

    /// How many deliveries each hook has, by where they stand; hooks without any are left out.
    pub async fn hook_counts(&self) -> Result<Vec<HookCounts>, ReadError> {
        self.backend.hook_counts().await
    }

    /// The delivery, with its runs.
    pub async fn find(&self, id: DeliveryId) -> Result<Option<Delivery>, ReadError> {
        self.backend.find(id).await
    }

    /// What came with the delivery, but for tokens.
    pub async fn payload(&self, id: DeliveryId) -> Result<Option<Payload>, ReadError> {
        self.backend.payload(id).await
    }

    /// Deliveries, newest first, without their runs; from the beginning, or on from where a page ended. A page has `limit` of
    /// them at most; it has fewer, or none, where the filter takes few of many, and while its `next` is there, there may
    /// be more.
    pub async fn list(
        &self,
        filter: &Filter,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, ReadError> {
        self.backend.list(Listing::newest(filter, cursor, limit)).await
    }

    /// Deliveries that were appended after the cursor, oldest first. The page's `next` is always there.
    pub async fn list_after(&self, filter: &Filter, after: Cursor, limit: usize) -> Result<Page, ReadError> {
        self.backend.list(Listing::after(filter, after, limit)).await
    }

    /// What people did, the newest first; from the beginning, or on from where a page ended.
    pub async fn acts(
        &self,
        filter: &ActFilter,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Act>, ReadError> {
        let listing = ActListing { filter: filter.clone(), before: cursor.copied(), limit };
        self.backend.acts(listing).await
    }

    /// The place after the newest delivery, from which to follow.
    pub async fn end(&self) -> Result<Cursor, ReadError> {
        self.backend.end().await
    }

    /// The hooks and lanes that are paused.
    pub async fn pauses(&self) -> Result<Vec<Pause>, ReadError> {
        self.backend.pauses().await
    }

    /// The delivery, and what it has before it.
    pub async fn outlook(&self, id: DeliveryId) -> Result<Option<Outlook>, ReadError> {
        self.backend.outlook(id).await
    }

    /// The jobs that replay deliveries, the newest hundred, newest first.
    pub async fn replay_jobs(&self) -> Result<Vec<ReplayJob>, ReadError> {
        self.backend.replay_jobs(None).await
    }

    /// One of them.
    pub async fn replay_job(&self, id: ReplayJobId) -> Result<Option<ReplayJob>, ReadError> {
        Ok(self.backend.replay_jobs(Some(id)).await?.pop())
    }

    /// Whether what this host has begun is still its own, as far as its own clock tells: when it is not, others may have
    /// begun the same. Costs nothing.
    pub fn is_in_charge(&self) -> bool {
        self.backend.is_in_charge()
    }

    /// Whether the last acts could be written. Costs nothing.
    pub fn healthy(&self) -> bool {
        self.backend.healthy()
    }

    /// Writes to the journal, to learn whether it can be written.
    pub async fn check_writable(&self) -> Result<(), WriteError> {
        self.backend.probe().await
    }

    /// Writes everything that was handed in before, moves it into the journal's one file, and lets go of it. Acts that
    /// come later find it [closed](WriteError::Closed). Closing twice is closing once.
    ///
    /// Dropping the last clone does the same, and blocks for it.
    pub async fn close(&self) {
        // A journal that is closed already says so.
        let _ = self.backend.close().await;
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").finish_non_exhaustive()
    }
}

/// The path with this behind its file's name.
pub(crate) fn with_suffix(path: PathBuf, suffix: &str) -> PathBuf {
    let mut name = path.into_os_string();
    name.push(suffix);
    PathBuf::from(name)
}

fn no_entropy(error: crate::seal::NoEntropy) -> OpenError {
    OpenError::System(std::io::Error::other(error))
}
