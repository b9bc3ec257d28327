//! Accepted events: the caller is answered when they are durable, and the host does the rest.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bookhook_dispatch::{Answer, Later, Purpose};
use bookhook_journal::Write;
use bookhook_model::{Cause, DeliveryId, Failure, FailureKind, Policy, Reply, RetryPolicy, RunEnd, State};
use bookhook_testkit::eventually;
use jiff::{SignedDuration, Timestamp};

use crate::given::{Given, Scripted, ada, answered, impatient, is_unavailable, new_journal};

/// The host tries again soon.
pub(crate) fn accepting() -> Policy {
    Policy { reply: Reply::Accepted, ..impatient() }
}

pub(crate) fn unreachable() -> RunEnd {
    RunEnd::Failed(Failure::new(FailureKind::Unreachable, "nothing listens there"))
}

/// The delivery that was accepted.
pub(crate) fn accepted(answer: &Answer) -> DeliveryId {
    match answer {
        Answer::Accepted { delivery } => *delivery,
        other => panic!("not accepted: {other:?}"),
    }
}

async fn given(handler: Scripted, policy: Policy) -> Given {
    Given::on(new_journal().await, handler, policy, Timestamp::now).await
}

async fn until_settled(given: &Given, ids: &[&str]) {
    for id in ids {
        given.until(id, "it is settled", |found| found.state == State::Settled).await;
    }
}

#[tokio::test]
async fn the_caller_is_answered_when_the_event_is_durable_and_not_before() {
    let given = given(Scripted::new(|_| answered("done")), accepting()).await;
    given.faults.hold();
    let first = given.sent("e1").await;
    assert!(!first.is_finished());
    given.faults.release();
    accepted(&first.await.unwrap());
    accepted(&given.send("e2").await);
    assert_eq!(given.find("e1").await.unwrap().state, State::Running);
    assert_eq!(given.find("e2").await.unwrap().state, State::Waiting);

    given.gate.open();
    until_settled(&given, &["e1", "e2"]).await;
    assert_eq!(given.runs.events(), ["e1", "e2"]);
}

#[tokio::test]
async fn an_event_that_is_not_durable_is_not_accepted() {
    let given = given(Scripted::new(|_| answered("done")), accepting()).await;
    given.gate.open();
    given.faults.fail_next(1, Write::Append);
    assert!(is_unavailable(&given.send("e1").await));
    assert_eq!((given.runs.count(), given.load()), (0, (0, 0)));
}

#[tokio::test]
async fn a_failed_run_is_tried_again_until_it_settles_while_its_lane_waits_and_others_go_on() {
    let script = |event: &str, number| match event {
        "e1" if number < 4 => unreachable(),
        _ => answered("done"),
    };
    let given = given(Scripted::by_event(script), accepting()).await;
    for id in ["e1", "e2"] {
        accepted(&given.send(id).await);
    }
    accepted(&given.send_in("f1", "b2").await);
    given.gate.open();

    until_settled(&given, &["e1", "e2", "f1"]).await;
    let lane: Vec<_> = given.runs.events().into_iter().filter(|event| event != "f1").collect();
    let (last, first_ones) = lane.split_last().unwrap();
    assert_eq!(last, "e2");
    assert!(first_ones.len() >= 4 && first_ones.iter().all(|event| event == "e1"), "{lane:?}");
    assert!(given.runs.lanes_with_overlaps().is_empty());
    let causes: Vec<_> =
        given.find("e1").await.unwrap().runs.unwrap().into_iter().map(|run| run.cause).collect();
    assert_eq!(causes[..2], [Cause::First, Cause::Retry]);
    assert_eq!(given.load(), (0, 0));
}

#[tokio::test]
async fn what_waits_for_a_retry_says_when_it_is_tried_and_its_lane_waits() {
    let first = Duration::from_hours(1);
    let retry = RetryPolicy { first, max: first, ..RetryPolicy::default() };
    let script = |event: &str, _| if event == "e1" { unreachable() } else { answered("done") };
    let given = given(Scripted::by_event(script), Policy { retry, ..accepting() }).await;
    given.gate.open();
    let before = Timestamp::now();
    accepted(&given.send("e1").await);
    let waiting = given.until("e1", "it is to be tried again", |found| found.next_run_at.is_some()).await;
    assert_eq!(waiting.state, State::Waiting);
    let due = waiting.next_run_at.unwrap();
    let (soonest, latest) = (SignedDuration::from_mins(29), SignedDuration::from_mins(61));
    assert!((soonest..latest).contains(&due.duration_since(before)), "{due}");

    accepted(&given.send("e2").await);
    accepted(&given.send_in("f1", "b2").await);
    until_settled(&given, &["f1"]).await;
    assert_eq!(given.find("e2").await.unwrap().state, State::Waiting);
    assert_eq!(given.load(), (2, 0));
}

