//! What a host takes in memory when its handler is stuck, its queue is full, and its callers do not give up.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use serde::Serialize;
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::measure::Bench;
use crate::process::{Server, free_address};
use crate::request::{LIVEZ, Request, Template};
use crate::systems::bookhook::{self, Native, STUCK_DEADLINE};

/// How many callers there are.
pub(crate) const CONNECTIONS: usize = 256;
/// How many events each of them sends: together more than the host takes.
const EVENTS_EACH: usize = 5;

/// What was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Backlog {
    /// Deliveries that the host has taken and not run to an end.
    pub(crate) waiting: u64,
    /// The most memory that it had resident.
    pub(crate) peak_bytes: u64,
}

/// Starts a host that is stuck and sends it more than it takes.
pub(crate) async fn measure(bench: &Bench) -> Result<Backlog> {
    let folder = tempfile::tempdir_in(&bench.folder).context("cannot make a folder for the journal")?;
    let template = Template::new(&bench.signer, Timestamp::now())?;
    let address = free_address()?;
    let command = bookhook::native(Native::Stuck, address, folder.path(), &bench.signer)?;
    let server = start(command, address, &folder.path().join("system.log")).await?;
    let mut callers = JoinSet::new();
    for number in 1..=CONNECTIONS {
        let book = u32::try_from(number)?;
        callers.spawn(call(address, template.request(number), book));
    }
    let mut waiting = 0;
    while let Some(done) = callers.join_next().await {
        waiting += done??;
    }
    Ok(Backlog { waiting, peak_bytes: server.usage()?.peak_bytes })
}

/// No event can be answered, so it is there when it says that it lives.
async fn start(command: Command, address: SocketAddr, log: &std::path::Path) -> Result<Server> {
    Server::start(command, address, LIVEZ, log).await
}

/// Sends events of one book; gives how many of them were taken: their caller was sent away only at the deadline.
async fn call(address: SocketAddr, mut request: Request, book: u32) -> Result<u64> {
    let mut connection = Connection::open(address).await.context("cannot connect")?;
    let mut taken = 0;
    for _ in 0..EVENTS_EACH {
        let begun = Instant::now();
        let reply = connection.exchange(request.next(book)).await?;
        ensure!(reply.status == 429, "a host that is stuck answered {}", reply.status);
        taken += u64::from(begun.elapsed() >= STUCK_DEADLINE);
    }
    Ok(taken)
}
