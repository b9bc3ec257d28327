//! A disk in memory, and a journal on it whose writes a test does, fails, or loses in a crash.
//!
//! The acts, the statements and the way a group is committed are the real ones. What is not: instead of two threads it is
//! the test that takes what was handed in, whenever it likes, on its own thread. So a test that draws its steps from a
//! seed has the same story every time.

mod changes;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};

use rusqlite::Connection;

use bookhook_model::{Delivery, DeliveryId};

use crate::check::Checked;
use crate::error::OpenError;
use crate::journal::Journal;
use crate::pending::Reply;
use crate::seal::SealingKey;

use super::Sqlite;
use super::act::Entry;
use super::check;
use super::open::Place;
use super::problem;
use super::reads::{self, Job, Reads};
use super::statements::Statements;
use super::tidy::Amounts;
use super::writer::{Ledger, Message};

pub use changes::{Change, Known, Seq, Stand};

/// What survives a crash.
#[derive(Debug)]
pub struct Disk {
    place: Place,
    conn: Connection,
    key: [u8; 32],
    /// A bit a commit, the lowest first: those that are set fail.
    failing: Arc<AtomicU64>,
}

impl Disk {
    /// A disk with an empty journal on it.
    pub fn new() -> Result<Self, OpenError> {
        let place = Place::unique_memory();
        let failed = |error| problem::open(&place.path(), error);
        let mut conn = place.open_for_writing()?;
        changes::watch(&conn).map_err(failed)?;
        let failing = Arc::new(AtomicU64::new(0));
        let bits = Arc::clone(&failing);
        conn.commit_hook(Some(move || is_next_to_fail(&bits))).map_err(failed)?;
        Ok(Self { place, conn, key: [7; 32], failing })
    }

    /// Opens the journal that is on the disk, and gives the hand that writes it. To crash, drop both: what was handed in
    /// and not written is lost.
    pub fn boot(&self) -> Result<(Journal, Hand<'_>), OpenError> {
        let path = self.place.path();
        let db = Statements::prepare(&self.conn).map_err(|error| problem::open(&path, error))?;
        let (queue, messages) = mpsc::channel();
        let (reads, jobs) = Reads::queued(&self.place);
        let healthy = Arc::new(AtomicBool::new(true));
        let ledger = Ledger::new(Arc::clone(&healthy), path);
        let amounts = Amounts::SMALL;
        let backend = Sqlite { queue, reads, healthy, amounts, writer: Mutex::new(None) };
        let journal = Journal::on(Arc::new(backend), &SealingKey::from_bytes(self.key))?;
        let intake = Intake { messages, acts: VecDeque::new(), is_closing: false, closer: None };
        Ok((journal, Hand { disk: self, db, ledger, intake, jobs }))
    }
}

fn is_next_to_fail(bits: &AtomicU64) -> bool {
    let all = bits.load(Ordering::Relaxed);
    bits.store(all >> 1, Ordering::Relaxed);
    all & 1 == 1
}

/// Writes and reads for a journal, step by step.
pub struct Hand<'d> {
    disk: &'d Disk,
    db: Statements<'d>,
    ledger: Ledger,
    intake: Intake,
    jobs: Receiver<Job>,
}

struct Intake {
    messages: Receiver<Message>,
    acts: VecDeque<Box<dyn Entry>>,
    is_closing: bool,
    closer: Option<Reply<()>>,
}

impl Hand<'_> {
    /// How many acts were handed in and are not written.
    pub fn handed_in(&mut self) -> usize {
        self.intake.take_what_is_there();
        self.intake.acts.len()
    }

    /// Writes the first of them, so many at most, as one group, and answers them. `failing` has a bit for each commit
    /// that this takes, the lowest first: where it is set, that commit fails. When the group's own fails, each act is
    /// tried alone.
    pub fn write(&mut self, acts: usize, failing: u64) {
        let acts = acts.min(self.handed_in());
        let group: Vec<_> = self.intake.acts.drain(..acts).collect();
        self.disk.failing.store(failing, Ordering::Relaxed);
        self.ledger.commit(&self.disk.conn, &mut self.db, group);
        self.disk.failing.store(0, Ordering::Relaxed);
        self.intake.close_when_empty();
    }

    /// Answers what was asked of the disk; gives how much that was.
    pub fn read(&self) -> usize {
        self.jobs.try_iter().map(|job| job(&self.disk.conn)).count()
    }

    /// What has become durable since this was asked last, in the order in which it did.
    pub fn changes(&self) -> rusqlite::Result<Vec<Change>> {
        changes::take(&self.disk.conn)
    }

    /// Whether what is on the disk is sound.
    pub fn check(&self) -> rusqlite::Result<Checked> {
        check::all(&self.disk.conn, None)
    }

    /// The delivery as it is on the disk.
    pub fn find(&self, id: DeliveryId) -> rusqlite::Result<Option<Delivery>> {
        reads::find(&self.disk.conn, id)
    }
}

impl Intake {
    fn take_what_is_there(&mut self) {
        while let Ok(message) = self.messages.try_recv() {
            match message {
                // As with the real writer: nobody answers it, and who waits finds the journal closed.
                Message::Act(_) if self.is_closing => {}
                Message::Act(entry) => self.acts.push_back(entry),
                // There is no log.
                Message::Vacuum(vacuumer) => drop(vacuumer.send(Ok(()))),
                Message::Wipe(wiper) => drop(wiper.send(Ok(true))),
                Message::Close(closer) => (self.is_closing, self.closer) = (true, closer),
            }
        }
    }

    fn close_when_empty(&mut self) {
        if self.acts.is_empty()
            && let Some(closer) = self.closer.take()
        {
            let _ = closer.send(Ok(()));
        }
    }
}
