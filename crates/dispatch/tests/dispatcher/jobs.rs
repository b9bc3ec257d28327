//! Replays of many deliveries, in the background.

use std::num::NonZeroU32;
use std::time::Duration;

use bookhook_dispatch::ActError;
use bookhook_journal::{Journal, Write, WriteError};
use bookhook_model::{
    Cause, Filter, NewReplays, Policy, ReplayJob, ReplayJobId, ReplayJobState, ReplayOptions, Response,
    RunEnd, State,
};
use bookhook_testkit::eventually;
use jiff::Timestamp;
use tokio::runtime::Runtime;

use crate::given::{Given, Scripted, ada, answered, hook, response};

fn failed() -> RunEnd {
    RunEnd::Answered { status: None, response: Response::error("no such account") }
}

/// All that went wrong, as fast as may be.
fn all_errors() -> NewReplays {
    NewReplays {
        filter: Filter { hook: Some(hook()), error: true, ..Filter::default() },
        per_second: NonZeroU32::new(1000).unwrap(),
        without_token: false,
    }
}

/// These events were handled, and their handler said no.
async fn went_wrong(events: &[&str]) -> Journal {
    let given = Given::scripted(|_| failed()).await;
    given.gate.open();
    for event in events {
        response(given.send(event).await);
    }
    given.journal
}

async fn host(journal: Journal, policy: Policy) -> Given {
    Given::on(journal, Scripted::new(|number| answered(&format!("run {number}"))), policy, Timestamp::now)
        .await
}

impl Given {
    async fn job(&self, id: ReplayJobId) -> ReplayJob {
        self.dispatcher.replay_job(id).await.unwrap().unwrap()
    }

    async fn until_over(&self, id: ReplayJobId) -> ReplayJob {
        let is_over = |job: &ReplayJob| job.state != ReplayJobState::Running;
        eventually("the replays are over", async || Some(self.job(id).await).filter(is_over)).await
    }
}

#[tokio::test]
async fn all_that_fit_run_again_in_order_and_what_comes_later_does_not() {
    let given = host(went_wrong(&["e1", "e2", "e3"]).await, Policy::default()).await;
    let job = given.dispatcher.start_replays(all_errors(), &ada()).await.unwrap();
    assert_eq!((job.state, job.matched), (ReplayJobState::Running, 3));
    given.gate.open();

    let job = given.until_over(job.id).await;
    assert_eq!((job.state, job.done, job.refused), (ReplayJobState::Done, 3, 0));
    assert!(job.finished_at.is_some());
    given.until("e3", "it is settled", |found| found.state == State::Settled).await;
    assert_eq!(given.runs.events(), ["e1", "e2", "e3"]);
    assert_eq!(given.runs.causes(), [Cause::Replay; 3]);
    assert_eq!(given.dispatcher.replays().await.unwrap(), [job]);
}

/// Its own results would fit the filter, too.
#[tokio::test]
async fn what_goes_wrong_again_is_not_replayed_again() {
    let journal = went_wrong(&["e1", "e2"]).await;
    let given = Given::on(journal, Scripted::new(|_| failed()), Policy::default(), Timestamp::now).await;
    given.gate.open();
    let job = given.dispatcher.start_replays(all_errors(), &ada()).await.unwrap();
    given.until_over(job.id).await;
    for event in ["e1", "e2"] {
        let found = given.until(event, "it is settled", |found| found.state == State::Settled).await;
        assert_eq!(found.runs.unwrap().len(), 2, "{event}");
    }
}

#[tokio::test]
async fn what_cannot_run_again_is_counted_with_its_reason() {
    let journal = went_wrong(&["e1", "e2", "e3"]).await;
    let given = host(journal, Policy::default()).await;
    let first = given.find("e1").await.unwrap().id;
    // Its run ends well, so its token is erased.
    given.dispatcher.replay(first, ReplayOptions::default(), &ada()).await.unwrap();
    given.gate.open();
    given.until("e1", "it is settled", |found| found.state == State::Settled).await;

    let filter = Filter { hook: Some(hook()), ..Filter::default() };
    let job = given.dispatcher.start_replays(NewReplays { filter, ..all_errors() }, &ada()).await.unwrap();
    let job = given.until_over(job.id).await;
    assert_eq!((job.matched, job.done, job.refused), (3, 2, 1));
    assert_eq!(job.refusals.into_iter().collect::<Vec<_>>(), [("token_gone".to_owned(), 1)]);
}

