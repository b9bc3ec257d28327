//! Notices when the files of a handler change, or those which say what is served.
//!
//! Folders are watched one by one, so that those which programs fill (`node_modules`, build results) cost nothing.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::future::pending;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use bookhook::config::{Config, HandlerConfig};
use notify::event::ModifyKind;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::timeout;

use super::app::App;

/// Editors write a file in several steps, and tools write many files: the change is over when nothing happens for so long.
const QUIET: Duration = Duration::from_millis(150);

/// Folders that programs fill.
const FILLED: [&str; 9] =
    ["node_modules", "target", "dist", "build", "coverage", "venv", "env", "__pycache__", "site-packages"];

/// Files that programs write while they run, by the end of their names.
const WRITTEN: [&str; 10] =
    [".db", ".db-wal", ".db-shm", ".db-journal", ".sqlite", ".log", ".pyc", ".tmp", ".swp", "~"];

/// What has changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// A file of a handler.
    Handler(PathBuf),
    /// A file that says what is served.
    Setup(PathBuf),
}

/// The folders of the handlers that are restarted, and the files that say what is served.
pub(super) struct Sources {
    roots: Vec<PathBuf>,
    setup: Vec<PathBuf>,
    watched: HashSet<PathBuf>,
    watcher: RecommendedWatcher,
    changes: UnboundedReceiver<PathBuf>,
}

impl Sources {
    /// Those of the servers that the host runs: a command is started for each event anyway.
    pub(super) fn of(app: &App) -> anyhow::Result<Self> {
        let (sender, changes) = mpsc::unbounded_channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            for path in changed(event) {
                // Nobody listens any more at the end.
                let _ = sender.send(path);
            }
        });
        let watcher = watcher.context("files cannot be watched")?;
        let setup = app.files().filter_map(|file| file.canonicalize().ok()).collect();
        let roots = roots(&app.config);
        let mut sources = Self { roots, setup, watched: HashSet::new(), watcher, changes };
        sources.watch_folders()?;
        Ok(sources)
    }

    /// Waits until files have changed, and gives one of them: one that says what is served, if it is among them.
    pub(super) async fn changed(&mut self) -> Change {
        let mut changed = loop {
            let Some(path) = self.changes.recv().await else { pending().await };
            if let Some(change) = self.change(&path) {
                break change;
            }
        };
        while let Ok(Some(path)) = timeout(QUIET, self.changes.recv()).await {
            changed =
                self.change(&path).filter(|change| matches!(change, Change::Setup(_))).unwrap_or(changed);
        }
        if let Err(error) = self.watch_folders() {
            tracing::warn!("a new folder is not watched: {error:#}");
        }
        changed
    }

    /// What a change of this path is; nothing when it is of no interest.
    fn change(&self, path: &Path) -> Option<Change> {
        if self.setup.iter().any(|file| file == path) {
            return Some(Change::Setup(path.file_name()?.into()));
        }
        let below = self.below_root(path).filter(|_| self.is_source(path))?;
        Some(Change::Handler(below.to_owned()))
    }

    fn is_source(&self, path: &Path) -> bool {
        self.below_root(path).is_some_and(|below| {
            let mut names = below.iter();
            let file = names.next_back();
            names.all(|name| !is_filled(name))
                && file.is_some_and(|name| !is_filled(name) && !is_written(name))
        })
    }

    fn below_root<'a>(&self, path: &'a Path) -> Option<&'a Path> {
        self.roots.iter().find_map(|root| path.strip_prefix(root).ok())
    }

    /// Watches the folders that are not watched yet. One that is gone is not watched any more, by itself.
    fn watch_folders(&mut self) -> anyhow::Result<()> {
        let setup = self.setup.iter().filter_map(|file| file.parent()).map(Path::to_owned);
        let found: HashSet<PathBuf> = self.roots.iter().flat_map(|root| folders(root)).chain(setup).collect();
        for folder in found.difference(&self.watched) {
            let watched = self.watcher.watch(folder, RecursiveMode::NonRecursive);
            watched.with_context(|| format!("changes in {} cannot be noticed", folder.display()))?;
        }
        self.watched = found;
        Ok(())
    }
}

