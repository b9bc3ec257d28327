//! Paused hooks.

use bookhook_journal::{Append, Appended, PauseLane, Place, Then};
use bookhook_model::{Cause, LaneKey, RunNumber, State};

use super::on_every_backend;
use crate::given::{Home, ada, at, beginning, failing, found, hook, sending, serves, started, state};

on_every_backend! {
    a_pause_holds_what_waits_and_a_resume_lets_it_wait,
    another_hook_goes_on,
    what_waits_for_a_retry_keeps_its_time,
    what_waits_for_its_caller_is_held_when_the_caller_comes,
    a_hook_stays_paused,
    a_hook_that_the_host_paused_goes_on_at_its_next_start,
    a_persons_pause_outlasts_the_hosts,
    what_is_held_for_nothing_runs,
}

async fn a_pause_holds_what_waits_and_a_resume_lets_it_wait(home: Home) {
    let journal = home.open().await;
    let act = sending("waiting", Place::Queue);
    let waiting = act.id;
    journal.append(act).await.unwrap();
    let running = started(&journal, "running").await;
    for _ in 0..2 {
        journal.pause(hook(), None, ada(), at(1)).await.unwrap();
        assert_eq!(state(&journal, waiting).await, State::Held);
        assert_eq!(state(&journal, running).await, State::Running);
    }
    for _ in 0..2 {
        journal.resume(hook(), ada(), at(2)).await.unwrap();
        assert_eq!(state(&journal, waiting).await, State::Waiting);
    }
}

async fn another_hook_goes_on(home: Home) {
    let journal = home.open().await;
    let mut act = sending("e", Place::Queue);
    act.hook = "other".parse().unwrap();
    let id = act.id;
    journal.append(act).await.unwrap();
    journal.pause(hook(), None, ada(), at(1)).await.unwrap();
    assert_eq!(state(&journal, id).await, State::Waiting);
}

async fn what_waits_for_a_retry_keeps_its_time(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    journal.settle(failing(id, RunNumber::FIRST, Then::RetryAt(at(60)))).await.unwrap();
    journal.pause(hook(), None, ada(), at(2)).await.unwrap();
    journal.resume(hook(), ada(), at(3)).await.unwrap();
    assert_eq!(found(&journal, id).await.next_run_at, Some(at(60)));
}

async fn what_waits_for_its_caller_is_held_when_the_caller_comes(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    journal.settle(failing(id, RunNumber::FIRST, Then::AwaitCaller)).await.unwrap();
    journal.pause(hook(), None, ada(), at(2)).await.unwrap();
    assert_eq!(state(&journal, id).await, State::Waiting);
    let again = journal.append(sending("e", Place::Hold)).await.unwrap();
    assert_eq!(again, Appended::Again { id, cause: Cause::Retry, run: None });
    assert_eq!(state(&journal, id).await, State::Held);
}

async fn a_hook_stays_paused(home: Home) {
    let journal = home.open().await;
    journal.pause(hook(), None, ada(), at(1)).await.unwrap();
    assert_eq!(journal.recover(at(2), serves()).await.unwrap().paused, [hook()]);
    journal.resume(hook(), ada(), at(3)).await.unwrap();
    assert_eq!(journal.recover(at(4), serves()).await.unwrap().paused, []);
}

async fn a_hook_that_the_host_paused_goes_on_at_its_next_start(home: Home) {
    let journal = home.open().await;
    let act = sending("waiting", Place::Queue);
    let waiting = act.id;
    journal.append(act).await.unwrap();
    journal.pause_for(hook(), "its handler does not stay up".to_owned(), at(1)).await.unwrap();
    assert_eq!(state(&journal, waiting).await, State::Held);
    let act = sending("held", Place::Hold);
    let held = act.id;
    journal.append(act).await.unwrap();

    assert_eq!(journal.recover(at(2), serves()).await.unwrap().paused, []);
    assert_eq!(state(&journal, waiting).await, State::Waiting);
    assert_eq!(state(&journal, held).await, State::Waiting);
}

async fn a_persons_pause_outlasts_the_hosts(home: Home) {
    let journal = home.open().await;
    let reason = || "its handler does not stay up".to_owned();
    journal.pause_for(hook(), reason(), at(1)).await.unwrap();
    journal.pause(hook(), None, ada(), at(2)).await.unwrap();
    journal.pause_for(hook(), reason(), at(3)).await.unwrap();
    assert_eq!(journal.recover(at(4), serves()).await.unwrap().paused, [hook()]);
}

/// Whoever paused it could not write that down, and the host has ended since.
async fn what_is_held_for_nothing_runs(home: Home) {
    let journal = home.open().await;
    let [free, paused, in_lane] = ["e1", "e2", "e3"].map(|event| sending(event, Place::Hold));
    let paused = Append { hook: "other".parse().unwrap(), ..paused };
    let mut in_lane = in_lane;
    in_lane.event.lane = Some(LaneKey("paused".into()));
    let ids = [free.id, paused.id, in_lane.id];
    journal.pause("other".parse().unwrap(), None, ada(), at(1)).await.unwrap();
    let lane = LaneKey("paused".into());
    let pause = PauseLane { hook: hook(), lane, who: ada(), reason: None, at: at(1) };
    journal.pause_lane(pause).await.unwrap();
    for act in [free, paused, in_lane] {
        journal.append(act).await.unwrap();
    }

    let begun = ids.map(|id| journal.begin(beginning(id, Cause::Recovery)));
    let mut ran = Vec::new();
    for begun in begun {
        ran.push(begun.await.is_ok());
    }
    assert_eq!(ran, [true, false, false]);
}