#[tokio::test]
async fn an_empty_filter_and_a_second_job_are_refused() {
    let given = host(went_wrong(&["e1", "e2"]).await, Policy { queue: 1, ..Policy::default() }).await;
    let empty = NewReplays { filter: Filter::default(), ..all_errors() };
    let refused = given.dispatcher.start_replays(empty, &ada()).await;
    assert!(matches!(refused, Err(ActError::EmptyFilter)), "{refused:?}");

    let nothing = Filter { event_type: Some("FILE_CREATED".to_owned()), ..Filter::default() };
    let job = given.dispatcher.start_replays(NewReplays { filter: nothing, ..all_errors() }, &ada()).await;
    assert_eq!(job.unwrap().state, ReplayJobState::Done);

    given.dispatcher.pause(given.hook(), None, &ada()).await.unwrap();
    let job = given.dispatcher.start_replays(all_errors(), &ada()).await.unwrap();
    let refused = given.dispatcher.start_replays(all_errors(), &ada()).await;
    let running = matches!(&refused, Err(ActError::Journal(WriteError::ReplaysRunning(id))) if *id == job.id);
    assert!(running, "{refused:?}");
}

/// Half of the queue is for callers.
#[tokio::test]
async fn a_job_takes_no_more_than_there_is_room_for_and_can_be_cancelled() {
    let policy = Policy { queue: 4, ..Policy::default() };
    let given = host(went_wrong(&["e1", "e2", "e3", "e4", "e5"]).await, policy).await;
    let job = given.dispatcher.start_replays(all_errors(), &ada()).await.unwrap();
    given.runs.until_begun(1).await;
    eventually("one runs and two wait", async || (given.load() == (2, 1)).then_some(())).await;
    assert_eq!(given.job(job.id).await.done, 3);

    let cancelled = given.dispatcher.cancel_replays(job.id, &ada()).await.unwrap();
    assert_eq!((cancelled.state, cancelled.done), (ReplayJobState::Cancelled, 3));
    given.gate.open();
    given.until("e3", "it is settled", |found| found.state == State::Settled).await;
    let again = given.dispatcher.cancel_replays(job.id, &ada()).await;
    assert!(matches!(again, Err(ActError::Journal(WriteError::ReplaysOver { .. }))), "{again:?}");
    assert_eq!(given.job(job.id).await, cancelled);
    assert_eq!(given.runs.events(), ["e1", "e2", "e3"]);
}

#[tokio::test]
async fn so_many_run_a_second_and_no_more() {
    let given = host(went_wrong(&["e1", "e2", "e3"]).await, Policy::default()).await;
    given.gate.open();
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    let slow = NewReplays { per_second: NonZeroU32::new(2).unwrap(), ..all_errors() };
    let job = given.dispatcher.start_replays(slow, &ada()).await.unwrap();
    given.until_over(job.id).await;
    assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_replay_that_cannot_be_written_is_tried_again() {
    let given = host(went_wrong(&["e1", "e2"]).await, Policy::default()).await;
    given.gate.open();
    given.faults.fail_next(1, Write::Return);
    let job = given.dispatcher.start_replays(all_errors(), &ada()).await.unwrap();
    assert_eq!(given.until_over(job.id).await.done, 2);
    given.until("e2", "it is settled", |found| found.state == State::Settled).await;
    assert_eq!(given.runs.events(), ["e1", "e2"]);
}

/// The first host is gone with its runtime, as if it had been killed.
#[test]
fn a_job_goes_on_after_a_crash_and_does_nothing_twice() {
    let events = ["e1", "e2", "e3", "e4", "e5"];
    let first = Runtime::new().unwrap();
    let (journal, job) = first.block_on(async {
        let given = host(went_wrong(&events).await, Policy { queue: 2, ..Policy::default() }).await;
        let job = given.dispatcher.start_replays(all_errors(), &ada()).await.unwrap();
        given.runs.until_begun(1).await;
        eventually("one runs and one waits", async || (given.load() == (1, 1)).then_some(())).await;
        (given.journal.clone(), job)
    });
    drop(first);

    Runtime::new().unwrap().block_on(async {
        let given = host(journal, Policy::default()).await;
        given.gate.open();
        assert_eq!(given.until_over(job.id).await.done, 5);
        given.until("e5", "it is settled", |found| found.state == State::Settled).await;
        assert_eq!(given.runs.events(), events);
        for (event, runs) in events.into_iter().zip([3, 2, 2, 2, 2]) {
            assert_eq!(given.find(event).await.unwrap().runs.unwrap().len(), runs, "{event}");
        }
    });
}
