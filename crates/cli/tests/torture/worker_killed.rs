//! The handler is killed in the middle of bursts, and comes back after a while.

use std::time::Duration;

use tokio::time::sleep;

use crate::home::Home;
use crate::plan;
use crate::workshop::Workshop;

/// So often it is killed in a round.
const KILLS: usize = 3;
/// The longest time until it is there again.
const MOST_AWAY: Duration = Duration::from_millis(150);

#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_is_settled_though_the_handler_is_killed() {
    let (rounds, chance) = plan();
    let mut workshop = Workshop::begin_in(Home::new(), chance);
    for number in 1..=rounds {
        let burst = workshop.send_burst(number);
        for _ in 0..KILLS {
            let begun = workshop.chance.up_to(burst.size() / KILLS / 2);
            workshop.worker.until_begun(begun).await;
            workshop.worker.kill().await;
            sleep(workshop.chance.duration_up_to(MOST_AWAY)).await;
            workshop.worker.start_again();
        }
        workshop.until_settled(burst).await;
    }
    let cut = workshop.assert_promises().await;
    assert!(cut > 0, "no kill hit a call");
}
