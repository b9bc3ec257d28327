//! One and two hosts on one PostgreSQL, with a handler that is slow enough to be all that limits.

use anyhow::{Context, Result};

use crate::aims::Aim;
use crate::latencies::Latencies;
use crate::sample::micros;
use crate::samples::Spread;
use crate::systems::queue::Queue;
use crate::table::{millis, thousands};
use crate::window::Window;

use super::scene::Scene;

/// What the handler takes, and how many a host runs side by side: at most 200 events a second, and 400. With 20 each, two
/// hosts and the database need all of two processors.
const HANDLER_MS: u64 = 50;
const LANES: [usize; 2] = [10, 20];
/// Callers for each lane, in turn at each host: more than both hosts run, so that there is always work.
const CALLERS: usize = 5;

/// What so many hosts did.
struct Figures {
    events_per_second: f64,
    p99_ms: f64,
}

/// Measures one host and two in turn, and prints what they did. Hosts that do not work together are said, and no end.
pub(super) async fn measure(scene: &Scene, repetitions: usize) -> Result<Vec<Aim>> {
    if scene.postgres.is_none() {
        return Ok(Vec::new());
    }
    println!("| hosts | lanes each | events/s | p99 |\n| --: | --: | --: | --: |");
    let mut aims = Vec::new();
    for lanes in LANES {
        match pairs(scene, lanes, repetitions).await {
            Ok(pairs) => aims.push(compare(&pairs, lanes)),
            Err(error) => println!("Two hosts on one PostgreSQL were not measured: {error:#}"),
        }
    }
    println!();
    Ok(aims)
}

async fn pairs(scene: &Scene, lanes: usize, repetitions: usize) -> Result<Vec<(Figures, Figures)>> {
    let mut pairs = Vec::new();
    for repetition in 1..=repetitions {
        let one = together(scene, 1, lanes).await.context("one host")?;
        let two = together(scene, 2, lanes).await.context("two hosts")?;
        let (first, second) = (one.events_per_second, two.events_per_second);
        eprintln!("{lanes} lanes, {repetition}: {first:.0} and {second:.0} events/s");
        pairs.push((one, two));
    }
    Ok(pairs)
}

fn compare(pairs: &[(Figures, Figures)], lanes: usize) -> Aim {
    let median = |of: fn(&(Figures, Figures)) -> f64| {
        Spread::new(pairs.iter().map(of).collect()).median().unwrap_or_default()
    };
    let line = |hosts: u8, speed: f64, p99: f64| {
        println!("| {hosts} | {lanes} | {} | {} ms |", thousands(speed), millis(p99));
    };
    line(1, median(|(one, _)| one.events_per_second), median(|(one, _)| one.p99_ms));
    line(2, median(|(_, two)| two.events_per_second), median(|(_, two)| two.p99_ms));
    let ratio = median(|(one, two)| two.events_per_second / one.events_per_second);
    Aim::at_least(format!("two hosts of one, {lanes} lanes each, a handler of {HANDLER_MS} ms"), ratio, 1.8)
}

/// So many hosts on a new database. Callers wait for the result: so there are never more events than callers.
async fn together(scene: &Scene, count: usize, lanes: usize) -> Result<Figures> {
    let database = scene.postgres.as_ref().context("there is no PostgreSQL")?.create()?;
    let queue =
        Queue { handler_ms: HANDLER_MS, concurrency: lanes, with_result: true, ..Queue::at(database.url()) };
    let room = scene.room()?;
    let mut hosts = Vec::new();
    for _ in 0..count {
        hosts.push(scene.host(&queue, room.path()).await?);
    }
    let hosts: Vec<_> = hosts.iter().collect();
    let senders = scene.senders(&hosts, CALLERS * lanes).await?;
    let sending = senders.start(Window::beginning_now(scene.span));
    let mut latencies: Latencies = sending.finish().await?;
    Ok(Figures {
        events_per_second: latencies.count() as f64 / scene.span.length.as_secs_f64(),
        p99_ms: micros(latencies.quantile(990)) / 1_000.0,
    })
}
