//! Runs, the order of acts, and what the record tells.

use bookhook_journal::{Append, Appended, Begun, Place, Then, WriteError};
use bookhook_model::{Cause, Outcome, ParkReason, Response, RunEnd, RunNumber, State};

use super::on_every_backend;
use crate::given::{
    Home, at, beginning, event_of, failing, found, hook, new_id, parking_by_hand, replaying, sending,
    settled, settling, started, state,
};

on_every_backend! {
    an_event_reads_back_as_it_came,
    a_delivery_tells_its_whole_life,
    a_response_is_kept_to_the_byte,
    each_run_has_its_own_number,
    acts_take_effect_in_the_order_of_the_calls,
    dropping_the_answer_does_not_undo_the_act,
    a_busy_handler_is_told,
    what_waits_can_be_parked,
    what_runs_cannot_be_parked,
    callers_who_do_not_come_back_are_given_up,
    a_run_ends_once,
    what_runs_does_not_begin_again,
    a_person_can_run_a_settled_delivery_again,
    an_unknown_delivery_is_refused,
    the_same_delivery_twice_fails_alone,
    a_journal_can_be_written,
    a_closed_journal_says_so,
    what_follows_in_a_lane_waits_for_the_settling_before_it,
    what_starts_in_a_lane_is_refused_before_the_settling_before_it,
}

async fn an_event_reads_back_as_it_came(home: Home) {
    let journal = home.open().await;
    let act = sending("e", Place::Queue);
    journal.append(act.clone()).await.unwrap();
    let (run, event) = event_of(journal.begin(beginning(act.id, Cause::First)).await.unwrap());
    assert_eq!(run, RunNumber::FIRST);
    assert_eq!(format!("{event:?}"), format!("{:?}", act.event));

    let payload = journal.payload(act.id).await.unwrap().unwrap();
    assert_eq!(payload.body, act.event.body);
    assert_eq!(payload.content_type(), Some("application/json"));
    assert_eq!(journal.payload(new_id()).await.unwrap(), None);
}

async fn a_delivery_tells_its_whole_life(home: Home) {
    let journal = home.open().await;
    let id = settled(&journal, "e", &Response::result("TAX: 12.50")).await;
    journal.note_answered(id, 200);
    journal.check_writable().await.unwrap();
    let told = found(&journal, id).await;
    assert_eq!((told.id, told.hook, told.state), (id, hook(), State::Settled));
    assert_eq!(told.event_id.unwrap().to_string(), "e");
    assert_eq!(&*told.event_type, "TRANSACTION_CHECKED");
    assert_eq!(told.lane.unwrap().to_string(), "e");
    assert_eq!((told.book_id.as_deref(), told.agent_id.as_deref()), (Some("book-1"), Some("some-agent")));
    assert_eq!((told.outcome, told.answered), (Some(Outcome::Result), Some(200)));
    assert_eq!((told.received_at, told.settled_at), (at(0), Some(at(1))));
    let run = &told.runs.unwrap()[0];
    assert_eq!((run.number, run.cause), (RunNumber::FIRST, Cause::First));
    assert_eq!((run.started_at, run.finished_at, run.handler_status), (at(0), Some(at(1)), Some(200)));
    assert_eq!((&run.response, &run.error), (&Some(Response::result("TAX: 12.50")), &None));
}

async fn a_response_is_kept_to_the_byte(home: Home) {
    let journal = home.open().await;
    let response = Response::parse("{ \"result\":\t1.50,\n \"x\": 1e2 }".into()).unwrap();
    let id = settled(&journal, "e", &response).await;
    let run = found(&journal, id).await.runs.unwrap().remove(0);
    assert_eq!(run.response.unwrap().json(), response.json());
}

async fn each_run_has_its_own_number(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    for number in 1..=3 {
        journal.settle(failing(id, RunNumber(number), Then::RetryAt(at(5)))).await.unwrap();
        let (run, _) = event_of(journal.begin(beginning(id, Cause::Retry)).await.unwrap());
        assert_eq!(run, RunNumber(number + 1));
    }
    let causes: Vec<_> = found(&journal, id).await.runs.unwrap().iter().map(|run| run.cause).collect();
    assert_eq!(causes, [Cause::First, Cause::Retry, Cause::Retry, Cause::Retry]);
}

