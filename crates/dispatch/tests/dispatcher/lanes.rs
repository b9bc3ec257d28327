//! Lanes that are paused one by one.

use std::time::Duration;

use bookhook_dispatch::{Answer, Later};
use bookhook_journal::Write;
use bookhook_model::{LaneKey, OnPark, Policy, Response, State};
use jiff::Timestamp;
use tokio::task::yield_now;

use crate::given::{Given, Scripted, ada, answered, impatient, new_journal, response};

fn is_held(answer: &Answer) -> bool {
    matches!(answer, Answer::Later { why: Later::Paused, .. })
}

/// That of every event here.
fn lane() -> LaneKey {
    LaneKey("b1".into())
}

async fn pause(given: &Given) {
    given.dispatcher.pause_lane(given.hook(), lane(), Some("month end"), &ada()).await.unwrap();
}

#[tokio::test]
async fn what_comes_into_a_paused_lane_is_held_and_runs_in_order_when_it_goes_on() {
    let given = Given::prompt().await;
    pause(&given).await;
    assert!(is_held(&given.send("e1").await));
    assert!(is_held(&given.send("e2").await));
    assert_eq!(given.find("e1").await.unwrap().state, State::Held);
    assert_eq!((given.runs.count(), given.load()), (0, (2, 0)));

    given.dispatcher.resume_lane(given.hook(), lane(), &ada()).await.unwrap();
    for id in ["e1", "e2"] {
        given.until(id, "it is settled", |found| found.state == State::Settled).await;
    }
    assert_eq!(given.runs.events(), ["e1", "e2"]);
    assert_eq!(response(given.send("e1").await), Response::result("run 0"));
}

#[tokio::test]
async fn other_lanes_go_on_and_what_runs_may_end() {
    let given = Given::gated().await;
    let running = given.sent("e1").await;
    let behind = given.sent("e2").await;
    given.runs.until_begun(1).await;
    pause(&given).await;
    given.dispatcher.pause_lane(given.hook(), LaneKey("b2".into()), None, &ada()).await.unwrap();
    given.dispatcher.resume_lane(given.hook(), LaneKey("b2".into()), &ada()).await.unwrap();
    given.gate.open();

    assert_eq!(response(running.await.unwrap()), Response::result("run 0"));
    assert_eq!(given.find("e2").await.unwrap().state, State::Held);
    assert_eq!(given.runs.events(), ["e1"]);

    given.dispatcher.resume_lane(given.hook(), lane(), &ada()).await.unwrap();
    assert_eq!(response(behind.await.unwrap()), Response::result("run 1"));
}

#[tokio::test]
async fn a_lane_stays_paused_after_the_hosts_next_start() {
    let given = Given::prompt().await;
    pause(&given).await;
    assert!(is_held(&given.send("e1").await));

    let next = Scripted::new(|_| answered("after all"));
    let journal = given.journal.clone();
    drop(given);
    let given = Given::on(journal, next, impatient(), Timestamp::now).await;
    given.gate.open();
    assert!(is_held(&given.send("e2").await));
    assert_eq!(given.runs.count(), 0);

    given.dispatcher.resume_lane(given.hook(), lane(), &ada()).await.unwrap();
    given.until("e2", "it is settled", |found| found.state == State::Settled).await;
    assert_eq!(given.runs.events(), ["e1", "e2"]);
}

#[tokio::test]
async fn a_lane_whose_resuming_cannot_be_written_stays_paused_until_it_can() {
    let given = Given::prompt().await;
    pause(&given).await;
    assert!(is_held(&given.send("e1").await));

    given.faults.fail_next(1, Write::Pause);
    assert!(given.dispatcher.resume_lane(given.hook(), lane(), &ada()).await.is_err());
    assert!(is_held(&given.send("e2").await));
    assert_eq!(given.runs.count(), 0);

    given.dispatcher.resume_lane(given.hook(), lane(), &ada()).await.unwrap();
    given.until("e2", "it is settled", |found| found.state == State::Settled).await;
    assert_eq!(given.runs.events(), ["e1", "e2"]);
}

/// Its token is no longer good, so that the lane has to wait for it; but that is what the person has put an end to.
#[tokio::test]
async fn whoever_resumes_a_lane_just_when_something_in_it_is_parked_has_the_last_word() {
    let policy = Policy { token_lifetime: Duration::ZERO, on_park: OnPark::Hold, ..Policy::default() };
    let script = Scripted::new(|number| answered(&format!("run {number}")));
    let given = Given::on(new_journal().await, script, policy, Timestamp::now).await;
    given.gate.open();
    given.dispatcher.pause(given.hook(), None, &ada()).await.unwrap();
    assert!(is_held(&given.send("e1").await));

    given.faults.hold();
    let (hook, dispatcher) = (given.hook(), given.dispatcher.clone());
    let resuming = tokio::spawn(async move { dispatcher.resume(hook, &ada()).await });
    given.until("e1", "it is parked", |found| found.state == State::Parked).await;
    let dispatcher = given.dispatcher.clone();
    let resuming_lane = tokio::spawn(async move { dispatcher.resume_lane(hook, lane(), &ada()).await });
    for _ in 0..100 {
        yield_now().await;
    }
    given.faults.release();
    resuming.await.unwrap().unwrap();
    resuming_lane.await.unwrap().unwrap();

    assert_eq!(response(given.send("e2").await), Response::result("run 0"));
}
