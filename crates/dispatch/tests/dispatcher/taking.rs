//! An event that cannot be written is not taken.

use bookhook_dispatch::{Dispatcher, Purpose, StartError};
use bookhook_journal::Write;
use bookhook_model::Response;
use jiff::Timestamp;

use crate::given::{Given, is_unavailable, new_journal, response};

#[tokio::test]
async fn an_event_that_cannot_be_written_is_refused_and_its_lane_goes_on() {
    let given = Given::prompt().await;
    given.faults.fail_next(1, Write::Append);

    assert!(is_unavailable(&given.send("e1").await));
    assert!(given.find("e1").await.is_none());
    assert_eq!((given.runs.count(), given.load()), (0, (0, 0)));

    assert_eq!(response(given.send("e2").await), Response::result("run 0"));
    assert_eq!(response(given.send("e1").await), Response::result("run 1"));
}

#[tokio::test]
async fn an_event_behind_others_that_cannot_be_written_leaves_no_gap() {
    let given = Given::gated().await;
    let first = given.sent("e1").await;
    given.faults.fail_next(1, Write::Append);
    assert!(is_unavailable(&given.send("e2").await));
    let third = given.sent("e3").await;
    assert_eq!(given.load(), (1, 1));
    given.gate.open();

    response(first.await.unwrap());
    response(third.await.unwrap());
    assert_eq!(given.runs.events(), ["e1", "e3"]);
    assert!(given.find("e2").await.is_none());
}

#[tokio::test]
async fn what_is_only_kept_is_refused_too_when_it_cannot_be_written() {
    let given = Given::prompt().await;
    for purpose in [Purpose::Unmatched, Purpose::Settle(Response::suppressed())] {
        given.faults.fail_next(1, Write::Append);
        assert!(is_unavailable(&given.deliver("e1", purpose).await));
        assert!(given.find("e1").await.is_none());
    }
}

#[tokio::test]
async fn a_dispatcher_that_cannot_recover_does_not_start() {
    let (journal, faults) = new_journal().await.with_faults();
    faults.fail_next(1, Write::Recover);
    let started = Dispatcher::start(journal, Vec::new(), Timestamp::now).await;
    assert!(matches!(started, Err(StartError::Recover(_))));
}
