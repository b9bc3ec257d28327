//! The host is killed in the middle of bursts, round after round on the same journal.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::host::Reply;
use crate::plan;
use crate::stage::Stage;
use crate::tally::Tally;

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_killed_again_and_again_keeps_its_promises() {
    kill_again_and_again(Reply::Result).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_host_has_accepted_is_settled_by_the_next() {
    kill_again_and_again(Reply::Accepted).await;
}

async fn kill_again_and_again(reply: Reply) {
    let (rounds, chance) = plan();
    let (began, mut tally, mut stage) = (Instant::now(), Tally::default(), Stage::begin(chance, reply).await);
    for number in 1..=rounds {
        let burst = stage.send_burst(number);
        kill_in_the_middle(&mut stage, burst.size()).await;
        let round = stage.end_of(burst).await;
        round.assert_promises(number);
        tally.add(&round);
    }
    stage.end().await;
    println!("torture: {tally} in {:.1?}", began.elapsed());
}

/// When some of the events, at most three quarters, are with the handler; and every other time once more while the
/// host starts, or takes up what it has found, or goes on.
async fn kill_in_the_middle(stage: &mut Stage, events: usize) {
    let begun = stage.chance.up_to(events * 3 / 4);
    stage.handler.until_begun(begun).await;
    sleep(stage.chance.duration_up_to(Duration::from_millis(4))).await;
    stage.host.kill_and_start_again().await;
    if stage.chance.one_in(2) {
        sleep(stage.chance.duration_up_to(Duration::from_millis(80))).await;
        stage.host.kill_and_start_again().await;
    }
}
