//! PostgreSQL alone: as many clients, each with the writes of one event after the other, by `pgbench`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bookhook::journal::{Journal, SealingKey};
use tokio::process::Command;

use crate::latencies::Latencies;
use crate::postgres::Database;
use crate::request;
use crate::window::Span;

use super::figures::{Figures, Handled};

const SCRIPT: &str = "pgbench/accepted.sql";
/// As long as what Bkper's token is sealed to.
const SEALED_BYTES: usize = 290;

/// Of the last part of the run: the rest is warm-up.
pub(super) async fn figures(span: Span, database: &Database, room: &Path, clients: usize) -> Result<Figures> {
    // Makes the schema; nothing is sealed with this key.
    let key = SealingKey::from_bytes([0; 32]);
    Journal::open(&database.url().parse()?, Some(key)).await?.close().await;
    run(span, database, room, clients).await?;
    let handled = Handled::from(latencies(room, span.length)?);
    let figures = Figures::new(span, Latencies::default(), &handled);
    Ok(Figures { accepted_per_second: figures.handled_per_second, accepted_p99_ms: None, ..figures })
}

/// Writes a line for each event into files in this folder.
async fn run(span: Span, database: &Database, room: &Path, clients: usize) -> Result<()> {
    let seconds = (span.warm_up + span.length).as_secs_f64().ceil();
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--log"])
        .arg(format!("--client={clients}"))
        .arg(format!("--time={seconds}"))
        .arg(format!("--define=body={}", request::body()?))
        .arg(format!("--define=sealed={}", "s".repeat(SEALED_BYTES)))
        .arg(format!("--file={}", Path::new(env!("CARGO_MANIFEST_DIR")).join(SCRIPT).display()))
        .arg(database.url())
        .current_dir(room)
        .kill_on_drop(true)
        .output()
        .await
        .context("cannot run pgbench")?;
    let trouble = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "pgbench ended with {}:\n{trouble}", output.status);
    Ok(())
}

fn latencies(room: &Path, length: Duration) -> Result<Latencies> {
    let mut events = Vec::new();
    for entry in fs::read_dir(room)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pgbench_log.")) {
            for line in fs::read_to_string(&path)?.lines() {
                events.push(event(line).with_context(|| format!("pgbench wrote `{line}`"))?);
            }
        }
    }
    let end = events.iter().map(|(ended, _)| *ended).max().unwrap_or_default();
    let mut latencies = Latencies::default();
    let counted = events.into_iter().filter(|(ended, _)| *ended + length > end);
    counted.for_each(|(_, took)| latencies.record(took));
    Ok(latencies)
}

/// When it ended, and how long it took: `client number took script seconds micros`.
fn event(line: &str) -> Option<(Duration, Duration)> {
    let fields: Vec<u64> = line.split(' ').map_while(|field| field.parse().ok()).collect();
    let [_, _, took, _, seconds, micros, ..] = fields[..] else { return None };
    Some((Duration::from_secs(seconds) + Duration::from_micros(micros), Duration::from_micros(took)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_when_an_event_ended_and_how_long_it_took() {
        let read = event("0 199 2241 0 1175850568 995598");
        let ended = Duration::from_secs(1_175_850_568) + Duration::from_micros(995_598);
        assert_eq!(read, Some((ended, Duration::from_micros(2_241))));
        assert_eq!(event("progress: 1.0 s"), None);
    }
}
