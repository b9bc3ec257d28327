//! SQLite alone: one thread that writes what has arrived meanwhile in one transaction. No HTTP, no token, no handler.
//!
//! The same two writes a delivery: the event with its id (unique, for duplicates) and its body; then what became of it.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use rusqlite::{CachedStatement, Connection};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::latencies::Latencies;
use crate::process::Usage;
use crate::request;
use crate::sample::{Figures, Moment};
use crate::syncs::Ledger;
use crate::window::{Span, Window};

const SCHEMA: &str = "
    PRAGMA page_size = 8192;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 4000;
    CREATE TABLE event (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state INTEGER NOT NULL, response TEXT);
    CREATE TABLE body (event INTEGER PRIMARY KEY, body BLOB NOT NULL);
";
const RESPONSE: &str = r#"{"result":"CHECKED: 1000.00"}"#;
const GROUP_MAX: usize = 1024;

/// Has so many producers write events into a new database in this folder, one after the other each.
pub(crate) async fn run(folder: &Path, producers: usize, span: Span) -> Result<Figures> {
    let (queue, writes) = mpsc::channel();
    let writer = Writer::start(folder.join("alone.db"), writes)?;
    let body: &'static [u8] = request::body()?.into_bytes().leak();
    let ledger = Ledger::in_folder(folder);
    let take = || -> Result<Moment> {
        Ok(Moment { system: Usage::of("self")?, load: None, handler: None, syncs: ledger.read() })
    };
    let idle = take()?;
    let window = Window::beginning_now(span);
    let mut tasks = JoinSet::new();
    for number in 0..producers {
        tasks.spawn(Producer { number, queue: queue.clone(), body }.run(window));
    }
    drop(queue);
    let (before, after) = window.around(take).await;
    let mut latencies = Latencies::default();
    while let Some(done) = tasks.join_next().await {
        latencies.merge(done??);
    }
    writer.join().map_err(|_| anyhow!("the writer panicked"))??;
    Ok(Figures::new(span, latencies, &idle, (before?, after?)))
}

struct Producer {
    number: usize,
    queue: mpsc::Sender<Write>,
    body: &'static [u8],
}

impl Producer {
    async fn run(self, window: Window) -> Result<Latencies> {
        let mut latencies = Latencies::default();
        let mut begun = Instant::now();
        for sent in 0.. {
            if window.is_over(begun) {
                break;
            }
            self.deliver(format!("{:06x}-{sent:013x}", self.number)).await?;
            let durable = Instant::now();
            if window.counts(durable) {
                latencies.record(durable - begun);
            }
            begun = durable;
        }
        Ok(latencies)
    }

    async fn deliver(&self, id: String) -> Result<()> {
        let seq = self.write(What::Event { id, body: self.body }).await?;
        self.write(What::Settled { seq }).await?;
        Ok(())
    }

    async fn write(&self, what: What) -> Result<i64> {
        let (reply, durable) = oneshot::channel();
        self.queue.send(Write { what, reply }).map_err(|_| anyhow!("the writer has ended"))?;
        durable.await.context("the writer has ended")
    }
}

struct Write {
    what: What,
    reply: oneshot::Sender<i64>,
}

enum What {
    Event { id: String, body: &'static [u8] },
    Settled { seq: i64 },
}

struct Writer {
    writes: Receiver<Write>,
}

impl Writer {
    fn start(file: PathBuf, writes: Receiver<Write>) -> Result<thread::JoinHandle<Result<()>>> {
        let db = Connection::open(file)?;
        db.execute_batch(SCHEMA)?;
        db.set_prepared_statement_cache_capacity(8);
        Ok(thread::spawn(move || Self { writes }.run(&db)))
    }

    fn run(&self, db: &Connection) -> Result<()> {
        let mut statements = Statements::prepare(db)?;
        while let Ok(first) = self.writes.recv() {
            let mut durable = Vec::new();
            statements.begin.execute([])?;
            for write in std::iter::once(first).chain(self.writes.try_iter()).take(GROUP_MAX) {
                durable.push((statements.apply(write.what)?, write.reply));
            }
            statements.commit.execute([])?;
            for (seq, reply) in durable {
                // A producer that has ended is told nothing.
                let _ = reply.send(seq);
            }
        }
        Ok(())
    }
}

struct Statements<'db> {
    db: &'db Connection,
    begin: CachedStatement<'db>,
    commit: CachedStatement<'db>,
    event: CachedStatement<'db>,
    body: CachedStatement<'db>,
    settled: CachedStatement<'db>,
}

impl<'db> Statements<'db> {
    fn prepare(db: &'db Connection) -> Result<Self> {
        Ok(Self {
            db,
            begin: db.prepare_cached("BEGIN IMMEDIATE")?,
            commit: db.prepare_cached("COMMIT")?,
            event: db.prepare_cached("INSERT INTO event (id, state) VALUES (?1, 0)")?,
            body: db.prepare_cached("INSERT INTO body (event, body) VALUES (?1, ?2)")?,
            settled: db.prepare_cached("UPDATE event SET state = 1, response = ?2 WHERE seq = ?1")?,
        })
    }

    fn apply(&mut self, what: What) -> Result<i64> {
        match what {
            What::Event { id, body } => {
                self.event.execute([id])?;
                let seq = self.db.last_insert_rowid();
                self.body.execute((seq, body))?;
                Ok(seq)
            }
            What::Settled { seq } => {
                self.settled.execute((seq, RESPONSE))?;
                Ok(seq)
            }
        }
    }
}
