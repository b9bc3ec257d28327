//! Two hosts share a database. One is killed, or stands still for longer than its lease; or the database is killed.

use std::time::Duration;

use tokio::time::sleep;

use bookhook_testkit::eventually;

use crate::fleet::Fleet;
use crate::host::Reply;
use crate::plan;

/// How a host tells that it goes on with what another one left.
const TOOK_OVER: &str = "took over deliveries";
/// How a host tells that it takes part again.
const JOINED_AGAIN: &str = "joined the others again";
/// The longest time until a host that was killed is started again.
const MOST_AWAY: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread")]
async fn a_host_of_two_is_killed_and_both_keep_their_promises() {
    kill_hosts(Reply::PatientResult).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_host_of_two_has_accepted_is_settled_by_the_other() {
    kill_hosts(Reply::Accepted).await;
}

async fn kill_hosts(reply: Reply) {
    let (rounds, chance) = plan();
    let mut fleet = Fleet::begin(chance, reply).await;
    for number in 1..=rounds.div_ceil(2) {
        let burst = fleet.send_burst(number);
        fleet.until_in_the_middle(&burst).await;
        let away = fleet.chance.duration_up_to(MOST_AWAY);
        let (killed, _) = fleet.draw();
        killed.kill().await;
        sleep(away).await;
        killed.start_again();
        fleet.end_of(burst).await;
    }
    fleet.end();
}

/// It was taken for dead when it wakes up, and must not have a say in what others have begun since.
#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_stands_still_for_longer_than_its_lease_settles_nothing_of_what_was_taken_over() {
    let (rounds, chance) = plan();
    let mut fleet = Fleet::begin(chance, Reply::Accepted).await;
    for number in 1..=rounds.div_ceil(2) {
        let burst = fleet.send_burst(number);
        fleet.until_in_the_middle(&burst).await;
        let (frozen, other) = fleet.draw();
        let (took_over, joined) = (other.times_told(TOOK_OVER), frozen.times_told(JOINED_AGAIN));
        frozen.freeze();
        eventually("the other host to take over", async || {
            (other.times_told(TOOK_OVER) > took_over).then_some(())
        })
        .await;
        frozen.thaw();
        eventually("the host to take part again", async || {
            (frozen.times_told(JOINED_AGAIN) > joined).then_some(())
        })
        .await;
        fleet.end_of(burst).await;
    }
    fleet.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_is_settled_though_postgresql_is_killed() {
    let (rounds, chance) = plan();
    let mut fleet = Fleet::begin(chance, Reply::Accepted).await;
    for number in 1..=rounds.div_ceil(2) {
        let burst = fleet.send_burst(number);
        fleet.until_in_the_middle(&burst).await;
        fleet.database.kill().await;
        fleet.database.start_again().await;
        fleet.end_of(burst).await;
    }
    fleet.end();
}
