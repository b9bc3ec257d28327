//! Where the demo keeps its files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::TempDir;

const JOURNAL: &str = "demo.db";
const BOOKS: &str = "books.db";

/// A folder that is gone with the demo, or stays.
pub(super) enum Folder {
    Temporary(TempDir),
    Kept(PathBuf),
}

impl Folder {
    pub(super) fn of(keep: Option<&Path>) -> anyhow::Result<Self> {
        let Some(folder) = keep else {
            return Ok(Self::Temporary(TempDir::new().context("cannot make a temporary folder")?));
        };
        fs::create_dir_all(folder).with_context(|| format!("--keep: cannot make {}", folder.display()))?;
        let kept = Self::Kept(folder.to_owned());
        for file in [kept.journal(), kept.path().join(BOOKS)] {
            anyhow::ensure!(
                !file.exists(),
                "--keep: {} is there already; name another folder",
                file.display()
            );
        }
        Ok(kept)
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }

    /// The host's journal.
    pub(super) fn journal(&self) -> PathBuf {
        self.path().join(JOURNAL)
    }

    /// The sandbox's books, if they outlive the demo.
    pub(super) fn kept_books(&self) -> Option<PathBuf> {
        matches!(self, Self::Kept(_)).then(|| self.path().join(BOOKS))
    }

    /// All files of the host's journal.
    pub(super) fn journal_files(&self) -> std::io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(self.path())?.collect::<Result<Vec<_>, _>>()?;
        let is_the_journals =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(JOURNAL));
        Ok(entries.into_iter().map(|entry| entry.path()).filter(is_the_journals).collect())
    }
}
