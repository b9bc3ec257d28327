//! Counts a program's syncs, and delays them: a small library in C that is preloaded into it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

const SOURCE: &str = include_str!("../slow_sync/slow_sync.c");

/// The library, and how long it is to delay.
#[derive(Debug, Clone)]
pub(crate) struct SlowSync {
    library: PathBuf,
    delay: Duration,
}

impl SlowSync {
    /// Compiles the library into this folder.
    pub(crate) fn compile(folder: &Path, delay: Duration) -> Result<Self> {
        let source = folder.join("slow_sync.c");
        let library = folder.join("libslow_sync.so");
        fs::write(&source, SOURCE).with_context(|| format!("cannot write {}", source.display()))?;
        let output = Command::new("cc")
            .args(["-O2", "-shared", "-fPIC", "-o"])
            .args([&library, &source])
            .arg("-ldl")
            .output()
            .context("cannot run `cc`, which compiles the library that counts and delays syncs")?;
        ensure!(output.status.success(), "cc: {}", String::from_utf8_lossy(&output.stderr));
        Ok(Self { library, delay })
    }

    /// Puts it before the program, which will note its syncs in the ledger.
    pub(crate) fn preload(&self, ledger: &Ledger) -> [(&'static str, String); 3] {
        [
            ("LD_PRELOAD", self.library.display().to_string()),
            ("SLOW_SYNC_DELAY_US", self.delay.as_micros().to_string()),
            ("SLOW_SYNC_LEDGER", ledger.0.display().to_string()),
        ]
    }
}

/// Where the library notes syncs.
#[derive(Debug)]
pub(crate) struct Ledger(PathBuf);

/// How many syncs there were, by how long they took, in steps of [`STEP_US`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Syncs(Vec<u64>);

/// As in the library.
const STEP_US: usize = 10;

impl Ledger {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self(folder.join("syncs"))
    }

    /// The syncs so far; `None` as long as the program has not begun to count.
    pub(crate) fn read(&self) -> Option<Syncs> {
        let bytes = fs::read(&self.0).ok()?;
        let (steps, _) = bytes.as_chunks();
        Some(Syncs(steps.iter().map(|&step| u64::from_ne_bytes(step)).collect()))
    }
}

impl Syncs {
    /// Those that came after these earlier ones.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        Self(self.0.iter().zip(&earlier.0).map(|(now, earlier)| now - earlier).collect())
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.iter().sum()
    }

    /// How long one took, to [`STEP_US`]; `None` when there were none.
    pub(crate) fn median_us(&self) -> Option<f64> {
        let half = self.count().div_ceil(2);
        let mut counted = 0;
        let step = self.0.iter().position(|&syncs| {
            counted += syncs;
            counted >= half && counted > 0
        })?;
        Some((step * STEP_US + STEP_US / 2) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syncs_of_another_program_are_counted_and_delayed() {
        let folder = tempfile::tempdir().unwrap();
        let slow = SlowSync::compile(folder.path(), Duration::from_millis(3)).unwrap();
        let ledger = Ledger::in_folder(folder.path());
        let synced = folder.path().join("libslow_sync.so");
        let status =
            Command::new("sync").arg("--data").arg(synced).envs(slow.preload(&ledger)).status().unwrap();
        assert!(status.success());
        let syncs = ledger.read().unwrap();
        assert_eq!(syncs.count(), 1);
        assert!(syncs.median_us().unwrap() >= 3_000.0);
        assert_eq!(syncs.since(&syncs).median_us(), None);
    }
}
