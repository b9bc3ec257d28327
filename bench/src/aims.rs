//! What is aimed for, and whether it is met.

use std::fmt::Write;

use crate::backlog::{self, Backlog};
use crate::sample::Figures;
use crate::samples::Samples;
use crate::table::{millis, thousands};

/// An aim and what was measured.
#[derive(Debug, PartialEq)]
pub(crate) struct Aim {
    what: String,
    figure: String,
    wanted: String,
    met: bool,
}

impl Aim {
    /// What is to be no less than this, as a ratio.
    pub(crate) fn at_least(what: String, ratio: f64, aim: f64) -> Self {
        Self { what, figure: format!("{ratio:.2}"), wanted: format!("≥ {aim:.2}"), met: ratio >= aim }
    }

    /// What is to take no longer than this, in milliseconds.
    pub(crate) fn at_most_millis(what: String, measured: f64, aim: f64) -> Self {
        Self {
            what,
            figure: format!("{} ms", millis(measured)),
            wanted: format!("≤ {aim} ms"),
            met: measured <= aim,
        }
    }
}

/// The aims that the samples say something about.
pub(crate) fn judge(samples: &Samples, syncs_are_slow: bool) -> Vec<Aim> {
    let judge = Judge { samples };
    let mut aims = Vec::new();
    if syncs_are_slow {
        aims.extend(judge.speed_with_slow_syncs());
    } else {
        for connections in [32, 80] {
            aims.extend(judge.ratios(connections));
        }
        aims.extend(judge.many_lanes());
        aims.extend(judge.start());
        aims.extend(judge.idle());
    }
    aims.extend(judge.syncs());
    aims.extend(judge.round_trip());
    aims
}

/// The aim for a host with many deliveries that wait.
pub(crate) fn backlog(backlog: &Backlog) -> Aim {
    Aim {
        what: format!(
            "resident with {} connections and {} deliveries waiting",
            backlog::CONNECTIONS,
            thousands(backlog.waiting as f64)
        ),
        figure: megabytes(backlog.peak_bytes as f64),
        wanted: "< 100 MB".to_owned(),
        met: backlog.peak_bytes < 100_000_000,
    }
}

/// The aims as a table in Markdown.
pub(crate) fn table(aims: &[Aim]) -> String {
    let mut table = "| aim | measured | aimed for | |\n| :-- | --: | --: | :-- |\n".to_owned();
    for Aim { what, figure, wanted, met } in aims {
        let met = if *met { "met" } else { "**missed**" };
        let _ = writeln!(table, "| {what} | {figure} | {wanted} | {met} |");
    }
    table
}

/// At so many connections one sync must serve ten events.
const GROUPED: [usize; 2] = [64, 80];

struct Judge<'a> {
    samples: &'a Samples,
}

