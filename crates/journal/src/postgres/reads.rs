//! The connections that read, and what they read.

mod horizon;
mod listing;
mod people;

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex as Shared};
use std::time::Duration;

use futures_util::future::{join_all, join3, try_join};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use tokio_postgres::{Client, Error, Statement};

use bookhook_model::{Act, Delivery, DeliveryId, HookName, Pause, ReplayJob, ReplayJobId};

use crate::counts::HookCounts;
use crate::error::{OpenError, ReadError};
use crate::pending::{Pending, Reply};
use crate::reading::{ActListing, Cursor, Listing, Outlook, Page, Payload};
use crate::removal::OfUser;

use super::address::PostgresAddress;
use super::problem::{self, NoAnswer};
use super::rows::{self, Column, Columns};
use super::session::Database;
use super::thread::Thread;
use super::{migrate, queries};

use horizon::Horizon;

/// So long may it take to read something.
const READ_WAIT: Duration = Duration::from_mins(1);
/// So many read side by side.
const READERS: usize = 2;

/// What is asked for.
enum Job {
    Find(DeliveryId, Reply<Option<Delivery>, ReadError>),
    Payload(DeliveryId, Reply<Option<Payload>, ReadError>),
    List(Box<Listing>, Reply<Page, ReadError>),
    End(Reply<Cursor, ReadError>),
    OfUser(String, i64, Reply<OfUser, ReadError>),
    HookCounts(Reply<Vec<HookCounts>, ReadError>),
    Acts(ActListing, Reply<Page<Act>, ReadError>),
    Pauses(Reply<Vec<Pause>, ReadError>),
    Outlook(DeliveryId, Reply<Option<Outlook>, ReadError>),
    ReplayJobs(Option<ReplayJobId>, Reply<Vec<ReplayJob>, ReadError>),
}

/// The door to the readers, who end when the last one is gone.
#[derive(Clone)]
pub(crate) struct Reads(UnboundedSender<Job>);

impl Reads {
    /// A door, and where what comes through it is served.
    pub(super) fn new() -> (Self, Readers) {
        let (queue, jobs) = unbounded_channel();
        (Self(queue), Readers { jobs: Arc::new(Mutex::new(jobs)), horizon: Arc::default() })
    }

    pub(crate) fn find(&self, id: DeliveryId) -> Pending<Option<Delivery>, ReadError> {
        self.ask(|reply| Job::Find(id, reply))
    }

    pub(crate) fn payload(&self, id: DeliveryId) -> Pending<Option<Payload>, ReadError> {
        self.ask(|reply| Job::Payload(id, reply))
    }

    pub(crate) fn list(&self, listing: Listing) -> Pending<Page, ReadError> {
        self.ask(|reply| Job::List(Box::new(listing), reply))
    }

    pub(crate) fn end(&self) -> Pending<Cursor, ReadError> {
        self.ask(Job::End)
    }

    pub(super) fn find_of_user(&self, user: String, after: i64) -> Pending<OfUser, ReadError> {
        self.ask(|reply| Job::OfUser(user, after, reply))
    }

    pub(crate) fn hook_counts(&self) -> Pending<Vec<HookCounts>, ReadError> {
        self.ask(Job::HookCounts)
    }

    pub(crate) fn acts(&self, listing: ActListing) -> Pending<Page<Act>, ReadError> {
        self.ask(|reply| Job::Acts(listing, reply))
    }

    pub(crate) fn pauses(&self) -> Pending<Vec<Pause>, ReadError> {
        self.ask(Job::Pauses)
    }

    pub(crate) fn outlook(&self, id: DeliveryId) -> Pending<Option<Outlook>, ReadError> {
        self.ask(|reply| Job::Outlook(id, reply))
    }

    pub(crate) fn replay_jobs(&self, id: Option<ReplayJobId>) -> Pending<Vec<ReplayJob>, ReadError> {
        self.ask(|reply| Job::ReplayJobs(id, reply))
    }

