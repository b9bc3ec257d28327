//! The table of retry and replay.

use bookhook_journal::{Appended, Journal, Place, Then};
use bookhook_model::{Cause, LaneKey, OnPark, ParkReason, Response, RunNumber, State};

use super::on_every_backend;
use crate::given::{Home, at, failing, found, parking, sending, settled, settling, started, state};

on_every_backend! {
    a_waiting_event_is_joined,
    a_running_event_is_joined,
    a_held_event_is_joined,
    an_event_that_waits_for_a_retry_is_joined,
    an_event_that_waits_for_its_caller_runs_again,
    a_parked_event_runs_again,
    a_settled_event_that_was_not_answered_gives_its_response,
    a_settled_event_that_was_answered_badly_gives_its_response,
    a_settled_and_answered_event_is_replayed,
    a_replay_that_is_queued_or_held_waits,
    a_replay_takes_the_new_body,
    a_response_that_the_host_made_is_given_again,
    another_body_is_a_conflict,
    another_hook_is_no_conflict,
    an_event_without_id_is_always_new,
    an_unmatched_event_runs_once_its_type_is_declared,
    what_is_not_to_run_gets_what_is_there,
    an_event_can_be_settled_without_a_run,
}

async fn resend(journal: &Journal, event: &str, place: Place) -> Appended {
    journal.append(sending(event, place)).await.unwrap()
}

async fn a_waiting_event_is_joined(home: Home) {
    let journal = home.open().await;
    let act = sending("e", Place::Queue);
    let id = act.id;
    journal.append(act).await.unwrap();
    for place in [Place::Start, Place::Queue, Place::Hold] {
        assert_eq!(resend(&journal, "e", place).await, Appended::Joined { id, state: State::Waiting });
    }
}

async fn a_running_event_is_joined(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    let joined = Appended::Joined { id, state: State::Running };
    assert_eq!(resend(&journal, "e", Place::Start).await, joined);
    assert_eq!(found(&journal, id).await.runs.unwrap().len(), 1);
}

async fn a_held_event_is_joined(home: Home) {
    let journal = home.open().await;
    let act = sending("e", Place::Hold);
    let id = act.id;
    journal.append(act).await.unwrap();
    assert_eq!(resend(&journal, "e", Place::Hold).await, Appended::Joined { id, state: State::Held });
}

async fn an_event_that_waits_for_a_retry_is_joined(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    journal.settle(failing(id, RunNumber::FIRST, Then::RetryAt(at(60)))).await.unwrap();
    assert_eq!(found(&journal, id).await.next_run_at, Some(at(60)));
    assert_eq!(resend(&journal, "e", Place::Start).await, Appended::Joined { id, state: State::Waiting });
}

async fn an_event_that_waits_for_its_caller_runs_again(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    journal.settle(failing(id, RunNumber::FIRST, Then::AwaitCaller)).await.unwrap();
    assert_eq!(state(&journal, id).await, State::Waiting);
    assert_eq!(
        resend(&journal, "e", Place::Start).await,
        Appended::Again { id, cause: Cause::Retry, run: Some(RunNumber(2)) }
    );
    assert_eq!(state(&journal, id).await, State::Running);
}

async fn a_parked_event_runs_again(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    let gave_up = ParkReason::GaveUp { runs: 1, last: "503".to_owned() };
    journal.settle(failing(id, RunNumber::FIRST, parking(gave_up, OnPark::Continue))).await.unwrap();
    let parked = found(&journal, id).await;
    assert_eq!(parked.state, State::Parked);
    assert_eq!(parked.parked_reason.as_deref(), Some("gave up after 1 runs: 503"));

    assert_eq!(
        resend(&journal, "e", Place::Start).await,
        Appended::Again { id, cause: Cause::Retry, run: Some(RunNumber(2)) }
    );
    assert_eq!(found(&journal, id).await.parked_reason, None);
}

async fn a_settled_event_that_was_not_answered_gives_its_response(home: Home) {
    let journal = home.open().await;
    let response = Response::result("TAX: 12.50");
    let id = settled(&journal, "e", &response).await;
    for place in [Place::Start, Place::Queue, Place::Hold] {
        assert_eq!(resend(&journal, "e", place).await, Appended::Stored { id, response: response.clone() });
    }
}

async fn a_settled_event_that_was_answered_badly_gives_its_response(home: Home) {
    let journal = home.open().await;
    let response = Response::result(1);
    let id = settled(&journal, "e", &response).await;
    journal.note_answered(id, 429);
    assert_eq!(resend(&journal, "e", Place::Start).await, Appended::Stored { id, response });
}

async fn a_settled_and_answered_event_is_replayed(home: Home) {
    let journal = home.open().await;
    let id = settled(&journal, "e", &Response::result("first")).await;
    journal.note_answered(id, 200);

    let again = Appended::Again { id, cause: Cause::Replay, run: Some(RunNumber(2)) };
    assert_eq!(resend(&journal, "e", Place::Start).await, again);
    let running = found(&journal, id).await;
    assert_eq!((running.state, running.outcome, running.settled_at), (State::Running, None, None));
    assert_eq!(running.answered, None);

    let second = Response::warning("second");
    journal.settle(settling(id, RunNumber(2), &second)).await.unwrap();
    let runs = found(&journal, id).await.runs.unwrap();
    let told: Vec<_> = runs.into_iter().map(|run| (run.number.0, run.cause, run.response)).collect();
    assert_eq!(
        told,
        [(1, Cause::First, Some(Response::result("first"))), (2, Cause::Replay, Some(second.clone()))]
    );
    assert_eq!(
        resend(&journal, "e", Place::Start).await,
        Appended::Stored { id, response: second },
        "the replay is not answered yet"
    );
}