impl Judge<'_> {
    fn ratios(&self, connections: usize) -> Vec<Aim> {
        let slow = if connections == 32 { 0.93 } else { 0.90 };
        let ratios = [
            ("3", "5a", 3.0, "durable and verified, of functions-framework"),
            ("3", "1", 0.15, "durable and verified, of bare axum (the goal is 0.30)"),
            ("3", "4", 0.70, "durable and verified, of SQLite alone"),
            ("5f", "5e", slow, "in front of a handler of 20 ms, of it alone"),
            ("5g", "5e", slow, "the same, a book a connection"),
            ("5b", "5a", 0.60, "in front of functions-framework, of it alone"),
            ("5d", "5c", 0.50, "in front of Hono, of it alone"),
            ("6a", "5b", 1.00, "functions-framework with `run`, of it with `http`"),
            ("6b", "5d", 1.00, "Hono with `run`, of it with `http`"),
            ("3", "5c", 1.00, "a native handler, durable, of Hono called directly"),
            ("3", "6c", 1.00, "a native handler, durable, of Flask called directly"),
            ("7b", "7a", 0.80, "`exec`, of the process alone"),
        ];
        let speed = |figures: &Figures| Some(figures.events_per_second);
        let ratios = ratios.into_iter().filter_map(|(row, base, aim, what)| {
            let ratio =
                self.samples.pairs((row, base), connections, speed, |row, base| row / base).median()?;
            Some(Aim::at_least(format!("{what}, {connections} connections"), ratio, aim))
        });
        ratios.chain(self.added(connections)).collect()
    }

    /// What the host adds to the slowest answers of a slow handler.
    fn added(&self, connections: usize) -> Vec<Aim> {
        let rows = [("5f", "added at p99 to 20 ms"), ("5g", "the same, a book a connection")];
        let p99 = |figures: &Figures| Some(figures.p99_us);
        let added = |(row, what): (&str, &str)| {
            let micros =
                self.samples.pairs((row, "5e"), connections, p99, |row, base| row - base).median()?;
            Some(Aim::at_most_millis(format!("{what}, {connections} connections"), micros / 1_000.0, 5.0))
        };
        rows.into_iter().filter_map(added).collect()
    }

    fn speed_with_slow_syncs(&self) -> Option<Aim> {
        let speed = self.samples.of("3", 256, |figures| Some(figures.events_per_second)).median()?;
        Some(Aim {
            what: "durable and verified with slow syncs, 256 connections, events/s".to_owned(),
            figure: thousands(speed),
            wanted: "≥ 20,000".to_owned(),
            met: speed >= 20_000.0,
        })
    }

    /// More connections than lanes, so that every lane always has work.
    fn many_lanes(&self) -> Option<Aim> {
        let speed = self.samples.of("5i", 256, |figures| Some(figures.events_per_second)).median()?;
        Some(Aim {
            what: "a handler of 50 ms behind 80 lanes, 256 connections, events/s".to_owned(),
            figure: thousands(speed),
            wanted: "≥ 1,500".to_owned(),
            met: speed >= 1_500.0,
        })
    }

    fn syncs(&self) -> Vec<Aim> {
        let at = |connections| self.samples.of("3", connections, |figures| figures.syncs_per_event).median();
        let alone = at(1).map(|syncs| (1, syncs, 1.2));
        let grouped = GROUPED.into_iter().find_map(|connections| Some((connections, at(connections)?, 0.1)));
        let aim = |(connections, syncs, aim): (usize, f64, f64)| Aim {
            what: format!(
                "syncs an event, {connections} connection{}",
                if connections == 1 { "" } else { "s" }
            ),
            figure: format!("{syncs:.3}"),
            wanted: format!("≤ {aim:.1}"),
            met: syncs <= aim,
        };
        [alone, grouped].into_iter().flatten().map(aim).collect()
    }

    /// One event, alone: what remains of the median when two syncs, at their median, are taken off.
    fn round_trip(&self) -> Option<Aim> {
        let beyond = |figures: &Figures| Some(figures.p50_us - 2.0 * figures.sync_us?);
        let micros = self.samples.of("3", 1, beyond).median()?;
        Some(Aim::at_most_millis(
            "a durable round trip beyond its two syncs, median".to_owned(),
            micros / 1_000.0,
            0.2,
        ))
    }

    fn start(&self) -> Option<Aim> {
        let micros = self.samples.of("3", 1, |figures| figures.first_200_us).median()?;
        Some(Aim::at_most_millis("from exec to the first 200".to_owned(), micros / 1_000.0, 15.0))
    }

    fn idle(&self) -> Option<Aim> {
        let bytes = self.samples.of("3", 1, |figures| Some(figures.idle_bytes as f64)).median()?;
        Some(Aim {
            what: "resident when idle".to_owned(),
            figure: megabytes(bytes),
            wanted: "< 20 MB".to_owned(),
            met: bytes < 20_000_000.0,
        })
    }
}

fn megabytes(bytes: f64) -> String {
    format!("{:.1} MB", bytes / 1_000_000.0)
}
