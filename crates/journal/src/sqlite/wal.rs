//! The write-ahead log: moved into the file beside the writer, and kept from growing without end.

use std::ffi::c_int;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::hooks::Wal as Log;

use crate::error::OpenError;

use super::open::{BUSY_WAIT, Place};
use super::problem;

/// When the log has grown by so many pages, the checkpointer moves them into the file.
const STEP_PAGES: u32 = 2_000;
/// Beyond so many pages, the writer itself sees to it that the log begins anew.
const LIMIT_PAGES: u32 = 12_000;

/// So long the writer waits for readers when it has the log begin anew.
const RESTART_WAIT: Duration = Duration::from_millis(50);

/// Moves what it can without making anyone wait.
const PASSIVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";
/// Moves all, and lets the next commit write the log from its beginning.
const RESTART: &str = "PRAGMA wal_checkpoint(RESTART)";
/// Moves all, and empties the log.
const TRUNCATE: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// The log of one journal. In memory there is none.
pub(super) struct Wal {
    /// How many pages there are in the log, as of the last commit.
    pages: Arc<AtomicU32>,
    /// At how many pages the checkpointer is woken next.
    next: u32,
    /// At how many the writer steps in next.
    limit: u32,
    checkpointer: Option<Checkpointer>,
}

struct Checkpointer {
    wake: SyncSender<()>,
    /// Held while it moves pages.
    moving: Arc<Mutex<()>>,
    thread: JoinHandle<()>,
}

impl Wal {
    /// Watches the log of the writer's connection.
    pub(super) fn start(place: &Place, conn: &mut Connection) -> Result<Self, OpenError> {
        let pages = Arc::new(AtomicU32::new(0));
        let checkpointer = match place {
            Place::File(path) => {
                count_pages(conn, &pages).map_err(|error| problem::open(path, error))?;
                Some(Checkpointer::start(place)?)
            }
            Place::Memory(_) => None,
        };
        Ok(Self { pages, next: STEP_PAGES, limit: LIMIT_PAGES, checkpointer })
    }

    /// Between two groups: has the log moved, or moves it, when it has grown.
    pub(super) fn bound(&mut self, conn: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < self.next.saturating_sub(STEP_PAGES) {
            // It has begun anew.
            (self.next, self.limit) = (STEP_PAGES, LIMIT_PAGES);
        }
        if pages >= self.limit {
            self.begin_anew(conn, pages);
        } else if pages >= self.next {
            self.next = pages + STEP_PAGES;
            self.wake();
        }
    }

    fn wake(&self) {
        if let Some(checkpointer) = &self.checkpointer {
            // One that is still at work will find the new pages too.
            let _ = checkpointer.wake.try_send(());
        }
    }

    /// The checkpointer cannot catch up with a writer that never rests; so the writer rests until it has.
    fn begin_anew(&mut self, conn: &Connection, pages: u32) {
        match self.while_nobody_moves(|| without_long_waits(conn, |conn| checkpoint(conn, RESTART))) {
            Ok(true) => (self.next, self.limit) = (STEP_PAGES, LIMIT_PAGES),
            // A reader is in the way: again after some more pages.
            Ok(false) => self.limit = pages + STEP_PAGES,
            Err(error) => {
                tracing::warn!(%error, "the journal's log cannot be moved into its file");
                self.limit = pages + STEP_PAGES;
            }
        }
    }

    /// Moves all into the file and empties the log; whether no reader was in the way.
    pub(super) fn empty(&mut self, conn: &Connection) -> bool {
        if self.checkpointer.is_none() {
            return true;
        }
        match self.while_nobody_moves(|| without_long_waits(conn, |conn| checkpoint(conn, TRUNCATE))) {
            Ok(true) => (self.next, self.limit) = (STEP_PAGES, LIMIT_PAGES),
            Ok(false) => return false,
            Err(error) => {
                tracing::warn!(%error, "the journal's log cannot be emptied");
                return false;
            }
        }
        true
    }

    /// Its own checkpointer is waited for, on a slow disk too: or the log would grow as fast as events come.
    fn while_nobody_moves<T>(&self, work: impl FnOnce() -> T) -> T {
        let moving = self.checkpointer.as_ref().map(|checkpointer| Arc::clone(&checkpointer.moving));
        let _rest = moving.as_ref().map(|moving| moving.lock().unwrap_or_else(PoisonError::into_inner));
        work()
    }

    /// Leaves one file, with everything in it.
    pub(super) fn finish(self, conn: Connection) {
        if let Some(Checkpointer { wake, thread, .. }) = self.checkpointer {
            drop(wake);
            let _ = thread.join();
            if let Err(error) = checkpoint(&conn, TRUNCATE) {
                tracing::warn!(%error, "the journal's log stays beside its file; the next start reads it");
            }
        }
        drop(conn);
    }
}

impl Checkpointer {
    fn start(place: &Place) -> Result<Self, OpenError> {
        let conn = place.open_beside_writer()?;
        let (wake, woken) = mpsc::sync_channel(1);
        let moving = Arc::new(Mutex::new(()));
        let at_work = Arc::clone(&moving);
        let thread = thread::Builder::new()
            .name("journal-log".into())
            .spawn(move || {
                while woken.recv().is_ok() {
                    let _moving = at_work.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Err(error) = checkpoint(&conn, PASSIVE) {
                        tracing::warn!(%error, "the journal's log cannot be moved into its file");
                    }
                }
            })
            .map_err(OpenError::System)?;
        Ok(Self { wake, moving, thread })
    }
}

/// Keeps the number of pages in the log, as of the connection's last commit.
fn count_pages(conn: &mut Connection, pages: &Arc<AtomicU32>) -> rusqlite::Result<()> {
    let pages = Arc::clone(pages);
    conn.wal_hook(Some(move |_: &mut Log, logged: c_int| {
        pages.store(u32::try_from(logged).unwrap_or(0), Ordering::Relaxed);
        Ok(())
    }))
}

/// A reader that takes its time must not keep the writer from its next group.
fn without_long_waits<T>(
    conn: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    conn.busy_timeout(RESTART_WAIT)?;
    let done = work(conn);
    conn.busy_timeout(BUSY_WAIT)?;
    done
}

/// Moves pages from the log into the file; whether nobody was in the way.
fn checkpoint(conn: &Connection, mode: &str) -> rusqlite::Result<bool> {
    conn.query_row(mode, [], |row| Ok(row.get::<_, i64>(0)? == 0))
}
