//! The thread that the connections live on, and a host's life on it. A runtime of its own: the journal needs none of its
//! callers', goes on while theirs is busy, and can be dropped anywhere.

use std::io;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;

use futures_util::future::{Either, join_all, select, try_join_all};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::error::OpenError;
use crate::sqlite;

use super::control::{Control, Rejoin};
use super::health::Health;
use super::intake::Message;
use super::lease::{Lease, Told};
use super::migrate;
use super::problem::NoAnswer;
use super::reads::Readers;
use super::routes::Routes;
use super::session::{Database, Session};
use super::shard::Shard;

/// Where the opening thread waits to hear how it went.
pub(super) type Report = mpsc::Sender<Result<(), OpenError>>;

/// A thread that is waited for when this is dropped.
#[derive(Debug)]
pub(super) struct Thread(Option<JoinHandle<()>>);

impl Thread {
    /// Starts it, and waits until it reports that its work can begin.
    pub(super) fn start<F>(
        name: &str,
        work: impl FnOnce(Report) -> F + Send + 'static,
    ) -> Result<Self, OpenError>
    where
        F: Future<Output = ()>,
    {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(OpenError::System)?;
        let (report, started) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || runtime.block_on(work(report)))
            .map_err(OpenError::System)?;
        let thread = Self(Some(thread));
        match started.recv() {
            Ok(result) => result.map(|()| thread),
            Err(_) => Err(OpenError::System(io::Error::other("the journal's thread ended"))),
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // One that has panicked has told so.
        let _ = self.0.take().map(JoinHandle::join);
    }
}

/// Does something that comes to an end, on a thread of its own.
pub(crate) async fn once<T, F>(work: impl FnOnce() -> F + Send + 'static) -> Result<T, OpenError>
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    let on_runtime = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map(|runtime| runtime.block_on(work())).map_err(OpenError::System)
    };
    sqlite::off_thread(on_runtime).await?
}

/// Everything that a host has on its thread.
pub(super) struct Host {
    pub(super) database: Database,
    pub(super) name: String,
    pub(super) messages: Vec<UnboundedReceiver<Message>>,
    pub(super) to_tell: UnboundedReceiver<Told>,
    pub(super) rejoins: UnboundedReceiver<Rejoin>,
    pub(super) readers: Readers,
    pub(super) lease: Arc<Lease>,
    pub(super) health: Arc<Health>,
    pub(super) routes: Arc<Mutex<Routes>>,
}

impl Host {
    /// Serves until the journal is closed, and then leaves.
    pub(super) async fn run(self, report: Report) {
        let Self { database, name, messages, to_tell, rejoins, readers, lease, health, routes } = self;
        let shared = (Arc::clone(&lease), health, routes);
        let entered = enter(&database, name, Arc::clone(&lease), to_tell, rejoins, messages.len()).await;
        let (control, sessions) = match entered {
            Ok(entered) => entered,
            Err(error) => return drop(report.send(Err(error))),
        };
        let shards: Vec<_> = sessions
            .into_iter()
            .zip(messages)
            .map(|(session, messages)| {
                tokio::spawn(Shard::new(database.clone(), session, messages, shared.clone()).run())
            })
            .collect();
        let (control, watch) = (tokio::spawn(control.run()), tokio::spawn(Arc::clone(&lease).watch()));
        let _ = report.send(Ok(()));
        let (shards, readers) = (join_all(shards), Box::pin(readers.run(database.clone())));
        let closers = match select(shards, readers).await {
            Either::Left((closers, _)) => closers,
            Either::Right(((), shards)) => shards.await,
        };
        control.abort();
        watch.abort();
        Control::leave(&database, lease.host()).await;
        for closer in closers.into_iter().flatten().flatten() {
            let _ = closer.send(Ok(()));
        }
    }
}

/// Makes the journal if need be, and enters this host among those that share it.
async fn enter(
    database: &Database,
    name: String,
    lease: Arc<Lease>,
    to_tell: UnboundedReceiver<Told>,
    rejoins: UnboundedReceiver<Rejoin>,
    shards: usize,
) -> Result<(Control, Vec<Session>), OpenError> {
    let failed = |error: NoAnswer| database.cannot_open(error);
    let client = database.connect().await.map_err(failed)?;
    migrate::run(&client, database).await?;
    let control = Control::join(database, name, Arc::clone(&lease), to_tell, rejoins).await;
    let control = control.map_err(failed)?;
    let slots = (0..).take(shards).map(|shard| slot(lease.host(), shard));
    let sessions = try_join_all(slots.map(|slot| Session::open(database, slot))).await.map_err(failed)?;
    Ok((control, sessions))
}

/// Where a shard adds to the volume of all: another place for each of a host's, and seldom that of another host's.
fn slot(host: i64, shard: i64) -> i32 {
    const SLOTS: i64 = 64;
    i32::try_from((host.wrapping_mul(4) + shard).rem_euclid(SLOTS)).unwrap_or_default()
}
