//! The disk becomes full in the middle of a burst, and has room again later.

use bookhook::journal::Location;
use tempfile::TempDir;

use crate::callers::Answer;
use crate::events::Event;
use crate::home::Home;
use crate::host::Reply;
use crate::plan;
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_costs_time_and_loses_nothing() {
    let Some(home) = Home::with_a_small_disk().await else { return };
    let (_, chance) = plan();
    let mut stage = Stage::begin_in(home, chance, Reply::Accepted).await;
    let (mut sent, mut answers) = (Vec::new(), Vec::new());
    for (number, is_killed) in [(1, false), (2, true)] {
        let taken = stage.send_burst(2 * number);
        stage.handler.until_begun(taken.size() / 4).await;
        let unavailable = stage.callers.unavailable();
        stage.host.home().small_disk().fill();
        // There may be a little room left in the journal's own files.
        assert_eq!(stage.host.until_ready_is(503).await, "the journal cannot be written\n");
        let refused = stage.send_burst(2 * number + 1);
        says_that_the_disk_is_full(&stage, unavailable).await;
        if is_killed {
            stage.host.kill_and_start_again().await;
            let refusal = stage.host.until_it_serves().await.unwrap_err();
            assert!(refusal.contains("the disk is full: ") && refusal.contains("make room"), "{refusal}");
        }
        stage.host.home().small_disk().make_room();
        if is_killed {
            stage.host.start_again();
        }
        assert_eq!(stage.host.until_ready_is(200).await, "ready\n");
        for burst in [taken, refused] {
            let (events, got) = stage.answers(burst).await;
            sent.extend(events);
            answers.extend(got);
        }
        stage.handler.until_done(&sent).await;
    }
    assert_all_is_kept(stage, sent, answers).await;
}

/// To whom it may concern: callers, and who reads the log.
async fn says_that_the_disk_is_full(stage: &Stage, unavailable: usize) {
    stage.callers.until_unavailable_since(unavailable).await;
    let log = stage.host.log_of_this_life();
    assert!(log.contains("the disk is full: ") && log.contains("make room"), "{log}");
}

async fn assert_all_is_kept(mut stage: Stage, sent: Vec<Event>, answers: Vec<Answer>) {
    stage.host.stop().await;
    let copy = TempDir::new().unwrap();
    stage.host.home().small_disk().copy_to(copy.path());
    let journal = Location::Sqlite(copy.path().join("bookhook.db"));
    stage.look_at(&journal, sent, answers).await.assert_promises(1);
}
