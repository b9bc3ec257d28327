//! A response that cannot be written at once.

use std::time::Duration;

use bookhook_journal::{Settle, Then, Write};
use bookhook_model::{Cause, Failure, FailureKind, Policy, Response, RunEnd, RunNumber, State};
use jiff::Timestamp;

use crate::given::{
    Given, Scripted, answered, impatient, is_unavailable, left_waiting, new_journal, response,
};

#[tokio::test]
async fn a_response_that_cannot_be_written_is_not_given_and_is_written_later() {
    let given = Given::prompt().await;
    given.faults.fail_next(2, Write::Settle);

    assert!(is_unavailable(&given.send("e1").await));
    assert_eq!(given.find("e1").await.unwrap().state, State::Running);

    given.until("e1", "it is settled after all", |found| found.state == State::Settled).await;
    assert_eq!(response(given.send("e1").await), Response::result("run 0"));
    assert_eq!(given.runs.count(), 1);
    assert_eq!(given.load(), (0, 0));
}

#[tokio::test]
async fn a_retry_that_comes_before_it_is_written_waits_for_it() {
    let given = Given::prompt().await;
    given.faults.fail_next(1, Write::Settle);

    assert!(is_unavailable(&given.send("e1").await));
    assert_eq!(response(given.send("e1").await), Response::result("run 0"));

    assert_eq!(given.find("e1").await.unwrap().state, State::Settled);
    assert_eq!(given.runs.count(), 1);
}

/// Or a crash in between would run the first one again after the second.
#[tokio::test]
async fn the_lane_waits_until_a_response_that_could_not_be_written_is() {
    let given = Given::gated().await;
    let first = given.sent("e1").await;
    let second = given.sent("e2").await;
    given.faults.fail_next(2, Write::Settle);
    given.gate.open();

    assert!(is_unavailable(&first.await.unwrap()));
    assert_eq!(given.runs.count(), 1);
    assert_eq!(response(second.await.unwrap()), Response::result("run 1"));
    assert_eq!(given.find("e1").await.unwrap().state, State::Settled);
    assert!(given.runs.lanes_with_overlaps().is_empty());
}

#[tokio::test]
async fn nothing_new_overtakes_a_response_that_could_not_be_written() {
    let given = Given::prompt().await;
    given.faults.fail_next(1, Write::Settle);

    assert!(is_unavailable(&given.send("e1").await));
    assert!(is_unavailable(&given.send("e2").await));
    assert_eq!(given.runs.events(), ["e1"]);
    assert!(given.find("e2").await.is_none());

    given.until("e1", "it is settled after all", |found| found.state == State::Settled).await;
    assert_eq!(response(given.send("e2").await), Response::result("run 1"));
}

#[tokio::test]
async fn a_response_that_could_not_be_written_holds_up_its_own_lane_and_no_other() {
    let one_at_once = Policy { concurrency: 1, ..Policy::default() };
    let script = Scripted::new(|number| answered(&format!("run {number}")));
    let given = Given::on(new_journal().await, script, one_at_once, Timestamp::now).await;
    let first = given.sent("e1").await;
    let beside = given.sent_in("b2", "e2").await;
    let behind = given.sent("e3").await;
    given.faults.fail_next(1, Write::Settle);
    given.gate.open();

    assert!(is_unavailable(&first.await.unwrap()));
    assert_eq!(response(beside.await.unwrap()), Response::result("run 1"));
    assert_eq!(given.find("e1").await.unwrap().state, State::Running);
    given.runs.until_begun(3).await;
    assert_eq!(given.find("e1").await.unwrap().state, State::Settled);
    assert_eq!(response(behind.await.unwrap()), Response::result("run 2"));
}

/// The host does not end before it is written.
#[tokio::test]
async fn a_drain_waits_for_a_response_that_could_not_be_written() {
    let given = Given::gated().await;
    let only = given.sent("e1").await;
    given.faults.fail_next(1, Write::Settle);
    given.gate.open();

    assert!(is_unavailable(&only.await.unwrap()));
    assert_eq!(given.dispatcher.drain(Duration::from_secs(20)).await, 0);
    assert_eq!(given.find("e1").await.unwrap().state, State::Settled);
}

#[tokio::test]
async fn a_failure_that_cannot_be_written_is_tried_again_once_it_is() {
    let failing_first = |number| match number {
        0 => RunEnd::Failed(Failure::new(FailureKind::Unreachable, "nothing listens there")),
        _ => answered("at last"),
    };
    let journal = new_journal().await;
    left_waiting(&journal, &["e1", "e2"]).await;
    let given = Given::on(journal, Scripted::new(failing_first), impatient(), Timestamp::now).await;
    given.runs.until_begun(1).await;
    given.faults.fail_next(1, Write::Settle);
    given.gate.open();

    for id in ["e1", "e2"] {
        given.until(id, "it is settled", |found| found.state == State::Settled).await;
    }
    assert_eq!(given.runs.events(), ["e1", "e1", "e2"]);
    assert_eq!(given.runs.causes(), [Cause::Recovery, Cause::Retry, Cause::Recovery]);
    assert!(given.runs.lanes_with_overlaps().is_empty());
}

/// What the journal knows counts; the lane is not kept for what is over there.
#[tokio::test]
async fn a_failure_that_the_journal_refuses_leaves_its_lane() {
    let failing_first = |number| match number {
        0 => RunEnd::Failed(Failure::new(FailureKind::Unreachable, "nothing listens there")),
        _ => answered("done"),
    };
    let journal = new_journal().await;
    left_waiting(&journal, &["e1", "e2"]).await;
    let given = Given::on(journal, Scripted::new(failing_first), impatient(), Timestamp::now).await;
    given.runs.until_begun(1).await;
    let id = given.find("e1").await.unwrap().id;
    let response = Response::result("somebody else's");
    let end = answered("somebody else's");
    let (run, at, then) = (RunNumber::FIRST, Timestamp::now(), Then::Settled(response));
    given.journal.settle(Settle { id, run, at, end, then }).await.unwrap();
    given.gate.open();

    given.until("e2", "it is settled", |found| found.state == State::Settled).await;
    assert_eq!(given.runs.events(), ["e1", "e2"]);
    assert_eq!(given.load(), (0, 0));
}
