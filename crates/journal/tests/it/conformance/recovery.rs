//! What a host finds when it comes back.

use bookhook_journal::{Append, Backlog, Place, Then};
use bookhook_model::{Cause, LaneKey, Response, RunNumber, State};

use super::on_every_backend;
use crate::given::{
    Home, ada, all_of, at, beginning, event_of, failing, found, hook, recovered, replaying, sending,
    sending_with_token, serves, settled, skipping, started, state,
};

on_every_backend! {
    an_empty_journal_has_nothing_to_do,
    open_runs_are_ended_and_their_deliveries_wait,
    what_is_not_settled_comes_back_in_order,
    very_many_come_back_in_order_a_portion_at_a_time,
    what_is_settled_before_it_is_read_does_not_come_back,
    what_was_running_in_a_paused_hook_is_held,
    a_dropped_journal_can_be_opened_again,
    a_token_opens_after_a_restart,
}

async fn an_empty_journal_has_nothing_to_do(home: Home) {
    let journal = home.open().await;
    assert_eq!(journal.recover(at(0), serves()).await.unwrap(), bookhook_journal::Recovered::default());
}

async fn open_runs_are_ended_and_their_deliveries_wait(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    journal.recover(at(5), serves()).await.unwrap();
    let delivery = found(&journal, id).await;
    assert_eq!(delivery.state, State::Waiting);
    let run = delivery.runs.unwrap().remove(0);
    assert_eq!(run.finished_at, Some(at(5)));
    assert_eq!(run.error.as_deref(), Some("the host ended while the handler ran"));

    let (run, _) = event_of(journal.begin(beginning(id, Cause::Recovery)).await.unwrap());
    assert_eq!(run, RunNumber(2));
}

async fn what_is_not_settled_comes_back_in_order(home: Home) {
    let journal = home.open().await;
    let running = started(&journal, "running").await;
    settled(&journal, "settled", &Response::suppressed()).await;
    let retried = started(&journal, "retried").await;
    journal.settle(failing(retried, RunNumber::FIRST, Then::RetryAt(at(60)))).await.unwrap();
    let awaiting = started(&journal, "awaiting").await;
    journal.settle(failing(awaiting, RunNumber::FIRST, Then::AwaitCaller)).await.unwrap();
    let held = sending("held", Place::Hold);
    let waiting = sending("waiting", Place::Queue);
    let (held_id, waiting_id) = (held.id, waiting.id);
    journal.append(held).await.unwrap();
    journal.append(waiting).await.unwrap();
    journal.append(sending("unmatched", Place::Unmatched)).await.unwrap();

    let unsettled = recovered(&journal, at(5)).await;
    let told: Vec<_> =
        unsettled.iter().map(|u| (u.id, u.state, u.runs, u.next_run_at, u.awaits_caller)).collect();
    assert_eq!(
        told,
        [
            (running, State::Waiting, 1, None, false),
            (retried, State::Waiting, 1, Some(at(60)), false),
            (awaiting, State::Waiting, 1, None, true),
            (held_id, State::Held, 0, None, false),
            (waiting_id, State::Waiting, 0, None, false),
        ]
    );
    assert!(unsettled.iter().all(|u| u.hook == hook() && u.received_at == at(0) && u.lane.is_some()));
}

fn in_lane(mut act: Append, lane: &str) -> Append {
    act.event.lane = Some(LaneKey(lane.into()));
    act
}

async fn very_many_come_back_in_order_a_portion_at_a_time(home: Home) {
    let journal = home.open().await;
    let replayed = settled(&journal, "replayed", &Response::result(1)).await;
    let acts: Vec<_> =
        (0..=Backlog::PORTION).map(|n| in_lane(sending(&format!("e{n}"), Place::Queue), "b1")).collect();
    let mut expected: Vec<_> = acts.iter().map(|act| act.id).collect();
    let appending: Vec<_> = acts.into_iter().map(|act| journal.append(act)).collect();
    for appended in appending {
        appended.await.unwrap();
    }
    journal.replay(replaying(replayed)).await.unwrap();
    expected.push(replayed);

    let mut backlog = journal.recover(at(5), serves()).await.unwrap().unsettled;
    let (mut sizes, mut told) = (Vec::new(), Vec::new());
    while let Some(portion) = backlog.take_portion() {
        let portion = journal.unsettled(portion).await.unwrap();
        sizes.push(portion.len());
        told.extend(portion.into_iter().map(|one| one.id));
    }
    assert_eq!(sizes, [Backlog::PORTION, 2]);
    assert_eq!(told, expected);
}

async fn what_is_settled_before_it_is_read_does_not_come_back(home: Home) {
    let journal = home.open().await;
    let (skipped, waiting) = (sending("skipped", Place::Queue), sending("waiting", Place::Queue));
    let (skipped_id, waiting_id) = (skipped.id, waiting.id);
    journal.append(skipped).await.unwrap();
    journal.append(waiting).await.unwrap();
    let found = journal.recover(at(5), serves()).await.unwrap();
    journal.skip(skipping(skipped_id)).await.unwrap();
    let told = all_of(&journal, found.unsettled).await;
    assert_eq!(told.iter().map(|one| one.id).collect::<Vec<_>>(), [waiting_id]);
}

async fn what_was_running_in_a_paused_hook_is_held(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    journal.pause(hook(), None, ada(), at(1)).await.unwrap();
    assert_eq!(recovered(&journal, at(2)).await[0].state, State::Held);
    assert_eq!(state(&journal, id).await, State::Held);
}

async fn a_dropped_journal_can_be_opened_again(home: Home) {
    if !home.lasts() {
        return;
    }
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    drop(journal);
    let journal = home.open().await;
    assert_eq!(recovered(&journal, at(5)).await[0].id, id);
}

async fn a_token_opens_after_a_restart(home: Home) {
    if !home.lasts() {
        return;
    }
    let journal = home.open().await;
    let act = sending_with_token("e", Place::Start);
    let id = act.id;
    journal.append(act).await.unwrap();
    journal.close().await;
    let journal = home.open().await;
    journal.recover(at(5), serves()).await.unwrap();
    let (_, event) = event_of(journal.begin(beginning(id, Cause::Recovery)).await.unwrap());
    assert_eq!(event.secrets.len(), 1);
}
