//! One of the connections that write: whatever has arrived for it meanwhile is one transaction.
//!
//! Acts of one track are done one after the other, tracks side by side: what they ask of the server goes there in one
//! go, and so does what they ask next. A group takes as many ways to the server as its longest track, and one to commit.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{join, join3, try_join_all};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::Error;

use crate::error::WriteError;
use crate::pending::Reply;

use super::act::Fault;
use super::health::Health;
use super::intake::{Intake, Message, Placed, Work};
use super::lease::{Lease, Told};
use super::problem::{self, NoAnswer};
use super::routes::Routes;
use super::session::{Database, Server, Session};

/// So often an act that collides with one of another host is tried.
const TRIES_MAX: usize = 5;
/// So long a group may take; a server that is silent for longer is as good as gone.
const GROUP_WAIT: Duration = Duration::from_secs(30);
/// How long after a connection failed the next one is tried.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Why a group is not in the journal.
enum Failure {
    /// There is no connection any more, or none can be had; nothing was committed.
    Lost(Option<Error>),
    /// This host has no row any more, or gives it up.
    Fenced,
    /// The server refuses something.
    Failed(Error),
}

/// How far a group came.
enum Undone {
    /// It was not to be committed.
    Before(Failure),
    /// The connection went with the commit of this transaction.
    AtCommit(TransactionId),
}

/// As the server that gave it out knows it.
type TransactionId = String;

/// Everything that a shard owns.
pub(super) struct Shard {
    database: Database,
    slot: i32,
    session: Option<Session>,
    intake: Intake,
    lease: Arc<Lease>,
    health: Arc<Health>,
    routes: Arc<Mutex<Routes>>,
    pause: Duration,
    /// Before this, no connection is tried.
    resting_until: Instant,
}

impl Shard {
    pub(super) fn new(
        database: Database,
        session: Session,
        messages: UnboundedReceiver<Message>,
        (lease, health, routes): (Arc<Lease>, Arc<Health>, Arc<Mutex<Routes>>),
    ) -> Self {
        let (slot, intake) = (session.slot, Intake::new(messages));
        let (session, pause, resting_until) = (Some(session), FIRST_PAUSE, Instant::now());
        Self { database, slot, session, intake, lease, health, routes, pause, resting_until }
    }

    /// Writes until the journal is closed; gives who is to be told of that.
    pub(super) async fn run(mut self) -> Option<Reply<()>> {
        loop {
            match self.intake.next().await {
                Work::Group(group) => self.write(group).await,
                Work::Alone(placed, mut stillness) => {
                    stillness.reached().await;
                    self.write_alone(placed).await;
                }
                Work::Stop(stop) => stop.stand_still().await,
                Work::Close(closer) => return closer,
            }
        }
    }

    /// Commits the group and answers its acts. When it fails, each act is tried alone, so that only those that cannot
    /// be written fail.
    async fn write(&mut self, group: Vec<Placed>) {
        let host = self.lease.host();
        let (mut group, strangers): (Vec<_>, Vec<_>) =
            group.into_iter().partition(|placed| placed.host == host && self.lease.is_good(host));
        if !strangers.is_empty() {
            self.fail(strangers, Failure::Fenced);
        }
        if group.is_empty() {
            return;
        }
        // In the same order on every host, so that groups that meet do not wait for each other in a circle.
        group.sort_by_key(|placed| placed.track);
        match self.commit(&mut group).await {
            Ok(()) => self.answer(group),
            Err(Failure::Failed(_)) => {
                for placed in group {
                    self.write_alone(placed).await;
                }
            }
            Err(failure) => self.fail(group, failure),
        }
    }

    async fn write_alone(&mut self, placed: Placed) {
        let mut alone = vec![placed];
        let mut tries = 1;
        loop {
            match self.commit(&mut alone).await {
                Ok(()) => return self.answer(alone),
                Err(Failure::Failed(error)) if tries < TRIES_MAX && problem::is_a_collision(&error) => {
                    tries += 1;
                }
                Err(failure) => return self.fail(alone, failure),
            }
        }
    }

