//! Accepted hooks: the caller is answered when its event is durable, and the host handles it afterwards.
//!
//! How fast that is, beside a queue that a team would build ([`rows`]); how a host gets rid of very many deliveries that
//! wait ([`drain`]); and what a second host adds ([`hosts`]).

mod drain;
mod figures;
mod handled;
mod hosts;
mod pgbench;
mod rows;
mod scene;

use anyhow::{Result, ensure};

use crate::options::{Accepted, Measure};
use crate::{aims, machine};

use scene::Scene;

/// Measures what the options ask for and prints it.
pub(crate) async fn run(options: &Accepted) -> Result<()> {
    ensure!(!cfg!(debug_assertions), "a debug build says nothing: `cargo xtask bench accepted`");
    let scene = Scene::prepare(options.span()?)?;
    println!("{}\n{}", machine::describe(None), scene.describe()?);
    let mut aims = Vec::new();
    if options.wants(Measure::Rows) {
        aims.extend(rows::measure(&scene, &options.connections, options.repetitions).await?);
    }
    if options.wants(Measure::Drain) {
        drain::measure(&scene, options.waiting).await?;
    }
    if options.wants(Measure::Hosts) {
        aims.extend(hosts::measure(&scene, options.repetitions).await?);
    }
    if !aims.is_empty() {
        println!("{}", aims::table(&aims));
    }
    Ok(())
}