    /// When the readers have ended, the job is dropped, and who waits for it finds the journal closed.
    fn ask<T>(&self, job: impl FnOnce(Reply<T, ReadError>) -> Job) -> Pending<T, ReadError> {
        let (reply, pending) = Pending::channel();
        let _ = self.0.send(job(reply));
        pending
    }
}

impl fmt::Debug for Reads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reads")
    }
}

/// Readers of a journal that hosts may be running on, on a thread of their own.
#[derive(Debug, Clone)]
pub(crate) struct LoneReads {
    reads: Reads,
    _thread: Arc<Thread>,
}

impl LoneReads {
    pub(crate) fn open(address: &PostgresAddress) -> Result<Self, OpenError> {
        let database = Database::at(address)?;
        let (reads, readers) = Reads::new();
        let thread = Thread::start("journal-read", async move |report| {
            let checked = check(&database).await;
            let is_good = checked.is_ok();
            let _ = report.send(checked);
            if is_good {
                readers.run(database).await;
            }
        })?;
        Ok(Self { reads, _thread: Arc::new(thread) })
    }
}

impl Deref for LoneReads {
    type Target = Reads;

    fn deref(&self) -> &Reads {
        &self.reads
    }
}

/// What the readers share.
#[derive(Clone)]
pub(super) struct Readers {
    jobs: Arc<Mutex<UnboundedReceiver<Job>>>,
    horizon: Arc<Shared<Horizon>>,
}

impl Readers {
    /// Reads until nobody can ask any more.
    pub(super) async fn run(self, database: Database) {
        let readers = (0..READERS).map(|_| self.clone().read(database.clone()));
        join_all(readers).await;
    }

    async fn read(self, database: Database) {
        let mut reader = Reader { database, horizon: self.horizon, session: None };
        loop {
            let job = self.jobs.lock().await.recv().await;
            let Some(job) = job else { return };
            reader.serve(job).await;
        }
    }
}

/// Whether there is a journal, and of this version.
async fn check(database: &Database) -> Result<(), OpenError> {
    let client = database.connect_for_reading().await.map_err(|error| database.cannot_open(error))?;
    migrate::check_readable(&client, database).await
}

/// One connection, made when it is needed.
struct Reader {
    database: Database,
    horizon: Arc<Shared<Horizon>>,
    session: Option<Session>,
}

impl Reader {
    async fn serve(&mut self, job: Job) {
        match job {
            Job::Find(id, reply) => self.answer(reply, async |db| db.find(id).await).await,
            Job::Payload(id, reply) => self.answer(reply, async |db| db.payload(id).await).await,
            Job::List(listing, reply) => self.answer(reply, async |db| db.list(&listing).await).await,
            Job::End(reply) => self.answer(reply, Session::end).await,
            Job::OfUser(user, after, reply) => {
                self.answer(reply, async |db| db.find_of_user(&user, after).await).await;
            }
            Job::HookCounts(reply) => self.answer(reply, Session::hook_counts).await,
            Job::Acts(listing, reply) => self.answer(reply, async |db| db.acts(&listing).await).await,
            Job::Pauses(reply) => self.answer(reply, Session::pauses).await,
            Job::Outlook(id, reply) => self.answer(reply, async |db| db.outlook(id).await).await,
            Job::ReplayJobs(id, reply) => self.answer(reply, async |db| db.replay_jobs(id).await).await,
        }
    }

    /// Who has dropped the pending answer does not want it.
    async fn answer<T>(
        &mut self,
        reply: Reply<T, ReadError>,
        read: impl AsyncFn(&Session) -> Result<T, Error>,
    ) {
        let _ = reply.send(self.read(read).await);
    }

    /// A connection that turns out to be gone is replaced once.
    async fn read<T>(&mut self, read: impl AsyncFn(&Session) -> Result<T, Error>) -> Result<T, ReadError> {
        let was_connected = self.session.is_some();
        match self.try_read(&read).await {
            Err(error) if was_connected && error.is_loss() => self.try_read(&read).await,
            done => done,
        }
        .map_err(|error| problem::read(self.database.address(), error))
    }

