//! What the host gives up on, and what becomes of its lane.

use std::time::Duration;

use bookhook_journal::Write;
use bookhook_model::{
    Cause, Delivery, Failure, FailureKind, LaneKey, OnPark, Policy, RetryPolicy, RunEnd, State,
};
use jiff::Timestamp;

use crate::accepted::{accepted, accepting, unreachable};
use crate::given::{Given, Scripted, ada, answered, new_journal};

/// A run of the event `bad` ends so the first time; every other run ends well.
async fn with_a_bad_one(end: RunEnd, policy: Policy) -> Given {
    let script = move |event: &str, number| match event {
        "bad" if number == 0 => end.clone(),
        _ => answered(&format!("run {number}")),
    };
    Given::on(new_journal().await, Scripted::by_event(script), policy, Timestamp::now).await
}

fn refused() -> RunEnd {
    RunEnd::Failed(Failure::new(FailureKind::Status(404), "the handler answered 404"))
}

fn holding() -> Policy {
    Policy { on_park: OnPark::Hold, ..accepting() }
}

async fn until_parked(given: &Given) -> Delivery {
    given.until("bad", "it is parked", |found| found.state == State::Parked).await
}

async fn until_settled(given: &Given, id: &str) -> Delivery {
    given.until(id, "it is settled", |found| found.state == State::Settled).await
}

/// `bad` is parked, and `next` waits behind it.
async fn held_back() -> Given {
    let given = with_a_bad_one(refused(), holding()).await;
    for id in ["bad", "next"] {
        accepted(&given.send(id).await);
    }
    given.gate.open();
    until_parked(&given).await;
    given
}

#[tokio::test]
async fn what_would_end_the_same_is_parked_after_its_first_run_with_the_reason() {
    let given = with_a_bad_one(refused(), accepting()).await;
    given.gate.open();
    accepted(&given.send("bad").await);
    let parked = until_parked(&given).await;
    assert_eq!(
        parked.parked_reason.as_deref(),
        Some(
            "the handler answered 404. That is not tried again: the handler refuses this event, and would refuse it again"
        )
    );
    assert_eq!(parked.runs.unwrap().len(), 1);
}

#[tokio::test]
async fn after_so_many_runs_it_is_parked_and_the_lane_goes_on() {
    let script = |event: &str, _| if event == "bad" { unreachable() } else { answered("done") };
    let retry = RetryPolicy { max_runs: 3, ..accepting().retry };
    let policy = Policy { retry, ..accepting() };
    let given = Given::on(new_journal().await, Scripted::by_event(script), policy, Timestamp::now).await;
    given.gate.open();
    for id in ["bad", "next"] {
        accepted(&given.send(id).await);
    }
    until_settled(&given, "next").await;
    let parked = given.find("bad").await.unwrap();
    assert_eq!(parked.parked_reason.as_deref(), Some("gave up after 3 runs: nothing listens there"));
    assert_eq!(given.runs.events(), ["bad", "bad", "bad", "next"]);

    // Sent again, it has as many tries again.
    accepted(&given.send("bad").await);
    given
        .until("bad", "it was tried three times more", |found| {
            found.state == State::Parked && found.runs.as_ref().is_some_and(|runs| runs.len() == 6)
        })
        .await;
}

#[tokio::test]
async fn what_is_too_old_for_another_run_is_parked() {
    let retry = RetryPolicy { max_age: Duration::from_millis(1), ..accepting().retry };
    let given = with_a_bad_one(unreachable(), Policy { retry, ..accepting() }).await;
    given.gate.open();
    accepted(&given.send("bad").await);
    let parked = until_parked(&given).await;
    assert_eq!(parked.parked_reason.as_deref(), Some("gave up after 1 runs: nothing listens there"));
}

#[tokio::test]
async fn the_lane_may_wait_for_a_person() {
    let given = held_back().await;
    assert_eq!(given.find("next").await.unwrap().state, State::Held);
    accepted(&given.send_in("other", "b2").await);
    until_settled(&given, "other").await;
    accepted(&given.send("later").await);
    assert_eq!(given.find("later").await.unwrap().state, State::Held);
    assert_eq!(given.load(), (2, 0));

    given.dispatcher.resume_lane(given.hook(), LaneKey("b1".into()), &ada()).await.unwrap();
    until_settled(&given, "later").await;
    assert_eq!(given.runs.events(), ["bad", "other", "next", "later"]);
    assert_eq!(given.find("bad").await.unwrap().state, State::Parked);
}

#[tokio::test]
async fn the_lane_goes_on_when_what_was_parked_is_sent_again_and_settled() {
    let given = held_back().await;
    accepted(&given.send("later").await);
    accepted(&given.send("bad").await);
    until_settled(&given, "later").await;
    assert_eq!(given.runs.events(), ["bad", "bad", "next", "later"]);
    assert_eq!(given.runs.causes(), [Cause::First, Cause::Retry, Cause::First, Cause::First]);
    assert!(given.runs.lanes_with_overlaps().is_empty());
    accepted(&given.send("after").await);
    until_settled(&given, "after").await;
}

#[tokio::test]
async fn the_lane_is_held_also_when_parking_could_not_be_written_at_once() {
    let given = with_a_bad_one(refused(), holding()).await;
    for id in ["bad", "next"] {
        accepted(&given.send(id).await);
    }
    given.faults.fail_next(1, Write::Settle);
    given.gate.open();
    until_parked(&given).await;
    assert_eq!(given.find("next").await.unwrap().state, State::Held);
    assert_eq!(given.runs.count(), 1);

    accepted(&given.send("bad").await);
    until_settled(&given, "next").await;
    assert_eq!(given.runs.events(), ["bad", "bad", "next"]);
}

#[tokio::test]
async fn a_person_who_pauses_the_lane_has_the_last_word() {
    let given = held_back().await;
    given.dispatcher.pause_lane(given.hook(), LaneKey("b1".into()), None, &ada()).await.unwrap();
    accepted(&given.send("bad").await);
    assert_eq!(given.find("bad").await.unwrap().state, State::Held);
    assert_eq!(given.runs.count(), 1);

    given.dispatcher.resume_lane(given.hook(), LaneKey("b1".into()), &ada()).await.unwrap();
    until_settled(&given, "bad").await;
    until_settled(&given, "next").await;
}
