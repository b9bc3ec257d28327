//! Where a host lives: its configuration and its log in a folder, and the journal on a disk of its own where it matters.

use std::fs;
use std::path::{Path, PathBuf};

use bookhook::journal::Location;
use tempfile::TempDir;
use tokio::process::Command;

use crate::small_disk::SmallDisk;

/// The folder, which is gone with the test.
pub(crate) struct Home {
    folder: TempDir,
    small_disk: Option<SmallDisk>,
    /// The journal, if it is not a file here.
    database: Option<Location>,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("journal")).unwrap();
        Self { folder, small_disk: None, database: None }
    }

    /// With its journal in this database, which others may share.
    pub(crate) fn with_database(address: &str) -> Self {
        Self { database: Some(address.parse().unwrap()), ..Self::new() }
    }

    /// With the journal on a disk that can be filled. `None`, and a word on why, where this user may not have one.
    pub(crate) async fn with_a_small_disk() -> Option<Self> {
        let mut home = Self::new();
        home.small_disk = Some(SmallDisk::mount(&home.journal_folder()).await?);
        Some(home)
    }

    pub(crate) fn small_disk(&self) -> &SmallDisk {
        self.small_disk.as_ref().unwrap()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn journal_folder(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    /// The journal's file, as the host sees it.
    pub(crate) fn journal_file(&self) -> PathBuf {
        self.journal_folder().join("bookhook.db")
    }

    pub(crate) fn journal(&self) -> Location {
        self.database.clone().unwrap_or_else(|| Location::Sqlite(self.journal_file()))
    }

    pub(crate) fn shares_its_journal(&self) -> bool {
        self.database.is_some()
    }

    /// The program, where it sees the journal's disk.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = match &self.small_disk {
            Some(disk) => disk.command(program),
            None => Command::new(program),
        };
        command.kill_on_drop(true);
        command
    }

    /// All that it has written.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let folders = [self.folder.path().to_owned(), self.journal_folder()];
        let entries = folders.into_iter().flat_map(|folder| fs::read_dir(folder).unwrap());
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect()
    }
}
