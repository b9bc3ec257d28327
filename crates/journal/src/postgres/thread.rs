//! The thread that the connections live on, and a host's life on it. A runtime of its own: the journal needs none of its
//! callers', goes on while theirs is busy, and can be dropped anywhere.

use std::io;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;

use futures_util::future::{join_all, select, try_join_all};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_postgres::Client;

use crate::error::OpenError;
use crate::sqlite;

use super::health::Health;
use super::intake::Message;
use super::reads::Readers;
use super::routes::Routes;
use super::session::{Database, Session, Writer};
use super::shard::Shard;
use super::{migrate, queries};

/// So long a host that is not heard of is alive to others.
const LEASE_MICROSECONDS: f64 = 10_000_000.0;

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
    pub(super) messages: Vec<UnboundedReceiver<Message>>,
    pub(super) readers: Readers,
    pub(super) health: Arc<Health>,
    pub(super) routes: Arc<Mutex<Routes>>,
}

impl Host {
    /// Serves until the journal is closed, and then leaves.
    pub(super) async fn run(self, report: Report) {
        let database = self.database.clone();
        let (client, host, sessions) = match enter(&database, self.messages.len()).await {
            Ok(entered) => entered,
            Err(error) => return drop(report.send(Err(error))),
        };
        let shards: Vec<_> = sessions
            .into_iter()
            .zip(self.messages)
            .map(|(session, messages)| {
                let (health, routes) = (Arc::clone(&self.health), Arc::clone(&self.routes));
                tokio::spawn(Shard::new(database.clone(), session, messages, health, routes).run())
            })
            .collect();
        let _ = report.send(Ok(()));
        let (shards, readers) = (Box::pin(join_all(shards)), Box::pin(self.readers.run(database.clone())));
        let closers = match select(shards, readers).await {
            futures_util::future::Either::Left((closers, _)) => closers,
            futures_util::future::Either::Right(((), shards)) => shards.await,
        };
        leave(&client, &database, host).await;
        for closer in closers.into_iter().flatten().flatten() {
            let _ = closer.send(Ok(()));
        }
    }
}

/// Makes the journal if need be, and enters this host among those that share it.
async fn enter(
    database: &Database,
    shards: usize,
) -> Result<(Client, i64, Vec<(Writer, Session)>), OpenError> {
    let failed = |error| database.cannot_open(error);
    let client = database.connect().await.map_err(failed)?;
    migrate::run(&client, database).await?;
    client.batch_execute("SET search_path = bookhook").await.map_err(failed)?;
    let name = "bookhook";
    let row = client.query_one(queries::host_enter, &[&name, &LEASE_MICROSECONDS]).await.map_err(failed)?;
    let host = row.try_get(0).map_err(failed)?;
    let writers = (0..).take(shards).map(|shard| Writer { host, shard });
    let sessions = try_join_all(
        writers.map(async |writer| Session::open(database, writer).await.map(|session| (writer, session))),
    );
    Ok((client, host, sessions.await.map_err(failed)?))
}

/// What it leaves unsettled is anyone's from now on. If the server cannot be reached, its row expires.
async fn leave(client: &Client, database: &Database, host: i64) {
    if client.execute(queries::host_leave, &[&host]).await.is_err()
        && let Ok(client) = database.connect().await
        && client.batch_execute("SET search_path = bookhook").await.is_ok()
    {
        let _ = client.execute(queries::host_leave, &[&host]).await;
    }
}
