//! The whole run: everything, again and again, in turn.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bookhook_sandbox::google::Signer;
use serde::Serialize;

use crate::backlog::Backlog;
use crate::measure::Bench;
use crate::options::Options;
use crate::sample::Sample;
use crate::samples::Samples;
use crate::syncs::SlowSync;
use crate::systems::bookhook::Native;
use crate::systems::node::Node;
use crate::systems::python::Python;
use crate::systems::{ROWS, Row, System, bookhook};
use crate::{aims, backlog, machine, table};

/// Measures what the options ask for and prints it.
pub(crate) async fn run(options: &Options) -> Result<()> {
    ensure!(!cfg!(debug_assertions), "a debug build says nothing: `cargo run --release -p bookhook-bench`");
    let (bench, rows) = prepare(options)?;
    let mut samples = Samples::default();
    for repetition in 1..=options.repetitions() {
        for &connections in options.connections() {
            for row in in_turn(&rows, repetition) {
                let sample = measure(&bench, row, connections, repetition).await?;
                if options.json {
                    print_json(&sample)?;
                }
                samples.add(sample);
            }
        }
    }
    let backlog = if wants_backlog(options, &rows) { Some(backlog::measure(&bench).await?) } else { None };
    if options.json {
        backlog.iter().try_for_each(print_json)
    } else {
        report(options, &bench, &rows, &samples, backlog.as_ref());
        Ok(())
    }
}

/// The memory that deliveries take while they wait is of interest where the main row is measured in full.
fn wants_backlog(options: &Options, rows: &[Row]) -> bool {
    options.slow_sync.is_none()
        && options.connections().contains(&backlog::CONNECTIONS)
        && rows.iter().any(|row| row.system == System::Native(Native::OnDisk))
}

fn print_json(figures: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string(figures)?);
    Ok(())
}

/// Rows that this machine cannot measure are left out, and that is said.
fn prepare(options: &Options) -> Result<(Bench, Vec<Row>)> {
    let mut rows = options.rows()?;
    let any = |rows: &[Row], is: fn(System) -> bool| rows.iter().any(|row| is(row.system));
    let node = if any(&rows, System::needs_node) { Node::find()? } else { None };
    leave_out(&mut rows, "there is no Node", |system| system.needs_node() && node.is_none());
    let python = if any(&rows, System::needs_python) { Python::find()? } else { None };
    leave_out(&mut rows, "there is no Python", |system| system.needs_python() && python.is_none());
    let program = any(&rows, System::needs_program).then(bookhook::build_program).transpose()?;

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let bench = Bench {
        signer: Signer::generate()?,
        span: options.span()?,
        books: options.books,
        slow_sync: slow_sync(options, &folder)?,
        node,
        python,
        program,
        folder,
    };
    Ok((bench, rows))
}

fn leave_out(rows: &mut Vec<Row>, why: &str, is_left_out: impl Fn(System) -> bool) {
    rows.retain(|row| {
        let left_out = is_left_out(row.system);
        if left_out {
            eprintln!("row {} is left out: {why}", row.number);
        }
        !left_out
    });
}

/// Without a compiler syncs are not counted; only who asked for slow ones cannot go on.
fn slow_sync(options: &Options, folder: &Path) -> Result<Option<SlowSync>> {
    match (SlowSync::compile(folder, options.slow_sync.unwrap_or(Duration::ZERO)), options.slow_sync) {
        (Ok(library), _) => Ok(Some(library)),
        (Err(error), Some(_)) => Err(error),
        (Err(error), None) => {
            eprintln!("syncs are not counted: {error:#}");
            Ok(None)
        }
    }
}

/// Begins with another row in every repetition, so that none always comes after the same one.
pub(crate) fn in_turn<T>(rows: &[T], repetition: usize) -> impl Iterator<Item = &T> {
    let (first, rest) = rows.split_at(repetition % rows.len());
    rest.iter().chain(first)
}

async fn measure(bench: &Bench, row: &Row, connections: usize, repetition: usize) -> Result<Sample> {
    let figures = bench
        .measure(row, connections)
        .await
        .with_context(|| format!("row {} ({}) with {connections} connections", row.number, row.name))?;
    eprintln!(
        "{repetition}: {connections:>3} connections, row {:<2} {:>9.0} events/s",
        row.number, figures.events_per_second
    );
    Ok(Sample { row: row.number, connections, repetition, figures })
}

fn report(options: &Options, bench: &Bench, rows: &[Row], samples: &Samples, backlog: Option<&Backlog>) {
    let mut aims = aims::judge(samples, options.slow_sync.is_some());
    aims.extend(backlog.map(aims::backlog));
    println!("{}", machine::describe(bench.node.as_ref().map(Node::version)));
    println!("{}", how(options, bench));
    println!("{}", load(options, samples));
    println!("{}", aims::table(&aims));
    println!("{}", table::table(rows, options.connections(), samples));
}

/// What the load itself takes, where it is made fastest.
fn load(options: &Options, samples: &Samples) -> String {
    let most = |connections: &usize| {
        samples.of(ROWS[0].number, *connections, |figures| figures.load_cpu_us_per_event).median()
    };
    let micros = options.connections().iter().filter_map(most).reduce(f64::min).unwrap_or(0.0);
    format!("The load generator takes {micros:.1} µs of CPU an event at least.\n")
}

fn how(options: &Options, bench: &Bench) -> String {
    let syncs = match options.slow_sync {
        Some(delay) => format!("every sync delayed by {} ms", delay.as_millis()),
        None => "syncs as the disk does them".to_owned(),
    };
    format!(
        "{} repetitions, each {:.1} s after a warm-up of {:.1} s; {} books at random; {syncs}.\n",
        options.repetitions(),
        bench.span.length.as_secs_f64(),
        bench.span.warm_up.as_secs_f64(),
        bench.books,
    )
}
