//! `bench`: how fast Bookhook is, beside what else could take the same events.
//!
//! Every system runs in a process of its own and takes the same load over loopback, one after the other in every
//! repetition; ratios are taken within one. What the rows are is in [`systems`], how the load is made in [`load`],
//! what is aimed for in [`aims`].
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "to print figures is what this program is for")]
#![allow(clippy::cast_precision_loss, reason = "figures are shown with three digits")]

mod accepted;
mod aims;
mod backlog;
mod connection;
mod large;
mod latencies;
mod ledger;
mod load;
mod machine;
mod measure;
mod options;
mod postgres;
mod process;
mod request;
mod run;
mod sample;
mod samples;
mod syncs;
mod systems;
mod table;
mod window;

use std::time::Duration;

use anyhow::Result;
use clap::Parser;

use options::{Cli, Part};

/// The program's own, so that the rows that use the library are as the program is; the base line has it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    match cli.part {
        None => run::run(&cli.options).await,
        Some(Part::Ledger { transactions, folder }) => ledger::run(transactions, folder.as_deref()).await,
        Some(Part::Large { deliveries, folder, repetitions }) => {
            large::run(deliveries, folder.as_deref(), repetitions).await
        }
        Some(Part::Accepted(options)) => accepted::run(&options).await,
        Some(Part::ServeAxum { listen, delay_ms }) => {
            systems::axum::serve(listen, Duration::from_millis(delay_ms)).await
        }
        Some(Part::ServeBookhook { native, listen, folder }) => {
            systems::bookhook::serve(native, listen, &folder).await
        }
        Some(Part::ServeQueue { listen, folder, queue }) => queue.serve(listen, &folder).await,
        Some(Part::SqliteAlone { span, folder, producers }) => {
            let figures = systems::sqlite::run(&folder, producers, serde_json::from_str(&span)?).await?;
            println!("{}", serde_json::to_string(&figures)?);
            Ok(())
        }
        Some(Part::ExecAlone { span, producers }) => {
            let figures = systems::exec::run(producers, serde_json::from_str(&span)?).await?;
            println!("{}", serde_json::to_string(&figures)?);
            Ok(())
        }
    }
}
