//! A queue of very many deliveries, and a host that comes back after a crash and gets rid of them: how long that takes,
//! and in how much memory.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bookhook::journal::Reader;
use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::process::Server;
use crate::systems::queue::Queue;
use crate::table::thousands;

use super::handled;
use super::scene::{Scene, sqlite_in};

/// So many callers fill the queue.
const CALLERS: usize = 80;
const BOOKS: usize = 500;
/// A host comes to rest before it is called idle.
const REST: Duration = Duration::from_millis(500);
/// How often it is looked whether all is handled.
const POLL: Duration = Duration::from_millis(50);
/// And if that takes long: so many times less than it is let alone, for asking takes from what is measured.
const POLL_SHARE: u32 = 20;
/// Longer than anybody wants to wait.
const DRAIN_MAX: Duration = Duration::from_mins(3);

/// What was measured.
struct Drained {
    filling: Duration,
    returning: Duration,
    draining: Duration,
    idle_bytes: u64,
    full_bytes: u64,
    peak_bytes: u64,
}

/// Fills and drains a queue in each kind of journal, and prints what that took.
pub(super) async fn measure(scene: &Scene, waiting: usize) -> Result<()> {
    println!(
        "| {} deliveries waiting | filled in | lives again after | drained in | deliveries/s | idle | peak, filled | peak, drained |",
        thousands(waiting as f64)
    );
    println!("| :-- | --: | --: | --: | --: | --: | --: | --: |");
    let room = scene.room()?;
    print(
        "SQLite",
        waiting,
        &drained(scene, &Queue::at(sqlite_in(room.path())), room.path(), waiting).await?,
    );
    if let Some(server) = &scene.postgres {
        let (room, database) = (scene.room()?, server.create()?);
        let queue = Queue::at(database.url());
        match drained(scene, &queue, room.path(), waiting).await {
            Ok(drained) => print("PostgreSQL", waiting, &drained),
            Err(error) => println!("\nPostgreSQL was not measured: {error:#}"),
        }
    }
    println!();
    Ok(())
}

fn print(journal: &str, waiting: usize, drained: &Drained) {
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1_000_000.0);
    println!(
        "| {journal} | {:.1} s | {:.2} s | {:.1} s | {} | {} | {} | {} |",
        drained.filling.as_secs_f64(),
        drained.returning.as_secs_f64(),
        drained.draining.as_secs_f64(),
        thousands(waiting as f64 / drained.draining.as_secs_f64()),
        megabytes(drained.idle_bytes),
        megabytes(drained.full_bytes),
        megabytes(drained.peak_bytes),
    );
}

async fn drained(scene: &Scene, queue: &Queue, room: &Path, waiting: usize) -> Result<Drained> {
    let stuck = Queue { handler_ms: 3_600_000, ..queue.clone() };
    let host = scene.host(&stuck, room).await?;
    tokio::time::sleep(REST).await;
    let idle_bytes = host.usage()?.resident_bytes;
    let begun = Instant::now();
    fill(scene, &host, waiting).await?;
    let filling = begun.elapsed();
    let full_bytes = host.usage()?.peak_bytes;
    host.kill().await?;

    let begun = Instant::now();
    let host = scene.host(queue, room).await?;
    let returning = host.first_200();
    let location = queue.journal.parse()?;
    let reader = Reader::open(&location).await?;
    loop {
        let asked = Instant::now();
        if handled::is_all(&reader).await? {
            break;
        }
        ensure!(begun.elapsed() < DRAIN_MAX, "the queue is not drained after {DRAIN_MAX:?}");
        tokio::time::sleep(POLL.max(POLL_SHARE * asked.elapsed())).await;
    }
    let draining = begun.elapsed();
    let peak_bytes = host.usage()?.peak_bytes;
    let handled = handled::between(&location, Timestamp::MIN, Timestamp::MAX).await?.count();
    ensure!(handled == waiting as u64, "{handled} deliveries were handled of {waiting} that were accepted");
    Ok(Drained { filling, returning, draining, idle_bytes, full_bytes, peak_bytes })
}

/// Sends so many events; all are accepted.
async fn fill(scene: &Scene, host: &Server, waiting: usize) -> Result<()> {
    let template = scene.template()?;
    let mut callers = JoinSet::new();
    for number in 0..CALLERS {
        let mut connection = Connection::open(host.address()).await.context("cannot connect")?;
        let mut request = template.request(number);
        let share = (number..waiting).step_by(CALLERS);
        callers.spawn(async move {
            for place in share {
                let book = u32::try_from(place % BOOKS)?;
                let status = connection.exchange(request.next(book)).await?.status;
                ensure!(status == 200, "an event was answered {status}");
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = callers.join_next().await {
        done??;
    }
    Ok(())
}
