//! A run whose beginning cannot be written does not begin.

use std::time::Duration;

use bookhook_journal::Write;
use bookhook_model::{Cause, Policy, Response, RetryPolicy, State};
use jiff::Timestamp;

use crate::given::{Given, Scripted, answered, impatient, left_waiting, new_journal, response};

#[tokio::test]
async fn a_run_that_cannot_be_journaled_is_begun_later_and_those_behind_it_wait() {
    let given = Given::gated().await;
    let first = given.sent("e1").await;
    let second = given.sent("e2").await;
    let third = given.sent("e3").await;
    given.faults.fail_next(1, Write::Begin);
    given.gate.open();

    response(first.await.unwrap());
    assert_eq!(response(second.await.unwrap()), Response::result("run 1"));
    assert_eq!(response(third.await.unwrap()), Response::result("run 2"));
    assert_eq!(given.runs.events(), ["e1", "e2", "e3"]);
    assert_eq!(given.find("e2").await.unwrap().runs.unwrap().len(), 1);
    assert_eq!(given.load(), (0, 0));
}

#[tokio::test]
async fn a_recovered_run_that_cannot_be_journaled_is_begun_later() {
    let journal = new_journal().await;
    left_waiting(&journal, &["e1"]).await;
    let handler = Scripted::new(|_| answered("done"));
    // The journal is asked to begin while the dispatcher starts; so what fails is the try of the run behind it.
    let given = Given::on(journal, handler, impatient(), Timestamp::now).await;
    let behind = given.sent("e2").await;
    given.faults.fail_next(2, Write::Begin);
    given.gate.open();

    response(behind.await.unwrap());
    assert_eq!(given.runs.causes(), [Cause::Recovery, Cause::First]);
    assert_eq!(given.find("e1").await.unwrap().state, State::Settled);
}

#[tokio::test]
async fn an_event_that_no_host_survives_is_given_up() {
    let journal = new_journal().await;
    left_waiting(&journal, &["e1"]).await;
    let policy = Policy { retry: RetryPolicy { max_runs: 3, ..impatient().retry }, ..impatient() };
    for host in 1..=3 {
        let handler = Scripted::new(|_| answered("never"));
        let given = Given::on(journal.clone(), handler, policy.clone(), Timestamp::now).await;
        given.runs.until_begun(1).await;
        assert_eq!(given.find("e1").await.unwrap().runs.unwrap().len(), host);
        given.dispatcher.drain(Duration::ZERO).await;
    }
    let last = Given::on(journal, Scripted::new(|_| answered("never")), policy, Timestamp::now).await;
    last.until("e1", "it is parked", |found| found.state == State::Parked).await;
    let reason = last.find("e1").await.unwrap().parked_reason.unwrap();
    assert_eq!(reason, "gave up after 3 runs: the host ended before the last one did");
    assert_eq!(last.runs.events(), Vec::<String>::new());
}
