//! Nothing is said before it is on disk.

use bookhook_dispatch::{Answer, Purpose};
use bookhook_model::{Response, State};
use tokio::task::{JoinHandle, yield_now};

use crate::given::{Given, response};

/// Everything that could run has run, and there is no answer.
async fn assert_not_answered(sending: &JoinHandle<Answer>) {
    for _ in 0..100 {
        yield_now().await;
    }
    assert!(!sending.is_finished());
}

#[tokio::test]
async fn a_handler_does_not_start_before_its_event_is_durable() {
    let given = Given::prompt().await;
    given.faults.hold();
    let sending = given.sent("e1").await;
    assert_not_answered(&sending).await;
    assert_eq!(given.runs.count(), 0);

    given.faults.release();
    assert_eq!(response(sending.await.unwrap()), Response::result("run 0"));
}

#[tokio::test]
async fn a_response_is_not_given_before_it_is_durable() {
    let given = Given::gated().await;
    let sending = given.sent("e1").await;
    given.runs.until_begun(1).await;
    given.faults.hold();
    given.gate.open();
    given.until("e1", "it is settled", |found| found.state == State::Settled).await;
    assert_not_answered(&sending).await;

    given.faults.release();
    assert_eq!(response(sending.await.unwrap()), Response::result("run 0"));
}

#[tokio::test]
async fn a_stored_response_is_not_given_before_this_sending_is_known_to_be_one() {
    let given = Given::prompt().await;
    drop(given.sending("e1", Purpose::Run));
    given.until("e1", "it is settled", |found| found.state == State::Settled).await;
    given.faults.hold();
    let sending = given.sending("e1", Purpose::Run);
    assert_not_answered(&sending).await;

    given.faults.release();
    assert_eq!(response(sending.await.unwrap()), Response::result("run 0"));
    assert_eq!(given.runs.count(), 1);
}

#[tokio::test]
async fn what_is_only_kept_is_not_answered_before_it_is_durable() {
    for (id, purpose) in [("e1", Purpose::Unmatched), ("e2", Purpose::Settle(Response::suppressed()))] {
        let given = Given::prompt().await;
        given.faults.hold();
        let sending = given.sending(id, purpose);
        given.until(id, "it is in the journal", |_| true).await;
        assert_not_answered(&sending).await;

        given.faults.release();
        assert_eq!(response(sending.await.unwrap()), Response::suppressed());
    }
}

#[tokio::test]
async fn the_next_run_of_a_lane_does_not_start_before_its_beginning_is_durable() {
    let given = Given::gated().await;
    let _first = given.sent("e1").await;
    let _second = given.sent("e2").await;
    given.runs.until_begun(1).await;
    given.faults.hold();
    given.gate.open();
    given.until("e2", "its run is journaled", |found| found.state == State::Running).await;
    for _ in 0..100 {
        yield_now().await;
    }
    assert_eq!(given.runs.events(), ["e1"]);

    given.faults.release();
    given.runs.until_ended(2).await;
}
