//! What happens by the clock alone. Tokio's time is paused here: it goes on by itself whenever nothing else does.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bookhook_dispatch::{Answer, Later};
use bookhook_journal::WriteError;
use bookhook_journal::acts::Replay;
use bookhook_model::{Policy, ReplayOptions, Response, Retention, RetryPolicy, RunEnd, State};
use bookhook_testkit::eventually;
use jiff::{SignedDuration, Timestamp};

use crate::given::{Given, Scripted, ada, answered, hook, new_journal, response};

#[tokio::test]
async fn a_delivery_whose_caller_does_not_come_back_is_parked() {
    static HOURS_LATER: AtomicBool = AtomicBool::new(false);
    fn clock() -> Timestamp {
        later(&HOURS_LATER)
    }
    let busy_once = |number| if number == 0 { RunEnd::Busy { retry_after: None } } else { answered("done") };
    let given = Given::on(new_journal().await, Scripted::new(busy_once), after_two_hours(), clock).await;
    given.gate.open();
    let Answer::Later { why: Later::HandlerBusy, .. } = given.send("e1").await else { panic!("it is busy") };
    assert_eq!(given.find("e1").await.unwrap().state, State::Waiting);

    HOURS_LATER.store(true, Ordering::Relaxed);
    tokio::time::pause();
    let parked = given.until("e1", "it is parked", |found| found.state == State::Parked).await;
    tokio::time::resume();

    let reason = parked.parked_reason.unwrap();
    assert!(reason.contains("did not try again within 2h"), "{reason}");
    assert_eq!(response(given.send("e1").await), Response::result("done"));
}

#[tokio::test]
async fn tokens_that_expired_are_erased() {
    static HOURS_LATER: AtomicBool = AtomicBool::new(false);
    fn clock() -> Timestamp {
        later(&HOURS_LATER)
    }
    // An error keeps the token for a replay. What waits for its caller shows when the journal was looked through.
    let script = |number| match number {
        0 => RunEnd::Answered { status: None, response: Response::error("no such account") },
        _ => RunEnd::Busy { retry_after: None },
    };
    let given = Given::on(new_journal().await, Scripted::new(script), after_two_hours(), clock).await;
    given.gate.open();
    response(given.send("e1").await);
    assert!(matches!(given.send("e2").await, Answer::Later { .. }));
    let settled = given.find("e1").await.unwrap();

    HOURS_LATER.store(true, Ordering::Relaxed);
    tokio::time::pause();
    given.until("e2", "it is parked", |found| found.state == State::Parked).await;

    // When the event was settled, the token would have been good for a replay.
    let replay = Replay {
        id: settled.id,
        options: ReplayOptions::default(),
        serves: [hook()].into(),
        who: ada(),
        at: settled.received_at,
    };
    assert!(matches!(given.journal.replay(replay).await, Err(WriteError::TokenGone(_))));
}

#[tokio::test]
async fn what_is_settled_and_old_is_removed_and_the_rest_is_kept() {
    static HOURS_LATER: AtomicBool = AtomicBool::new(false);
    fn clock() -> Timestamp {
        later(&HOURS_LATER)
    }
    let script = |number| match number {
        0 => answered("done"),
        _ => RunEnd::Busy { retry_after: None },
    };
    let given = Given::on(new_journal().await, Scripted::new(script), Policy::default(), clock).await;
    given.gate.open();
    response(given.send("e1").await);
    assert!(matches!(given.send("e2").await, Answer::Later { .. }));
    given.dispatcher.retain(Retention { keep: Some(Duration::from_hours(2)), bytes_max: None });

    HOURS_LATER.store(true, Ordering::Relaxed);
    tokio::time::pause();
    eventually("e1 is removed", async || given.find("e1").await.is_none().then_some(())).await;
    assert_eq!(given.find("e2").await.unwrap().state, State::Waiting);
}

/// Gives up on callers after two hours.
fn after_two_hours() -> Policy {
    let max_age = Duration::from_hours(2);
    Policy { retry: RetryPolicy { max_age, ..RetryPolicy::default() }, ..Policy::default() }
}

fn later(is_later: &AtomicBool) -> Timestamp {
    let hours = if is_later.load(Ordering::Relaxed) { 3 } else { 0 };
    Timestamp::now() + SignedDuration::from_hours(hours)
}
