//! What all measurements share: where journals are made, who signs, which other systems there are.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bookhook::journal::Location;
use bookhook_sandbox::google::Signer;
use jiff::Timestamp;
use tempfile::TempDir;

use crate::load::{Books, Load, Senders};
use crate::postgres;
use crate::process::{Server, free_address};
use crate::request::{LIVEZ, Template};
use crate::systems::bullmq::BullMq;
use crate::systems::queue::Queue;
use crate::window::Span;

/// Events are in so many books, at random.
const BOOKS: u32 = 500;

pub(super) struct Scene {
    folder: PathBuf,
    pub(super) signer: Signer,
    pub(super) span: Span,
    /// `None` when no server was told.
    pub(super) postgres: Option<postgres::Server>,
    /// `None` without Node or Redis.
    pub(super) bullmq: Option<BullMq>,
}

impl Scene {
    /// What is not there is said, and left out.
    pub(super) fn prepare(span: Span) -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let postgres = postgres::Server::find();
        if postgres.is_none() {
            eprintln!(
                "PostgreSQL is left out: it is measured with `cargo xtask postgres cargo xtask bench accepted`"
            );
        }
        let bullmq = BullMq::find().unwrap_or_else(|error| {
            eprintln!("its packages cannot be installed: {error:#}");
            None
        });
        if bullmq.is_none() {
            eprintln!("BullMQ is left out: it needs Node with npm, and redis-server");
        }
        Ok(Self { folder, signer: Signer::generate()?, span, postgres, bullmq })
    }

    /// What the measurements have in common.
    pub(super) fn describe(&self) -> Result<String> {
        let mut text = format!(
            "{:.1} s each after a warm-up of {:.1} s; {BOOKS} books at random.",
            self.span.length.as_secs_f64(),
            self.span.warm_up.as_secs_f64(),
        );
        if let Some(postgres) = &self.postgres {
            let _ = write!(text, " PostgreSQL {}.", postgres.version()?);
        }
        Ok(text + "\n")
    }

    /// A folder for the journals of one measurement; all are on the same disk.
    pub(super) fn room(&self) -> Result<TempDir> {
        tempfile::tempdir_in(&self.folder).context("cannot make a folder for the journal")
    }

    /// A host, when it says that it lives.
    pub(super) async fn host(&self, queue: &Queue, room: &Path) -> Result<Server> {
        let address = free_address()?;
        let log = room.join(format!("host-{}.log", address.port()));
        Server::start(queue.command(address, room, &self.signer)?, address, LIVEZ, &log).await
    }

    pub(super) fn template(&self) -> Result<Template> {
        Template::new(&self.signer, Timestamp::now())
    }

    /// So many connections that are ready to send events of random books, in turn to these servers.
    pub(super) async fn senders(&self, servers: &[&Server], connections: usize) -> Result<Senders> {
        let addresses: Vec<_> = servers.iter().map(|server| server.address()).collect();
        let books = Books::Random(BOOKS);
        Load { addresses: &addresses, template: &self.template()?, connections, books }.connect().await
    }
}

/// A journal in this folder, as a configuration has it.
pub(super) fn sqlite_in(room: &Path) -> String {
    Location::Sqlite(room.join("journal.db")).to_string()
}