    fn answer(&self, group: Vec<Placed>) {
        self.health.is_well();
        self.lease.let_know(group.iter().filter_map(told));
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        for placed in group {
            placed.entry.answer(&mut routes);
        }
    }

    fn fail(&self, group: Vec<Placed>, failure: Failure) {
        let journal = self.database.address();
        let is_of_the_act = matches!(&failure, Failure::Failed(error) if problem::is_of_the_act(error));
        let is_fenced = matches!(failure, Failure::Fenced);
        let error = match failure {
            Failure::Fenced => WriteError::Fenced,
            Failure::Lost(source) => WriteError::Unreachable { journal: journal.to_string(), source },
            Failure::Failed(error) => problem::write(journal, error),
        };
        if !is_of_the_act && !is_fenced {
            self.health.is_ill(&error);
        }
        // An error can be told once; the rest of the group hears its kind.
        let mut error = Some(error);
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        for placed in group {
            let error = error.take().unwrap_or_else(|| {
                if is_fenced {
                    WriteError::Fenced
                } else {
                    WriteError::Unreachable { journal: journal.to_string(), source: None }
                }
            });
            placed.entry.fail(error, &mut routes);
        }
    }

    /// Once this host is fenced, nothing is waited for any more: whatever the group has begun is others'.
    async fn commit(&mut self, group: &mut [Placed]) -> Result<(), Failure> {
        let host = group.first().map_or(0, |placed| placed.host);
        let lease = Arc::clone(&self.lease);
        tokio::select! {
            done = self.commit_at_length(group) => done,
            // The connection goes with what was asked on it.
            () = lease.is_over(host) => Err(Failure::Fenced),
        }
    }

    /// A connection that turns out to be gone before anything is committed is replaced once, at once.
    async fn commit_at_length(&mut self, group: &mut [Placed]) -> Result<(), Failure> {
        let was_connected = self.session.is_some();
        match self.try_commit(group).await {
            Err(Failure::Lost(_)) if was_connected => self.try_commit(group).await,
            done => done,
        }
    }

    async fn try_commit(&mut self, group: &mut [Placed]) -> Result<(), Failure> {
        let host = group.first().map_or(0, |placed| placed.host);
        if !self.lease.is_good(host) {
            return Err(Failure::Fenced);
        }
        let mut session = self.session().await.map_err(|error| Failure::Lost(error.0))?;
        session.host = host;
        match transaction(&session, group).await {
            Ok(()) => {
                self.session = Some(session);
                Ok(())
            }
            Err(Undone::Before(failure)) => {
                if matches!(failure, Failure::Fenced) {
                    self.lease.fence();
                }
                let is_lost = matches!(failure, Failure::Lost(_)) || session.is_lost();
                self.session = Some(session).filter(|_| !is_lost);
                Err(failure)
            }
            Err(Undone::AtCommit(transaction)) => {
                let server = session.server.clone();
                drop(session);
                self.resolve(&transaction, &server).await
            }
        }
    }

    /// The connection, or a new one; the pause between tries grows.
    async fn session(&mut self) -> Result<Session, NoAnswer> {
        if let Some(session) = self.session.take().filter(|session| !session.is_lost()) {
            return Ok(session);
        }
        if Instant::now() < self.resting_until {
            return Err(NoAnswer(None));
        }
        match Session::open(&self.database, self.slot).await {
            Ok(session) => {
                self.pause = FIRST_PAUSE;
                Ok(session)
            }
            Err(error) => {
                self.resting_until = Instant::now() + self.pause;
                self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                Err(error)
            }
        }
    }

