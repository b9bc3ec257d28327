//! How many events a second are accepted, and how many are handled, in a closed loop that never lets up.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::Timestamp;

use crate::aims::Aim;
use crate::connection::Connection;
use crate::process::{Server, free_address};
use crate::run::in_turn;
use crate::systems::bullmq::{BullMq, Redis};
use crate::systems::queue::Queue;
use crate::window::Window;

use super::figures::{Figures, Handled, Sample, ratio, table};
use super::scene::{Scene, sqlite_in};
use super::{handled, pgbench};

/// So long do processes have to become ready beyond what they tell.
const REST: Duration = Duration::from_millis(500);

/// What takes the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contender {
    Sqlite,
    SqliteWithoutLanes,
    Postgres,
    /// The writes alone.
    Pgbench,
    BullMq,
}

impl Contender {
    const ALL: [Self; 5] =
        [Self::Sqlite, Self::SqliteWithoutLanes, Self::Postgres, Self::Pgbench, Self::BullMq];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "Bookhook, SQLite journal",
            Self::SqliteWithoutLanes => "the same, `lane: none`",
            Self::Postgres => "Bookhook, PostgreSQL journal",
            Self::Pgbench => "PostgreSQL alone, the same writes (`pgbench`)",
            Self::BullMq => "Node with BullMQ on Redis",
        }
    }

    fn is_here(self, scene: &Scene) -> bool {
        match self {
            Self::Sqlite | Self::SqliteWithoutLanes => true,
            Self::Postgres | Self::Pgbench => scene.postgres.is_some(),
            Self::BullMq => scene.bullmq.is_some(),
        }
    }
}

/// Measures all rows in turn, again and again, and prints their table.
pub(super) async fn measure(scene: &Scene, connections: &[usize], repetitions: usize) -> Result<Vec<Aim>> {
    let rows: Vec<_> = Contender::ALL.into_iter().filter(|row| row.is_here(scene)).collect();
    let mut samples = Vec::new();
    for repetition in 1..=repetitions {
        for &connections in connections {
            for &row in in_turn(&rows, repetition) {
                let figures = figures(scene, row, connections).await.with_context(|| row.name())?;
                eprintln!(
                    "{repetition}: {connections:>3} connections, {:>6.0} accepted/s, {:>6.0} handled/s: {}",
                    figures.accepted_per_second,
                    figures.handled_per_second,
                    row.name(),
                );
                samples.push(Sample { row, connections, repetition, figures });
            }
        }
    }
    println!("{}", table(&rows, connections, &samples));
    Ok(connections.iter().flat_map(|&connections| aims(&samples, connections)).collect())
}

fn aims(samples: &[Sample], connections: usize) -> Vec<Aim> {
    let lanes = (Contender::Sqlite, Contender::SqliteWithoutLanes);
    let aim = |what: &str, pick: fn(&Figures) -> f64| {
        let ratio = ratio(samples, lanes, connections, pick)?;
        Some(Aim::at_least(format!("{what}, of `lane: none`, {connections} connections"), ratio, 0.9))
    };
    let accepted = aim("accepted", |figures| figures.accepted_per_second);
    let handled = aim("handled", |figures| figures.handled_per_second);
    accepted.into_iter().chain(handled).collect()
}

async fn figures(scene: &Scene, row: Contender, connections: usize) -> Result<Figures> {
    let room = scene.room()?;
    let room = room.path();
    let on_disk = Queue::at(sqlite_in(room));
    let database = || scene.postgres.as_ref().context("there is no PostgreSQL")?.create();
    match row {
        Contender::Sqlite => bookhook(scene, &on_disk, room, connections).await,
        Contender::SqliteWithoutLanes => {
            let without_lanes = Queue { without_lanes: true, ..on_disk };
            bookhook(scene, &without_lanes, room, connections).await
        }
        Contender::Postgres => {
            let database = database()?;
            bookhook(scene, &Queue::at(database.url()), room, connections).await
        }
        Contender::Pgbench => pgbench::figures(scene.span, &database()?, room, connections).await,
        Contender::BullMq => {
            let bullmq = scene.bullmq.as_ref().context("there is no BullMQ")?;
            queued(scene, bullmq, room, connections).await
        }
    }
}

/// What waits when the time is over is not waited for.
async fn bookhook(scene: &Scene, queue: &Queue, room: &Path, connections: usize) -> Result<Figures> {
    let host = scene.host(queue, room).await?;
    let senders = scene.senders(&[&host], connections).await?;
    let window = Window::beginning_now(scene.span);
    let sending = senders.start(window);
    let (from, until) = window.around(Timestamp::now).await;
    let accepted = sending.finish().await?;
    host.kill().await?;
    let handled = handled::between(&queue.journal.parse()?, from, until).await?;
    Ok(Figures::new(scene.span, accepted, &Handled::from(handled)))
}

async fn queued(scene: &Scene, bullmq: &BullMq, room: &Path, connections: usize) -> Result<Figures> {
    let redis = Redis::start(room).await?;
    let (address, worker_address) = (free_address()?, free_address()?);
    let mut request = scene.template()?.request(0);
    let endpoint = bullmq.endpoint(address, &redis);
    let endpoint = Server::start(endpoint, address, request.next(0), &room.join("endpoint.log")).await?;
    let worker = bullmq.worker(worker_address, &redis);
    let worker = Server::start(worker, worker_address, &ask_worker(0, 0), &room.join("worker.log")).await?;
    // It answers before it has reached Redis.
    tokio::time::sleep(REST).await;

    let senders = scene.senders(&[&endpoint], connections).await?;
    let window = Window::beginning_now(scene.span);
    let sending = senders.start(window);
    let (from, until) = window.around(Timestamp::now).await;
    let accepted = sending.finish().await?;
    let question = ask_worker(from.as_millisecond(), until.as_millisecond());
    let mut connection = Connection::open(worker.address()).await?;
    let handled: Handled = serde_json::from_slice(connection.exchange(&question).await?.body)?;
    Ok(Figures::new(scene.span, accepted, &handled))
}

/// What it has handled between these milliseconds.
fn ask_worker(from: i64, until: i64) -> Vec<u8> {
    format!("GET /?from={from}&until={until} HTTP/1.1\r\nhost: bench.example.com\r\n\r\n").into_bytes()
}