async fn a_replay_that_is_queued_or_held_waits(home: Home) {
    let journal = home.open().await;
    for (event, place, expected) in
        [("queued", Place::Queue, State::Waiting), ("held", Place::Hold, State::Held)]
    {
        let id = settled(&journal, event, &Response::suppressed()).await;
        journal.note_answered(id, 204);
        let again = Appended::Again { id, cause: Cause::Replay, run: None };
        assert_eq!(resend(&journal, event, place).await, again);
        assert_eq!(state(&journal, id).await, expected);
    }
}

async fn a_replay_takes_the_new_body(home: Home) {
    let journal = home.open().await;
    let id = settled(&journal, "e", &Response::suppressed()).await;
    journal.note_answered(id, 200);
    let mut act = sending("e", Place::Queue);
    act.event.body = "{\"id\":\"e\",\"botResponses\":[]}".into();
    let body = act.event.body.clone();
    journal.append(act).await.unwrap();
    assert_eq!(journal.payload(id).await.unwrap().unwrap().body, body);
}

async fn a_response_that_the_host_made_is_given_again(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    let response = Response::error("the handler answered 503");
    journal.settle(failing(id, RunNumber::FIRST, Then::Settled(response.clone()))).await.unwrap();
    assert_eq!(resend(&journal, "e", Place::Start).await, Appended::Stored { id, response });
    let run = found(&journal, id).await.runs.unwrap().remove(0);
    assert_eq!(run.response, None);
    assert_eq!(run.error.as_deref(), Some("the handler answered 503"));
}

async fn another_body_is_a_conflict(home: Home) {
    let journal = home.open().await;
    let first = started(&journal, "e").await;
    let mut act = sending("e", Place::Start);
    act.event.fingerprint.0[3] = 0;
    act.event.lane = Some(LaneKey("another lane".into()));
    let second = act.id;
    assert_eq!(journal.append(act.clone()).await.unwrap(), Appended::Fresh { conflict: true });
    assert!(!found(&journal, first).await.conflict);
    assert!(found(&journal, second).await.conflict);
    assert_eq!(
        journal.append(act).await.unwrap(),
        Appended::Joined { id: second, state: State::Running },
        "each is known by its own body"
    );
}

async fn another_hook_is_no_conflict(home: Home) {
    let journal = home.open().await;
    started(&journal, "e").await;
    let mut act = sending("e", Place::Start);
    act.hook = "other".parse().unwrap();
    assert_eq!(journal.append(act).await.unwrap(), Appended::Fresh { conflict: false });
}

async fn an_event_without_id_is_always_new(home: Home) {
    let journal = home.open().await;
    for lane in ["one", "another"] {
        let mut act = sending("e", Place::Start);
        (act.event.id, act.event.lane) = (None, Some(LaneKey(lane.into())));
        assert_eq!(journal.append(act).await.unwrap(), Appended::Fresh { conflict: false });
    }
}

async fn an_unmatched_event_runs_once_its_type_is_declared(home: Home) {
    let journal = home.open().await;
    let act = sending("e", Place::Unmatched);
    let id = act.id;
    assert_eq!(journal.append(act).await.unwrap(), Appended::Fresh { conflict: false });
    journal.note_answered(id, 200);
    let stored = Appended::Stored { id, response: Response::suppressed() };
    assert_eq!(resend(&journal, "e", Place::Unmatched).await, stored);
    let unmatched = found(&journal, id).await;
    assert_eq!((unmatched.state, unmatched.answered), (State::Unmatched, Some(200)));
    assert_eq!(unmatched.runs.unwrap(), []);

    let first = Appended::Again { id, cause: Cause::First, run: Some(RunNumber::FIRST) };
    assert_eq!(resend(&journal, "e", Place::Start).await, first);
    assert_eq!(found(&journal, id).await.state, State::Running);
}

async fn what_is_not_to_run_gets_what_is_there(home: Home) {
    let journal = home.open().await;
    let response = Response::result("done");
    let id = settled(&journal, "settled", &response).await;
    journal.note_answered(id, 200);
    let running = started(&journal, "running").await;
    for place in [Place::Unmatched, Place::Settle(Response::result("other"))] {
        assert_eq!(
            resend(&journal, "settled", place.clone()).await,
            Appended::Stored { id, response: response.clone() }
        );
        assert_eq!(
            resend(&journal, "running", place).await,
            Appended::Stored { id: running, response: Response::suppressed() }
        );
    }
}

async fn an_event_can_be_settled_without_a_run(home: Home) {
    let journal = home.open().await;
    let response = Response::suppressed();
    let act = sending("e", Place::Settle(response.clone()));
    let id = act.id;
    assert_eq!(journal.append(act).await.unwrap(), Appended::Fresh { conflict: false });
    let delivery = found(&journal, id).await;
    assert_eq!((delivery.state, delivery.outcome), (State::Settled, Some(response.outcome())));
    assert_eq!(delivery.settled_at, Some(at(0)));
    assert_eq!(delivery.runs.unwrap(), []);
    assert_eq!(resend(&journal, "e", Place::Start).await, Appended::Stored { id, response });
}
