//! The one thread that writes: whatever has arrived meanwhile is one transaction.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::error::OpenError;
use crate::pending::Reply;

use super::act::Entry;
use super::problem;
use super::reads::Reads;
use super::statements::Statements;
use super::vacuum;
use super::wal::Wal;

/// So many acts are one transaction at most: those in front should not wait for all that press from behind.
const GROUP_ACTS_MAX: usize = 1024;
/// So many bytes are, about: what is dirty should fit into SQLite's cache.
const GROUP_BYTES_MAX: usize = 4 << 20;
/// So long do lazy acts wait for company.
const LAZY_WAIT: Duration = Duration::from_millis(50);

/// What is handed in.
pub(super) enum Message {
    /// An act.
    Act(Box<dyn Entry>),
    /// When the acts before it are done, the file is to be written anew.
    Vacuum(Reply<()>),
    /// When the acts before it are done, the log is to be emptied.
    Wipe(Reply<bool>),
    /// Nothing after this is done.
    Close(Option<Reply<()>>),
}

/// Everything that the writer's thread owns.
pub(super) struct Writer {
    conn: Connection,
    intake: Intake,
    ledger: Ledger,
    wal: Wal,
    /// Stopped before the writer ends, so that the file is nobody's then.
    reads: Reads,
}

impl Writer {
    pub(super) fn new(
        conn: Connection,
        messages: Receiver<Message>,
        healthy: Arc<AtomicBool>,
        wal: Wal,
        reads: Reads,
    ) -> Self {
        let path = reads.path().to_owned();
        let intake =
            Intake { messages, vacuumers: Vec::new(), wipers: Vec::new(), is_closing: false, closer: None };
        Self { conn, intake, ledger: Ledger::new(healthy, path), wal, reads }
    }

    /// Starts the thread, which keeps the lock until the journal is closed.
    pub(super) fn spawn(self, lock: Option<File>) -> Result<JoinHandle<()>, OpenError> {
        let path = self.ledger.path.clone();
        let (report, started) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("journal-write".into())
            .spawn(move || {
                let closer = self.run(&report);
                drop(lock);
                if let Some(closer) = closer {
                    let _ = closer.send(Ok(()));
                }
            })
            .map_err(OpenError::System)?;
        match started.recv() {
            Ok(Ok(())) => Ok(thread),
            Ok(Err(error)) => Err(problem::open(&path, error)),
            Err(_) => Err(OpenError::System(std::io::Error::other("the writing thread ended"))),
        }
    }

    /// Writes until the journal is closed; gives who is to be told of that.
    fn run(mut self, report: &mpsc::Sender<rusqlite::Result<()>>) -> Option<Reply<()>> {
        match Statements::prepare(&self.conn) {
            Ok(mut db) => {
                let _ = report.send(Ok(()));
                while let Some(group) = self.intake.next_group() {
                    self.ledger.commit(&self.conn, &mut db, group);
                    self.wal.bound(&self.conn);
                    self.intake.answer_vacuumers(|| vacuum::vacuum(&self.conn));
                    self.intake.answer_wipers(|| self.wal.empty(&self.conn));
                }
            }
            Err(error) => drop(report.send(Err(error))),
        }
        self.reads.stop();
        self.wal.finish(self.conn);
        self.intake.closer
    }
}

/// The queue, taken in groups.
struct Intake {
    messages: Receiver<Message>,
    /// Who waits for the file to be written anew.
    vacuumers: Vec<Reply<()>>,
    /// Who waits for the log to be emptied.
    wipers: Vec<Reply<bool>>,
    is_closing: bool,
    /// Who is to be told when the journal is closed.
    closer: Option<Reply<()>>,
}

impl Intake {
    /// Waits for acts; `None` when there will be no more.
    fn next_group(&mut self) -> Option<Vec<Box<dyn Entry>>> {
        if self.is_closing {
            return None;
        }
        let mut group = Vec::new();
        let first = self.messages.recv().ok()?;
        self.take(first, &mut group);
        self.wait_for_company(&mut group);
        self.take_what_is_there(&mut group);
        Some(group)
    }