    /// Whether a group is committed whose commit was not answered, as the server knows once it can be asked. If it has been
    /// restarted or replaced since, or cannot tell for as long as a lease, the group may be written or not, now or later:
    /// then this host goes on as a new one, which begins with what is in the journal.
    async fn resolve(&mut self, transaction: &str, server: &Server) -> Result<(), Failure> {
        let until = Instant::now() + self.lease.term();
        while Instant::now() < until {
            if let Ok(session) = self.session().await {
                if session.server != *server {
                    break;
                }
                let outcome = timeout(GROUP_WAIT, outcome(&session, transaction)).await;
                self.session = Some(session);
                match outcome {
                    Ok(Ok(Outcome::Committed)) => return Ok(()),
                    Ok(Ok(Outcome::Aborted)) => return Err(Failure::Lost(None)),
                    Ok(Ok(Outcome::Open) | Err(_)) => {}
                    Err(_) => self.session = None,
                }
            }
            sleep(FIRST_PAUSE).await;
        }
        self.lease.fence_in_doubt();
        Err(Failure::Fenced)
    }
}

/// What others are to know of it.
fn told(placed: &Placed) -> Option<Told> {
    if placed.entry.pauses() {
        return Some(Told::Pauses);
    }
    placed.entry.left().map(|id| Told::Left(id, placed.track.mark()))
}

/// What became of a transaction.
enum Outcome {
    Committed,
    Aborted,
    /// The server has not noticed yet that the connection is gone.
    Open,
}

async fn outcome(db: &Session, transaction: &str) -> Result<Outcome, Fault> {
    let row = db.query_opt(&db.statements.group_outcome, &[&transaction]).await?;
    let told: Option<String> = row.map(|row| row.try_get(0)).transpose()?.flatten();
    Ok(match told.as_deref() {
        Some("committed") => Outcome::Committed,
        Some("in progress") => Outcome::Open,
        _ => Outcome::Aborted,
    })
}

async fn transaction(db: &Session, group: &mut [Placed]) -> Result<(), Undone> {
    let applied = timeout(GROUP_WAIT, apply(db, group)).await.unwrap_or(Err(Failure::Lost(None)));
    let transaction = match applied {
        Ok(transaction) => transaction,
        Err(Failure::Lost(error)) => return Err(Undone::Before(Failure::Lost(error))),
        Err(failure) => {
            let rolled_back = db.command("ROLLBACK").await;
            return Err(Undone::Before(match rolled_back {
                Ok(()) => failure,
                Err(error) => Failure::Lost(Some(error)),
            }));
        }
    };
    let volume = group.iter().map(|placed| placed.entry.volume()).sum();
    match timeout(GROUP_WAIT, commit(db, volume)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) if problem::is_refusal(&error) => Err(Undone::Before(Failure::Failed(error))),
        Ok(Err(_)) | Err(_) => Err(Undone::AtCommit(transaction)),
    }
}

/// In one go with what the group adds to the volume; should that fail, the server rolls back.
async fn commit(db: &Session, volume: i64) -> Result<(), Error> {
    if volume == 0 {
        return db.command("COMMIT").await;
    }
    let added = async { db.execute(&db.statements.add_volume, &[&volume, &db.slot]).await };
    match join(added, db.command("COMMIT")).await {
        (Err(Fault::Database(error)), _) => Err(error),
        (_, committed) => committed,
    }
}

/// Applies the group's acts, which come ordered by track; gives the transaction's id.
async fn apply(db: &Session, group: &mut [Placed]) -> Result<TransactionId, Failure> {
    let fence = async { db.query_opt(&db.statements.group_begin, &[&db.host]).await };
    let tracks =
        group.chunk_by_mut(|one, next| one.track == next.track).map(|track| apply_in_order(db, track));
    // In this order everything is sent.
    let (begun, fence, applied) = join3(db.command("BEGIN"), fence, try_join_all(tracks)).await;
    begun.map_err(failure)?;
    let row = match fence {
        Ok(row) => row.ok_or(Failure::Fenced)?,
        Err(Fault::Database(error)) => return Err(failure(error)),
        Err(Fault::Refused(_)) => return Err(Failure::Fenced),
    };
    applied.map_err(failure)?;
    row.try_get(0).map_err(failure)
}

async fn apply_in_order(db: &Session, track: &mut [Placed]) -> Result<(), Error> {
    for placed in track {
        placed.entry.apply(db).await?;
    }
    Ok(())
}

fn failure(error: Error) -> Failure {
    if problem::is_loss(&error) { Failure::Lost(Some(error)) } else { Failure::Failed(error) }
}
