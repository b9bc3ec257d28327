//! A response that cannot be written at once.

use std::time::Duration;

use bookhook_journal::Write;
use bookhook_model::{Cause, Failure, FailureKind, Response, RunEnd, State};
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