    fn take(&mut self, message: Message, group: &mut Vec<Box<dyn Entry>>) {
        match message {
            Message::Act(entry) => group.push(entry),
            Message::Vacuum(vacuumer) => self.vacuumers.push(vacuumer),
            Message::Wipe(wiper) => self.wipers.push(wiper),
            Message::Close(closer) => (self.is_closing, self.closer) = (true, closer),
        }
    }

    /// Writes the file anew, if somebody asked for it.
    fn answer_vacuumers(&mut self, vacuum: impl FnOnce()) {
        if self.vacuumers.is_empty() {
            return;
        }
        vacuum();
        for vacuumer in self.vacuumers.drain(..) {
            let _ = vacuumer.send(Ok(()));
        }
    }

    /// Empties the log, if somebody asked for it.
    fn answer_wipers(&mut self, empty: impl FnOnce() -> bool) {
        if self.wipers.is_empty() {
            return;
        }
        let is_empty = empty();
        for wiper in self.wipers.drain(..) {
            let _ = wiper.send(Ok(is_empty));
        }
    }

    /// While there are lazy acts only, waits a little for one that is worth a sync.
    fn wait_for_company(&mut self, group: &mut Vec<Box<dyn Entry>>) {
        let until = Instant::now() + LAZY_WAIT;
        while !self.is_closing
            && group.len() < GROUP_ACTS_MAX
            && group.last().is_some_and(|entry| entry.is_lazy())
        {
            let left = until.saturating_duration_since(Instant::now());
            match self.messages.recv_timeout(left) {
                Ok(message) => self.take(message, group),
                Err(_) => return,
            }
        }
    }

    fn take_what_is_there(&mut self, group: &mut Vec<Box<dyn Entry>>) {
        let mut bytes: usize = group.iter().map(|entry| entry.bytes()).sum();
        while !self.is_closing && group.len() < GROUP_ACTS_MAX && bytes < GROUP_BYTES_MAX {
            match self.messages.try_recv() {
                Ok(message) => self.take(message, group),
                Err(_) => return,
            }
            bytes += group.last().map_or(0, |entry| entry.bytes());
        }
    }
}

/// Commits groups, and knows whether that goes well.
pub(super) struct Ledger {
    healthy: Arc<AtomicBool>,
    path: PathBuf,
}

impl Ledger {
    pub(super) fn new(healthy: Arc<AtomicBool>, path: PathBuf) -> Self {
        Self { healthy, path }
    }

    /// Commits the group and answers its acts. When it fails, each act is tried alone, so that only those that cannot
    /// be written fail.
    pub(super) fn commit(&self, conn: &Connection, db: &mut Statements<'_>, mut group: Vec<Box<dyn Entry>>) {
        if group.is_empty() {
            return;
        }
        match transaction(conn, db, &mut group) {
            Ok(()) => self.answer(group),
            Err(error) if group.len() == 1 => self.fail(group, error),
            Err(_) => group.into_iter().for_each(|entry| self.commit(conn, db, vec![entry])),
        }
    }

    fn answer(&self, group: Vec<Box<dyn Entry>>) {
        self.healthy.store(true, Ordering::Relaxed);
        group.into_iter().for_each(Entry::answer);
    }

    fn fail(&self, alone: Vec<Box<dyn Entry>>, error: rusqlite::Error) {
        let is_of_the_act = problem::is_of_the_act(&error);
        let error = problem::write(&self.path, error);
        // Told when it begins, not with every act that it hits: the log may be on the same full disk.
        if !is_of_the_act && self.healthy.swap(false, Ordering::Relaxed) {
            tracing::error!(error = &error as &dyn std::error::Error, "the journal cannot be written");
        }
        if let Some(entry) = alone.into_iter().next() {
            entry.fail(error);
        }
    }
}

fn transaction(
    conn: &Connection,
    db: &mut Statements<'_>,
    group: &mut [Box<dyn Entry>],
) -> rusqlite::Result<()> {
    db.transaction_begin.execute([])?;
    let written = group
        .iter_mut()
        .try_for_each(|entry| entry.apply(db))
        .and_then(|()| db.transaction_commit.execute([]).map(drop));
    // After some errors SQLite has rolled back by itself.
    if written.is_err() && !conn.is_autocommit() {
        db.transaction_rollback.execute([])?;
    }
    written
}