    async fn try_read<T>(
        &mut self,
        read: &impl AsyncFn(&Session) -> Result<T, Error>,
    ) -> Result<T, NoAnswer> {
        let session = match self.session.take().filter(|session| !session.client.is_closed()) {
            Some(session) => session,
            None => Session::open(&self.database, Arc::clone(&self.horizon)).await?,
        };
        // When it fails, the connection goes with its transaction.
        let found = timeout(READ_WAIT, read(&session)).await.map_err(|_| NoAnswer(None))??;
        self.session = Some(session);
        Ok(found)
    }
}

/// A connection that reads, and its statements, named as their files.
macro_rules! session {
    ($($name:ident),* $(,)?) => {
        struct Session {
            client: Client,
            horizon: Arc<Shared<Horizon>>,
            $($name: Statement,)*
        }

        impl Session {
            async fn open(database: &Database, horizon: Arc<Shared<Horizon>>) -> Result<Self, NoAnswer> {
                let client = database.connect_for_reading().await?;
                $(let $name = client.prepare(queries::$name).await?;)*
                Ok(Self { client, horizon, $($name,)* })
            }
        }
    };
}

session! {
    candidates_after, candidates_all, candidates_of_agent, candidates_of_book, candidates_of_event,
    candidates_of_kind, count_by_hook, count_of_agent, count_of_book, count_of_kind, find_delivery,
    find_first_since, find_hooks, find_kinds, find_last, find_of_user, find_outlook, find_payload, list_acts, list_matching,
    list_pauses, list_replay_jobs, list_replay_refusals, list_runs, list_writers,
}

impl Session {
    /// In one transaction, so that a delivery and its runs tell the same story; and in one go.
    async fn find(&self, id: DeliveryId) -> Result<Option<Delivery>, Error> {
        let begin = self.client.batch_execute("BEGIN");
        let commit = self.client.batch_execute("COMMIT");
        let (begun, found, committed) = join3(begin, self.find_now(id), commit).await;
        begun.and(committed)?;
        found
    }

    async fn find_now(&self, id: DeliveryId) -> Result<Option<Delivery>, Error> {
        let id = Column(id);
        let (delivery, runs) =
            try_join(async { self.client.query_opt(&self.find_delivery, &[&id]).await }, async {
                self.client.query(&self.list_runs, &[&id]).await
            })
            .await?;
        let Some(row) = delivery else { return Ok(None) };
        let (_, mut delivery) = rows::delivery(&row)?;
        delivery.runs = Some(runs.iter().map(rows::run).collect::<Result<_, _>>()?);
        Ok(Some(delivery))
    }

    async fn payload(&self, id: DeliveryId) -> Result<Option<Payload>, Error> {
        let row = self.client.query_opt(&self.find_payload, &[&Column(id)]).await?;
        let Some(row) = row else { return Ok(None) };
        let mut columns = Columns::of(&row);
        Ok(Some(Payload { headers: columns.value()?, body: columns.value()? }))
    }

    async fn find_of_user(&self, user: &str, after: i64) -> Result<OfUser, Error> {
        let stretch = self.client.query(&self.find_of_user, &[&user, &after, &OfUser::STRETCH]).await?;
        OfUser::of(stretch.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))))
    }

    async fn hook_counts(&self) -> Result<Vec<HookCounts>, Error> {
        let mut hooks: Vec<HookCounts> = Vec::new();
        for row in self.client.query(&self.count_by_hook, &[]).await? {
            let mut columns = Columns::of(&row);
            let (hook, state, count) = (columns.value::<HookName>()?, columns.value()?, columns.value()?);
            if hooks.last().is_none_or(|last| last.hook != hook) {
                hooks.push(HookCounts::none(hook));
            }
            if let Some(last) = hooks.last_mut() {
                last.add(state, count, columns.optional()?);
            }
        }
        Ok(hooks)
    }
}
