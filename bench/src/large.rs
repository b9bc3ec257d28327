//! A journal with ten million settled deliveries: how fast it takes further ones in beside an empty one, and how long
//! `activity` takes with each filter.
//!
//! What counts is the ratio of the loads, which alternate within one run; and that no filter takes long.

mod ask;
mod invented;
mod load;
mod plant;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bookhook::journal::{Journal, Location};

use crate::aims::{self, Aim};
use crate::machine;
use crate::process::Usage;
use crate::samples::Spread;
use crate::table::thousands;

use load::Loaded;

/// So many deliveries are on their way at the same time.
const PRODUCERS: [usize; 3] = [1, 32, 256];
/// Each load counts for so long, after a warm-up of a third of that.
const LENGTH: Duration = Duration::from_secs(3);

/// Plants a journal of so many deliveries (or takes one that was planted before), asks it, and loads it.
pub(crate) async fn run(deliveries: u64, folder: Option<&Path>, repetitions: usize) -> Result<()> {
    ensure!(!cfg!(debug_assertions), "a debug build says nothing: `cargo xtask bench large`");
    let temporary = tempfile::tempdir()?;
    let folder = folder.unwrap_or(temporary.path());
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let large = folder.join(format!("large-{deliveries}.db"));
    if !large.exists() {
        plant::plant(&large, deliveries).await?;
    }
    // One that an earlier version has planted is migrated.
    open(&large).await?.close().await;
    let mebibytes = fs::metadata(&large)?.len() >> 20;
    println!("{}", machine::describe(None));
    println!("{} deliveries in {} MiB.", thousands(deliveries as f64), thousands(mebibytes as f64));
    println!("{}\n", opening(&large).await?);
    let mut aims = vec![ask::ask(&large).await?];
    aims.extend(compare(&large, folder, repetitions).await?);
    println!("{}", aims::table(&aims));
    Ok(())
}

/// What it takes to open it.
async fn opening(large: &Path) -> Result<String> {
    let before = Usage::of("self")?.resident_bytes;
    let begun = Instant::now();
    let journal = open(large).await?;
    let (took, after) = (begun.elapsed(), Usage::of("self")?.resident_bytes);
    journal.close().await;
    let mebibytes = after.saturating_sub(before) as f64 / f64::from(1 << 20);
    Ok(format!("Opened in {took:.0?}, with {mebibytes:.1} MiB of memory."))
}

/// The large journal's load beside that of an empty one.
async fn compare(large: &Path, folder: &Path, repetitions: usize) -> Result<Vec<Aim>> {
    println!(
        "| producers | empty: events/s | large: events/s | ratio | empty: CPU µs/event | large: CPU µs/event |"
    );
    println!("| --: | --: | --: | --: | --: | --: |");
    let mut aims = Vec::new();
    for producers in PRODUCERS {
        let mut loads = Vec::new();
        for _ in 0..repetitions {
            let beside = tempfile::tempdir_in(folder)?;
            let empty = load(&beside.path().join("empty.db"), producers).await?;
            loads.push((empty, load(large, producers).await?));
        }
        let median = |of: fn(&(Loaded, Loaded)) -> f64| {
            Spread::new(loads.iter().map(of).collect()).median().unwrap_or_default()
        };
        let ratio = median(|(empty, large)| large.per_second / empty.per_second);
        println!(
            "| {producers} | {} | {} | {ratio:.2} | {:.1} | {:.1} |",
            thousands(median(|(empty, _)| empty.per_second)),
            thousands(median(|(_, large)| large.per_second)),
            median(|(empty, _)| empty.cpu_micros),
            median(|(_, large)| large.cpu_micros),
        );
        aims.push(Aim::at_least(format!("large of empty, {producers} producers"), ratio, 0.9));
    }
    println!();
    Ok(aims)
}

async fn load(path: &Path, producers: usize) -> Result<Loaded> {
    let journal = open(path).await?;
    let loaded = load::of(&journal, producers, LENGTH).await;
    journal.close().await;
    loaded
}

async fn open(path: &Path) -> Result<Journal> {
    Ok(Journal::open(&Location::Sqlite(PathBuf::from(path)), None).await?)
}
