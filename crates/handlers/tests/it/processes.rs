//! Processes that a handler has started, looked at from outside.

use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, sleep};

const BOUND: Duration = Duration::from_mins(1);

/// Asks until there is something, and fails the test if there is nothing in time.
pub(crate) async fn eventually<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let until = Instant::now() + BOUND;
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(Instant::now() < until, "it was not seen within {BOUND:?}: {what}");
        sleep(Duration::from_millis(5)).await;
    }
}

/// The ids of processes that a script wrote to files of its folder, once they are all there.
pub(crate) async fn process_ids(folder: &Path, names: &[&str]) -> Vec<u32> {
    eventually("the processes have begun", async || {
        let read = |name: &&str| std::fs::read_to_string(folder.join(name)).ok()?.trim().parse().ok();
        names.iter().map(read).collect()
    })
    .await
}

pub(crate) async fn until_gone(processes: &[u32]) {
    for id in processes {
        eventually("the process is gone", async || is_gone(*id).then_some(())).await;
    }
}

/// Nobody need have asked for its status yet.
fn is_gone(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
    stat.map_or(true, |stat| stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z')))
}
