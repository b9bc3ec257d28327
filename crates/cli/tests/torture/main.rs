//! What a host promises holds when it is killed: events come in over many connections, the program is ended with
//! SIGKILL in the middle of them and started again at once, round after round on the same journal, and afterwards the
//! callers, the handler and the journal must tell the same story. The promises are in [`promises`], one function each.
//!
//! What is random comes from a seed that is printed; `BOOKHOOK_TORTURE_SEED` takes it again, though the processes race
//! as they like. `BOOKHOOK_TORTURE_ROUNDS` says how many rounds there are.
//!
//! A kill takes the process and not the machine: what was written but not synced survives it. That the journal syncs
//! before it acknowledges is not shown here.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod callers;
mod chance;
mod events;
mod handler;
mod host;
mod promises;
mod record;
mod tally;

use std::time::{Duration, Instant};

use bookhook::journal::Cursor;
use jiff::Timestamp;
use tokio::time::{sleep, timeout};

use crate::callers::{Answer, Callers};
use crate::chance::Chance;
use crate::handler::Handler;
use crate::host::Host;
use crate::promises::Round;
use crate::tally::Tally;

/// In a debug build, so many take a few seconds.
const ROUNDS: u32 = 5;
/// A burst that is not answered after so long never will be.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_killed_again_and_again_keeps_its_promises() {
    let rounds = number("BOOKHOOK_TORTURE_ROUNDS").map_or(ROUNDS, |rounds| u32::try_from(rounds).unwrap());
    let seed =
        number("BOOKHOOK_TORTURE_SEED").unwrap_or_else(|| Timestamp::now().as_microsecond().unsigned_abs());
    println!("torture: {rounds} rounds, seed {seed}");

    let (began, mut tally, mut torture) = (Instant::now(), Tally::default(), Torture::begin(seed).await);
    for number in 1..=rounds {
        let round = torture.round(number).await;
        let broken = round.broken_promises();
        assert!(broken.is_empty(), "round {number}, seed {seed}:\n{}", broken.join("\n"));
        tally.add(&round);
    }
    torture.end().await;
    println!("torture: {tally} in {:.1?}, seed {seed}", began.elapsed());
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable}: no number")))
}

/// A host, those around it, and how far its journal was looked through.
struct Torture {
    chance: Chance,
    handler: Handler,
    host: Host,
    callers: Callers,
    looked_through: Cursor,
}

impl Torture {
    async fn begin(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let handler = Handler::start(chance.fork()).await;
        let host = Host::start(handler.address(), &mut chance);
        let callers = Callers::new(&host, handler.moments().clone(), chance.fork());
        Self { chance, handler, host, callers, looked_through: Cursor::START }
    }

    /// A burst, with a kill in the middle of it, and all that is known of it afterwards.
    async fn round(&mut self, number: u32) -> Round {
        let events = events::burst(number, &mut self.chance);
        let sent = events.clone();
        let callers = self.callers.clone();
        let burst = tokio::spawn(async move { callers.send(events).await });
        self.kill_in_the_middle(sent.len()).await;
        let answers = self.answers(burst).await;
        self.handler.until_idle().await;
        let calls = self.handler.take_calls();
        let (deliveries, end) = record::read(self.host.journal(), self.looked_through).await;
        self.looked_through = end;
        Round { sent, answers, calls, deliveries, lives: self.host.lives().to_vec() }
    }

    /// When some of the events, at most three quarters, are with the handler; and every other time once more while the
    /// host starts, or takes up what it has found, or goes on.
    async fn kill_in_the_middle(&mut self, events: usize) {
        self.handler.until_begun(self.chance.up_to(events * 3 / 4)).await;
        sleep(self.chance.duration_up_to(Duration::from_millis(4))).await;
        self.host.kill_and_start_again().await;
        if self.chance.one_in(2) {
            sleep(self.chance.duration_up_to(Duration::from_millis(80))).await;
            self.host.kill_and_start_again().await;
        }
    }

    async fn answers(&mut self, burst: tokio::task::JoinHandle<Vec<Answer>>) -> Vec<Answer> {
        let answered = async {
            tokio::select! {
                answers = timeout(PATIENCE, burst) => answers.map_err(|_| "some events are never answered"),
                () = self.host.ended() => panic!("the host ended by itself; it said:\n{}", self.host.log()),
            }
        };
        match answered.await {
            Ok(answers) => answers.unwrap(),
            Err(why) => panic!("{why}; the host said:\n{}", self.host.log()),
        }
    }

    /// The last kill, after which every file is looked at once more.
    async fn end(mut self) {
        self.host.kill().await;
        self.host.assert_no_token_in_its_files();
    }
}