async fn acts_take_effect_in_the_order_of_the_calls(home: Home) {
    let journal = home.open().await;
    let act = sending("e", Place::Queue);
    let id = act.id;
    let response = Response::result("done");
    let append = journal.append(act);
    let begin = journal.begin(beginning(id, Cause::First));
    let settle = journal.settle(settling(id, RunNumber::FIRST, &response));
    journal.note_answered(id, 200);
    let replay = journal.append(sending("e", Place::Start));
    replay.await.unwrap();
    settle.await.unwrap();
    begin.await.unwrap();
    append.await.unwrap();
    assert_eq!(found(&journal, id).await.runs.unwrap().len(), 2);
}

async fn dropping_the_answer_does_not_undo_the_act(home: Home) {
    let journal = home.open().await;
    let act = sending("e", Place::Queue);
    let id = act.id;
    drop(journal.append(act));
    drop(journal.begin(beginning(id, Cause::First)));
    journal.check_writable().await.unwrap();
    assert_eq!(state(&journal, id).await, State::Running);
}

async fn a_busy_handler_is_told(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    let mut act = failing(id, RunNumber::FIRST, Then::AwaitCaller);
    act.end = RunEnd::Busy { retry_after: None };
    journal.settle(act).await.unwrap();
    let run = found(&journal, id).await.runs.unwrap().remove(0);
    assert_eq!(run.handler_status, Some(429));
    assert!(run.error.unwrap().contains("busy"));
}

async fn what_waits_can_be_parked(home: Home) {
    let journal = home.open().await;
    for (event, place) in [("waiting", Place::Queue), ("held", Place::Hold)] {
        let act = sending(event, place);
        let id = act.id;
        journal.append(act).await.unwrap();
        journal.park(parking_by_hand(id)).await.unwrap();
        let parked = found(&journal, id).await;
        assert_eq!(parked.state, State::Parked);
        assert_eq!(parked.parked_reason.as_deref(), Some("parked by ada@laptop: month end"));
    }
}

async fn what_runs_cannot_be_parked(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    let refused = journal.park(parking_by_hand(id)).await;
    assert!(matches!(refused, Err(WriteError::Refused { state: State::Running, .. })), "{refused:?}");
    assert_eq!(state(&journal, id).await, State::Running);
}

async fn callers_who_do_not_come_back_are_given_up(home: Home) {
    let journal = home.open().await;
    let mut ids = Vec::new();
    for (event, sent_at) in [("early", at(0)), ("late", at(50)), ("retried", at(0))] {
        let mut act = sending(event, Place::Start);
        act.received_at = sent_at;
        ids.push(act.id);
        journal.append(act).await.unwrap();
        let then = if event == "retried" { Then::RetryAt(at(60)) } else { Then::AwaitCaller };
        journal.settle(failing(ids[ids.len() - 1], RunNumber::FIRST, then)).await.unwrap();
    }
    let gone = || ParkReason::CallerGone("24h".to_owned());
    assert_eq!(journal.park_awaiting_callers(hook(), at(50), gone(), at(60)).await.unwrap(), 1);
    assert_eq!(state(&journal, ids[0]).await, State::Parked);
    assert_eq!(state(&journal, ids[1]).await, State::Waiting);
    assert_eq!(state(&journal, ids[2]).await, State::Waiting);
    assert_eq!(journal.park_awaiting_callers(hook(), at(50), gone(), at(60)).await.unwrap(), 0);
}

async fn a_run_ends_once(home: Home) {
    let journal = home.open().await;
    let response = Response::result(1);
    let id = settled(&journal, "e", &response).await;
    let late = journal.settle(settling(id, RunNumber::FIRST, &Response::result(2))).await;
    assert!(matches!(late, Err(WriteError::Refused { state: State::Settled, .. })), "{late:?}");
    journal.replay(replaying(id)).await.unwrap();
    journal.begin(beginning(id, Cause::Replay)).await.unwrap();
    let stale = journal.settle(settling(id, RunNumber::FIRST, &Response::result(2))).await;
    assert!(matches!(stale, Err(WriteError::Refused { state: State::Running, .. })), "{stale:?}");
}

async fn what_runs_does_not_begin_again(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    let refused = journal.begin(beginning(id, Cause::Retry)).await;
    assert!(matches!(refused, Err(WriteError::Refused { state: State::Running, .. })), "{refused:?}");
}