/// The folders of the servers, as the system names them.
fn roots(config: &Config) -> Vec<PathBuf> {
    let folder = |handler: &HandlerConfig| match handler {
        HandlerConfig::Run(setup) => setup.command.folder.canonicalize().ok(),
        HandlerConfig::Http(_) | HandlerConfig::Exec(_) => None,
    };
    config.hooks.iter().filter_map(|hook| folder(&hook.handler)).collect()
}

/// The folder, and those in it that have sources. Links are not followed: they may lead anywhere, and back.
fn folders(root: &Path) -> Vec<PathBuf> {
    let (mut open, mut found) = (vec![root.to_owned()], Vec::new());
    while let Some(folder) = open.pop() {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let is_folder = |entry: &std::fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
        let inner = entries.filter(|entry| is_folder(entry) && !is_filled(&entry.file_name()));
        open.extend(inner.map(|entry| entry.path()));
        found.push(folder);
    }
    found
}

/// What of it was changed: to be read, or to have other rights, is no change.
fn changed(event: Event) -> Vec<PathBuf> {
    match event.kind {
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) => Vec::new(),
        _ => event.paths,
    }
}

fn is_filled(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    FILLED.contains(&&*name) || (name.starts_with('.') && !name.starts_with(".env"))
}

fn is_written(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    WRITTEN.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind};

    use super::*;

    fn sources() -> Sources {
        let (_, changes) = mpsc::unbounded_channel();
        let watcher = notify::recommended_watcher(|_| {}).unwrap();
        let (roots, setup) =
            (vec!["/app".into()], vec!["/app/bkper.yaml".into(), "/etc/bookhook.yaml".into()]);
        Sources { roots, setup, watched: HashSet::new(), watcher, changes }
    }

    #[test]
    fn what_people_write_is_a_source_and_what_programs_write_is_none() {
        let sources = sources();
        for path in ["main.py", "src/tax.ts", ".env", ".env.local", "seed.yaml"] {
            assert_eq!(sources.change(&Path::new("/app").join(path)), Some(Change::Handler(path.into())));
        }
        for path in [
            "/app",
            "/other/main.py",
            "/app/node_modules/hono/index.js",
            "/app/dist/index.js",
            "/app/__pycache__",
            "/app/.git/index",
            "/app/.venv/bin/python",
            "/app/data/bookhook.db-wal",
            "/app/npm-debug.log",
            "/app/main.py~",
        ] {
            assert_eq!(sources.change(Path::new(path)), None, "{path}");
        }
    }

    #[test]
    fn what_says_what_is_served_is_told_apart() {
        for path in ["/app/bkper.yaml", "/etc/bookhook.yaml"] {
            let name = Path::new(path).file_name().unwrap().into();
            assert_eq!(sources().change(Path::new(path)), Some(Change::Setup(name)));
        }
        assert_eq!(sources().change(Path::new("/etc/hosts")), None);
    }

    #[test]
    fn to_be_read_is_no_change() {
        let event = |kind| Event::new(kind).add_path("/app/main.py".into());
        assert!(changed(event(EventKind::Access(AccessKind::Read))).is_empty());
        assert_eq!(changed(event(EventKind::Create(CreateKind::File))).len(), 1);
    }

    #[test]
    fn folders_that_programs_fill_are_not_looked_into() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["src/rules", "node_modules/hono", ".git/objects"] {
            std::fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let mut found = folders(root.path());
        found.sort();
        let expected = ["", "src", "src/rules"].map(|name| root.path().join(name));
        assert_eq!(found, expected.map(|path| path.components().collect::<PathBuf>()));
    }
}
