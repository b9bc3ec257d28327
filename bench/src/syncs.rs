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

/// Syncs so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Syncs {
    pub(crate) count: u64,
    pub(crate) nanoseconds: u64,
}

impl Ledger {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self(folder.join("syncs"))
    }

    /// None as long as the program has not begun to count.
    pub(crate) fn read(&self) -> Option<Syncs> {
        let bytes = fs::read(&self.0).ok()?;
        let number = |at: usize| Some(u64::from_ne_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
        Some(Syncs { count: number(0)?, nanoseconds: number(8)? })
    }
}

impl std::ops::Sub for Syncs {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self { count: self.count - earlier.count, nanoseconds: self.nanoseconds - earlier.nanoseconds }
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
        assert_eq!(syncs.count, 1);
        assert!(syncs.nanoseconds >= 3_000_000, "{syncs:?}");
    }
}
