//! What a host promises holds on bad days: the real program, over real sockets, is killed with SIGKILL in the middle of
//! bursts, or its handler is; its disk is full, read-only or damaged; and afterwards the callers, the handler and the
//! journal must tell the same story. The promises are in [`promises`], one function each.
//!
//! What is random comes from a seed that is printed; `BOOKHOOK_TORTURE_SEED` takes it again, though the processes race
//! as they like. `BOOKHOOK_TORTURE_ROUNDS` says how many rounds there are.
//!
//! A kill takes the process and not the machine: what was written but not synced survives it. That the journal syncs
//! before it acknowledges is not shown here, but in `crates/journal/tests/it/power_loss.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "which seed it was, and how much happened")]

mod balancer;
mod callers;
mod chance;
mod damage;
mod database;
mod diary;
mod events;
mod fleet;
mod full_disk;
mod handler;
mod home;
mod host;
mod host_killed;
mod many_hosts;
mod promises;
mod read_only;
mod record;
mod small_disk;
mod stage;
mod tally;
mod worker;
mod worker_killed;
mod workshop;

use jiff::Timestamp;

use crate::chance::Chance;

/// In a debug build, so many take a few seconds.
const ROUNDS: u32 = 5;

/// How many rounds, from which seed.
fn plan() -> (u32, Chance) {
    let rounds = number("BOOKHOOK_TORTURE_ROUNDS").map_or(ROUNDS, |rounds| u32::try_from(rounds).unwrap());
    let seed =
        number("BOOKHOOK_TORTURE_SEED").unwrap_or_else(|| Timestamp::now().as_microsecond().unsigned_abs());
    println!("torture: {rounds} rounds, seed {seed}");
    (rounds, Chance::new(seed))
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable}: no number")))
}
