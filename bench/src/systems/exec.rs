//! A process an event: alone, without a host around it, as the floor of what the kind `exec` can do.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::latencies::Latencies;
use crate::process::Usage;
use crate::request;
use crate::sample::{Figures, Moment};
use crate::window::{Span, Window};

/// The script that handles an event.
pub(crate) fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("exec/handler.sh")
}

/// So many producers start one process after the other.
pub(crate) async fn run(producers: usize, span: Span) -> Result<Figures> {
    let event: Arc<[u8]> = request::body()?.into_bytes().into();
    let window = Window::beginning_now(span);
    let idle = moment()?;
    let mut tasks = JoinSet::new();
    for _ in 0..producers {
        tasks.spawn(produce(Arc::clone(&event), window));
    }
    let (before, after) = window.around(moment).await;
    let mut latencies = Latencies::default();
    while let Some(done) = tasks.join_next().await {
        latencies.merge(done??);
    }
    Ok(Figures::new(span, latencies, &idle, (before?, after?)))
}

fn moment() -> Result<Moment> {
    Ok(Moment { system: Usage::of("self")?, load: None, handler: None, syncs: None })
}

async fn produce(event: Arc<[u8]>, window: Window) -> Result<Latencies> {
    let mut latencies = Latencies::default();
    let mut begun = Instant::now();
    while !window.is_over(begun) {
        handle(&event).await?;
        let answered = Instant::now();
        if window.counts(answered) {
            latencies.record(answered - begun);
        }
        begun = answered;
    }
    Ok(latencies)
}

async fn handle(event: &[u8]) -> Result<()> {
    let mut command = Command::new(script());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().context("cannot start the script")?;
    let mut stdin = child.stdin.take().context("it has a stdin")?;
    stdin.write_all(event).await?;
    drop(stdin);
    let mut response = String::new();
    child.stdout.take().context("it has a stdout")?.read_to_string(&mut response).await?;
    ensure!(child.wait().await?.success() && response.starts_with('{'), "the script answered {response}");
    Ok(())
}
