//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use bookhook_model::units::parse_duration;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::systems::bookhook::Native;
use crate::systems::queue::Queue;
use crate::systems::{ROWS, Row};
use crate::window::Span;

/// Measures Bookhook beside what else could take the same events, on loopback, and prints a table.
#[derive(Debug, Parser)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) part: Option<Part>,
    #[command(flatten)]
    pub(crate) options: Options,
}

/// What to measure, and for how long.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// One repetition of a second at 1 and 32 connections: shows that everything works, and nothing more
    #[arg(long)]
    pub(crate) quick: bool,
    /// Rows of the table, such as `1,3,4` or `5a,5b`; `5` is all that begin so
    #[arg(long, value_delimiter = ',', value_name = "NUMBERS")]
    rows: Vec<String>,
    /// How many connections send at the same time
    #[arg(long, value_delimiter = ',', value_name = "NUMBERS")]
    connections: Vec<usize>,
    /// How often everything is measured
    #[arg(long, value_name = "NUMBER")]
    repetitions: Option<usize>,
    /// For how long each time, after a warm-up of a third of that
    #[arg(long, value_name = "NUMBER")]
    seconds: Option<f64>,
    /// How many books the events are in, at random
    #[arg(long, default_value_t = 500, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..100_000))]
    pub(crate) books: u32,
    /// Delay every sync of the journal by so long, as a disk in the cloud would
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(crate) slow_sync: Option<Duration>,
    /// Print every measurement as a line of JSON, and no table
    #[arg(long)]
    pub(crate) json: bool,
}

impl Options {
    /// The rows asked for; the base line is always among them. Slow syncs are of interest only where there are syncs.
    pub(crate) fn rows(&self) -> Result<Vec<Row>> {
        let numbers = match (self.rows.as_slice(), self.slow_sync) {
            ([], None) => return Ok(ROWS.to_vec()),
            ([], Some(_)) => &["3".to_owned(), "4".to_owned()],
            (numbers, _) => numbers,
        };
        for number in numbers {
            ensure!(ROWS.iter().any(|row| row.number.starts_with(number)), "there is no row {number}");
        }
        let is_wanted = |row: &&Row| numbers.iter().any(|number| row.number.starts_with(number));
        let others = ROWS[1..].iter().filter(is_wanted);
        Ok(ROWS[..1].iter().chain(others).copied().collect())
    }

    pub(crate) fn connections(&self) -> &[usize] {
        match self.connections.as_slice() {
            [] if self.quick => &[1, 32],
            [] => &[1, 32, 80, 256],
            given => given,
        }
    }

    pub(crate) fn repetitions(&self) -> usize {
        self.repetitions.unwrap_or(if self.quick { 1 } else { 5 })
    }

    pub(crate) fn span(&self) -> Result<Span> {
        span(self.seconds.unwrap_or(if self.quick { 1.0 } else { 3.0 }))
    }
}

fn span(seconds: f64) -> Result<Span> {
    ensure!((0.1..=3600.0).contains(&seconds), "--seconds must be between 0.1 and 3600");
    let length = Duration::from_secs_f64(seconds);
    Ok(Span { warm_up: length / 3, length })
}

/// What to measure of accepted hooks.
#[derive(Debug, Args)]
pub(crate) struct Accepted {
    /// Some of it only
    #[arg(long, value_delimiter = ',', value_name = "PARTS")]
    only: Vec<Measure>,
    /// How many connections send at the same time
    #[arg(long, value_delimiter = ',', default_value = "32,80", value_name = "NUMBERS")]
    pub(crate) connections: Vec<usize>,
    /// How often everything but the drained queue is measured
    #[arg(long, default_value_t = 3, value_name = "NUMBER")]
    pub(crate) repetitions: usize,
    /// For how long each time, after a warm-up of a third of that
    #[arg(long, default_value_t = 3.0, value_name = "NUMBER")]
    seconds: f64,
    /// How many deliveries wait in the queue that is drained
    #[arg(long, default_value_t = 100_000, value_name = "NUMBER")]
    pub(crate) waiting: usize,
}

/// A part of what is measured of accepted hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measure {
    /// Events accepted and handled, beside others who could
    Rows,
    /// A queue that is drained
    Drain,
    /// Two hosts beside one
    Hosts,
}

impl Accepted {
    pub(crate) fn wants(&self, part: Measure) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    pub(crate) fn span(&self) -> Result<Span> {
        span(self.seconds)
    }
}

/// Something else to measure, and what this program starts of itself in processes of their own.
#[derive(Debug, Subcommand)]
pub(crate) enum Part {
    /// The sandbox's ledger: post, list, page and balance a small book and a large one
    Ledger {
        /// How many transactions the large book has
        #[arg(long, default_value_t = 10_000)]
        transactions: usize,
        /// Keep the books in files in this folder, instead of in memory
        #[arg(long)]
        folder: Option<PathBuf>,
    },
    /// A journal with millions of deliveries: how fast it takes more, and how long `activity` takes
    Large {
        /// How many deliveries; ten million take 5 GiB
        #[arg(long, default_value_t = 10_000_000)]
        deliveries: u64,
        /// Plant the journal in this folder and leave it there, for the next time
        #[arg(long)]
        folder: Option<PathBuf>,
        /// How often each load is measured
        #[arg(long, default_value_t = 5)]
        repetitions: usize,
    },
    /// Accepted hooks: accepted and handled events, beside `BullMQ`; a queue that is drained; two hosts beside one
    Accepted(Accepted),
    /// Bare axum
    #[command(hide = true)]
    ServeAxum {
        listen: SocketAddr,
        #[arg(long)]
        delay_ms: u64,
    },
    /// Bookhook with a native handler
    #[command(hide = true)]
    ServeBookhook { native: Native, listen: SocketAddr, folder: PathBuf },
    /// Bookhook for accepted hooks
    #[command(hide = true)]
    ServeQueue {
        listen: SocketAddr,
        folder: PathBuf,
        #[command(flatten)]
        queue: Queue,
    },
    /// SQLite alone
    #[command(hide = true)]
    SqliteAlone {
        /// As JSON
        span: String,
        #[arg(long)]
        folder: PathBuf,
        #[arg(long)]
        producers: usize,
    },
    /// A process an event, alone
    #[command(hide = true)]
    ExecAlone {
        /// As JSON
        span: String,
        #[arg(long)]
        producers: usize,
    },
}