#[tokio::test]
async fn a_busy_handler_is_tried_again_when_it_asks_for_it_but_not_later_than_the_longest_wait() {
    let max = Duration::from_millis(20);
    let retry = RetryPolicy { first: Duration::from_millis(1), max, ..RetryPolicy::default() };
    let an_hour = RunEnd::Busy { retry_after: Some(Duration::from_hours(1)) };
    let script = move |number| if number == 0 { an_hour.clone() } else { answered("done") };
    let given = given(Scripted::new(script), Policy { retry, ..accepting() }).await;
    given.gate.open();
    accepted(&given.send("e1").await);
    until_settled(&given, &["e1"]).await;
    let runs = given.find("e1").await.unwrap().runs.unwrap();
    assert_eq!(runs[0].handler_status, Some(429));
    let waited = runs[1].started_at.duration_since(runs[0].finished_at.unwrap());
    assert!(waited >= SignedDuration::try_from(max).unwrap(), "{waited}");
}

#[tokio::test]
async fn a_paused_hook_accepts_and_holds() {
    let given = given(Scripted::new(|_| answered("done")), accepting()).await;
    given.gate.open();
    given.dispatcher.pause(given.hook(), None, &ada()).await.unwrap();
    for id in ["e1", "e2"] {
        accepted(&given.send(id).await);
        assert_eq!(given.find(id).await.unwrap().state, State::Held);
    }
    given.dispatcher.resume(given.hook(), &ada()).await.unwrap();
    until_settled(&given, &["e1", "e2"]).await;
    assert_eq!(given.runs.events(), ["e1", "e2"]);
}

#[tokio::test]
async fn a_full_queue_accepts_nothing() {
    let given = given(Scripted::new(|_| answered("done")), Policy { queue: 1, ..accepting() }).await;
    accepted(&given.send("e1").await);
    accepted(&given.send("e2").await);
    let full = given.send("e3").await;
    assert!(matches!(full, Answer::Later { why: Later::QueueFull, .. }), "{full:?}");
    assert!(given.find("e3").await.is_none());
    given.gate.open();
    until_settled(&given, &["e1", "e2"]).await;
}

#[tokio::test]
async fn a_caller_that_was_not_answered_tries_again_and_one_that_was_replays() {
    let given = given(Scripted::new(|number| answered(&format!("run {number}"))), accepting()).await;
    let first = accepted(&given.send("e1").await);
    // It still runs.
    assert_eq!(accepted(&given.send("e1").await), first);
    given.gate.open();
    until_settled(&given, &["e1"]).await;
    assert_eq!(accepted(&given.send("e1").await), first);
    assert_eq!(given.runs.count(), 1);

    given.dispatcher.note_answered(first, 200);
    assert_eq!(accepted(&given.send("e1").await), first);
    given.runs.until_ended(2).await;
    assert_eq!(given.runs.causes(), [Cause::First, Cause::Replay]);
}

#[tokio::test]
async fn who_was_answered_before_the_run_stays_answered() {
    let given = given(Scripted::new(|number| answered(&format!("run {number}"))), accepting()).await;
    accepted(&given.send("e1").await);
    let behind = accepted(&given.send("e2").await);
    given.dispatcher.note_answered(behind, 200);
    given.gate.open();
    until_settled(&given, &["e1", "e2"]).await;
    assert_eq!(given.find("e2").await.unwrap().answered, Some(200));
    accepted(&given.send("e2").await);
    given.runs.until_ended(3).await;
    assert_eq!(given.runs.causes(), [Cause::First, Cause::First, Cause::Replay]);
}

#[tokio::test]
async fn a_retry_with_an_expired_token_is_parked_and_the_lane_goes_on() {
    static HOURS_LATER: AtomicBool = AtomicBool::new(false);
    fn clock() -> Timestamp {
        let hours = if HOURS_LATER.load(Ordering::Relaxed) { 3 } else { 0 };
        Timestamp::now() + SignedDuration::from_hours(hours)
    }
    let script = |event: &str, _| {
        HOURS_LATER.store(true, Ordering::Relaxed);
        if event == "e1" { unreachable() } else { answered("done") }
    };
    let given = Given::on(new_journal().await, Scripted::by_event(script), accepting(), clock).await;
    given.gate.open();
    accepted(&given.send("e1").await);
    let parked = given.until("e1", "it is parked", |found| found.state == State::Parked).await;
    assert_eq!(parked.parked_reason.as_deref(), Some("token expired"));
    assert_eq!(parked.runs.unwrap().len(), 1);
    eventually("its lane is free", async || (given.load() == (0, 0)).then_some(())).await;
}

#[tokio::test]
async fn what_is_only_kept_is_answered_as_ever() {
    let given = given(Scripted::new(|_| answered("done")), accepting()).await;
    let answer = given.deliver("e1", Purpose::Unmatched).await;
    assert!(matches!(answer, Answer::Response { .. }), "{answer:?}");
}