async fn a_person_can_run_a_settled_delivery_again(home: Home) {
    let journal = home.open().await;
    let id = settled(&journal, "e", &Response::result(1)).await;
    let early = journal.begin(beginning(id, Cause::Replay)).await;
    assert!(matches!(early, Err(WriteError::Refused { state: State::Settled, .. })), "{early:?}");
    journal.replay(replaying(id)).await.unwrap();
    let begun = journal.begin(beginning(id, Cause::Replay)).await.unwrap();
    assert!(matches!(begun, Begun::Run { run: RunNumber(2), .. }));
    let running = found(&journal, id).await;
    assert_eq!((running.state, running.outcome), (State::Running, None));
}

async fn an_unknown_delivery_is_refused(home: Home) {
    let journal = home.open().await;
    let id = new_id();
    let begun = journal.begin(beginning(id, Cause::First)).await;
    assert!(matches!(begun, Err(WriteError::NotFound(unknown)) if unknown == id));
    let settled = journal.settle(settling(id, RunNumber::FIRST, &Response::suppressed())).await;
    assert!(matches!(settled, Err(WriteError::NotFound(unknown)) if unknown == id));
    assert_eq!(journal.find(id).await.unwrap(), None);
    journal.note_answered(id, 200);
    journal.check_writable().await.unwrap();
}

/// All of these arrive together, as one group most likely; only one that breaks a constraint fails.
async fn the_same_delivery_twice_fails_alone(home: Home) {
    let journal = home.open().await;
    let mut acts: Vec<_> = (0..20).map(|n| sending(&format!("e{n}"), Place::Start)).collect();
    acts[13].id = acts[7].id;
    let ids: Vec<_> = acts.iter().map(|act| act.id).collect();
    let answers: Vec<_> = acts.into_iter().map(|act| journal.append(act)).collect();
    let mut failed = Vec::new();
    for (n, answer) in answers.into_iter().enumerate() {
        failed.extend(answer.await.is_err().then_some(n));
    }
    assert!(matches!(failed[..], [7 | 13]), "{failed:?}");
    for id in ids {
        assert_eq!(state(&journal, id).await, State::Running);
    }
    assert!(journal.healthy());
}

async fn a_journal_can_be_written(home: Home) {
    let journal = home.open().await;
    journal.check_writable().await.unwrap();
    assert!(journal.healthy());
}

async fn a_closed_journal_says_so(home: Home) {
    let journal = home.open().await;
    let pending = journal.append(sending("before", Place::Start));
    journal.close().await;
    pending.await.unwrap();
    let late = journal.append(sending("after", Place::Start)).await;
    assert!(matches!(late, Err(WriteError::Closed)), "{late:?}");
    assert!(journal.find(new_id()).await.is_err());
    journal.close().await;
}

async fn what_follows_in_a_lane_waits_for_the_settling_before_it(home: Home) {
    let journal = home.open().await;
    let before = started(&journal, "before").await;
    let behind = sending("behind", Place::Queue);
    let mut begin = beginning(behind.id, Cause::First);
    begin.after = Some(before);
    journal.append(behind).await.unwrap();

    assert!(journal.begin(begin.clone()).await.is_err(), "the one before it is running");
    let response = Response::result("done");
    let settle = settling(before, RunNumber::FIRST, &response);
    journal.settle(settle).await.unwrap();
    assert!(matches!(journal.begin(begin).await.unwrap(), Begun::Run { .. }));
}

async fn what_starts_in_a_lane_is_refused_before_the_settling_before_it(home: Home) {
    let journal = home.open().await;
    let before = started(&journal, "e1").await;
    let starting = || Append { after: Some(before), ..sending("e2", Place::Start) };
    let refused = journal.append(starting()).await;
    assert!(matches!(refused, Err(WriteError::Refused { id, state: State::Running, .. }) if id == before));
    let queued = Append { after: Some(before), ..sending("e3", Place::Queue) };
    assert_eq!(journal.append(queued).await.unwrap(), Appended::Fresh { conflict: false });

    journal.settle(settling(before, RunNumber::FIRST, &Response::result("done"))).await.unwrap();
    assert_eq!(journal.append(starting()).await.unwrap(), Appended::Fresh { conflict: false });
}
