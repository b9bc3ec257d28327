//! What people do with single deliveries, and what is remembered of it.

use bookhook_journal::{Appended, Begun, KeptToken, PauseLane, Place, Then, WriteError};
use bookhook_model::{
    ActFilter, ActKind, Actor, Cause, LaneKey, OnPark, Outcome, ParkReason, ReplayOptions, Response,
    RunNumber, State,
};

use super::on_every_backend;
use crate::given::{
    Home, ada, at, beginning, event_of, failing, found, hook, new_id, parking, parking_by_hand, recovered,
    replaying, sending, sending_with_token, settled, settling, skipping, started, state, token_expiry,
    unparking,
};

on_every_backend! {
    what_is_at_rest_can_be_replayed_and_nothing_else,
    a_replay_comes_back_behind_what_was_appended_before_it,
    replays_keep_their_order,
    what_is_unparked_keeps_its_place,
    what_is_sent_again_is_behind_others,
    tries_begin_anew_with_a_replay,
    a_replay_in_a_paused_hook_or_lane_is_held,
    a_replay_knows_whether_its_caller_was_answered,
    a_replay_without_its_token_has_none,
    what_came_without_a_token_needs_none,
    nothing_runs_again_of_a_hook_that_is_not_served,
    a_skipped_delivery_is_settled_as_suppressed,
    a_lane_goes_on_when_what_it_waits_for_is_skipped,
    every_act_is_remembered_and_what_was_refused_is_not,
    acts_are_listed_from_the_newest,
    pauses_tell_by_whom_and_why,
    an_outlook_tells_what_is_before_a_delivery,
}

async fn what_is_at_rest_can_be_replayed_and_nothing_else(home: Home) {
    let journal = home.open().await;
    let done = settled(&journal, "settled", &Response::result(1)).await;
    let unmatched = sending("unmatched", Place::Unmatched);
    let unmatched_id = unmatched.id;
    journal.append(unmatched).await.unwrap();
    let awaiting = started(&journal, "awaiting").await;
    journal.settle(failing(awaiting, RunNumber::FIRST, Then::AwaitCaller)).await.unwrap();
    let running = started(&journal, "running").await;

    for (id, lane) in [(done, "settled"), (unmatched_id, "unmatched"), (awaiting, "awaiting")] {
        let returned = journal.replay(replaying(id)).await.unwrap();
        assert_eq!((returned.hook, returned.lane), (hook(), Some(LaneKey(lane.into()))));
        let again = journal.replay(replaying(id)).await;
        assert!(matches!(again, Err(WriteError::Refused { state: State::Waiting, .. })), "{again:?}");
        let told = found(&journal, id).await;
        assert_eq!((told.state, told.outcome, told.settled_at), (State::Waiting, None, None));
    }
    let refused = journal.replay(replaying(running)).await;
    assert!(matches!(refused, Err(WriteError::Refused { state: State::Running, .. })), "{refused:?}");
    assert!(matches!(journal.replay(replaying(new_id())).await, Err(WriteError::NotFound(_))));
}

async fn a_replay_comes_back_behind_what_was_appended_before_it(home: Home) {
    let journal = home.open().await;
    let replayed = settled(&journal, "replayed", &Response::result(1)).await;
    let before = sending("before", Place::Queue);
    let after = sending("after", Place::Queue);
    let (before_id, after_id) = (before.id, after.id);
    journal.append(before).await.unwrap();
    journal.replay(replaying(replayed)).await.unwrap();
    journal.append(after).await.unwrap();
    let unsettled = recovered(&journal, at(20)).await;
    assert_eq!(unsettled.iter().map(|one| one.id).collect::<Vec<_>>(), [before_id, replayed, after_id]);
}

async fn replays_keep_their_order(home: Home) {
    let journal = home.open().await;
    let mut ids = Vec::new();
    for event in ["e1", "e2", "e3"] {
        ids.push(settled(&journal, event, &Response::result(1)).await);
    }
    for id in [ids[1], ids[2], ids[0]] {
        journal.replay(replaying(id)).await.unwrap();
    }
    let unsettled = recovered(&journal, at(20)).await;
    assert_eq!(unsettled.iter().map(|one| one.id).collect::<Vec<_>>(), [ids[1], ids[2], ids[0]]);
}

async fn what_is_unparked_keeps_its_place(home: Home) {
    let journal = home.open().await;
    let mut ids = Vec::new();
    for event in ["e1", "e2", "e3"] {
        let mut act = sending(event, Place::Queue);
        act.event.lane = Some(LaneKey("b1".into()));
        ids.push(act.id);
        journal.append(act).await.unwrap();
    }
    journal.park(parking_by_hand(ids[1])).await.unwrap();
    let returned = journal.unpark(unparking(ids[1])).await.unwrap();
    assert_eq!(returned.earlier, [ids[0]]);
    let told = found(&journal, ids[1]).await;
    assert_eq!((told.state, told.parked_reason), (State::Waiting, None));
    let again = journal.unpark(unparking(ids[1])).await;
    assert!(matches!(again, Err(WriteError::Refused { state: State::Waiting, .. })), "{again:?}");
    let unsettled = recovered(&journal, at(20)).await;
    assert_eq!(unsettled.iter().map(|one| one.id).collect::<Vec<_>>(), ids);
}

async fn what_is_sent_again_is_behind_others(home: Home) {
    let journal = home.open().await;
    let first = started(&journal, "first").await;
    journal.settle(failing(first, RunNumber::FIRST, Then::AwaitCaller)).await.unwrap();
    let second = sending("second", Place::Queue);
    let second_id = second.id;
    journal.append(second).await.unwrap();
    journal.append(sending("first", Place::Queue)).await.unwrap();
    let unsettled = recovered(&journal, at(20)).await;
    assert_eq!(unsettled.iter().map(|one| one.id).collect::<Vec<_>>(), [second_id, first]);
}

async fn tries_begin_anew_with_a_replay(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    let gave_up = ParkReason::GaveUp { runs: 1, last: "503".to_owned() };
    journal.settle(failing(id, RunNumber::FIRST, parking(gave_up, OnPark::Continue))).await.unwrap();
    journal.unpark(unparking(id)).await.unwrap();
    journal.begin(beginning(id, Cause::Retry)).await.unwrap();
    let unsettled = recovered(&journal, at(20)).await.remove(0);
    assert_eq!((unsettled.runs, unsettled.tries, unsettled.received_at), (2, 1, unparking(id).at));
}

async fn a_replay_in_a_paused_hook_or_lane_is_held(home: Home) {
    let journal = home.open().await;
    let id = settled(&journal, "e", &Response::result(1)).await;
    journal.pause(hook(), None, ada(), at(3)).await.unwrap();
    journal.replay(replaying(id)).await.unwrap();
    assert_eq!(state(&journal, id).await, State::Held);
    journal.resume(hook(), ada(), at(4)).await.unwrap();
    assert_eq!(state(&journal, id).await, State::Waiting);

    let id = settled(&journal, "e2", &Response::result(1)).await;
    let lane = LaneKey("e2".into());
    let pause = PauseLane { hook: hook(), lane: lane.clone(), who: ada(), reason: None, at: at(5) };
    journal.pause_lane(pause).await.unwrap();
    journal.replay(replaying(id)).await.unwrap();
    assert_eq!(state(&journal, id).await, State::Held);
    journal.resume_lane(hook(), lane, ada(), at(6)).await.unwrap();
    assert_eq!(state(&journal, id).await, State::Waiting);
}

/// So that a person who sends it again later is told from a caller who never got the response.
async fn a_replay_knows_whether_its_caller_was_answered(home: Home) {
    let journal = home.open().await;
    let id = settled(&journal, "e", &Response::result(1)).await;
    journal.note_answered(id, 200);
    journal.replay(replaying(id)).await.unwrap();
    journal.begin(beginning(id, Cause::Replay)).await.unwrap();
    journal.settle(settling(id, RunNumber(2), &Response::result(2))).await.unwrap();
    let again = journal.append(sending("e", Place::Queue)).await.unwrap();
    assert_eq!(again, Appended::Again { id, cause: Cause::Replay, run: None });
}

async fn a_replay_without_its_token_has_none(home: Home) {
    let journal = home.open().await;
    let act = sending_with_token("e", Place::Start);
    let id = act.id;
    journal.append(act).await.unwrap();
    journal.settle(settling(id, RunNumber::FIRST, &Response::error("no"))).await.unwrap();
    let mut late = replaying(id);
    late.at = token_expiry();
    assert!(matches!(journal.replay(late.clone()).await, Err(WriteError::TokenGone(gone)) if gone == id));
    late.options = ReplayOptions { without_token: true };
    journal.replay(late).await.unwrap();
    let mut begin = beginning(id, Cause::Replay);
    begin.at = token_expiry();
    let (run, event) = event_of(journal.begin(begin).await.unwrap());
    assert_eq!((run, event.secrets.len()), (RunNumber(2), 0));
}

async fn what_came_without_a_token_needs_none(home: Home) {
    let journal = home.open().await;
    let id = settled(&journal, "e", &Response::result(1)).await;
    let mut late = replaying(id);
    late.at = token_expiry();
    journal.replay(late).await.unwrap();
    assert!(matches!(journal.begin(beginning(id, Cause::Replay)).await.unwrap(), Begun::Run { .. }));
}

async fn nothing_runs_again_of_a_hook_that_is_not_served(home: Home) {
    let journal = home.open().await;
    let id = settled(&journal, "e", &Response::result(1)).await;
    let mut act = replaying(id);
    act.serves = ["other-bot".parse().unwrap()].into();
    assert!(matches!(journal.replay(act).await, Err(WriteError::NoHook(gone)) if gone == hook()));
    assert_eq!(state(&journal, id).await, State::Settled);
}

async fn a_skipped_delivery_is_settled_as_suppressed(home: Home) {
    let journal = home.open().await;
    let mut ids = Vec::new();
    for (event, place) in [("waiting", Place::Queue), ("held", Place::Hold), ("parked", Place::Queue)] {
        let act = sending_with_token(event, place);
        ids.push(act.id);
        journal.append(act).await.unwrap();
    }
    journal.park(parking_by_hand(ids[2])).await.unwrap();
    for id in ids {
        journal.skip(skipping(id)).await.unwrap();
        let told = found(&journal, id).await;
        assert_eq!((told.state, told.outcome), (State::Settled, Some(Outcome::Suppressed)));
        assert_eq!((told.settled_at, told.parked_reason), (Some(skipping(id).at), None));
        assert_eq!(told.runs.unwrap(), []);
        assert!(matches!(journal.skip(skipping(id)).await, Err(WriteError::Refused { .. })));
        // Its token is erased.
        assert!(matches!(journal.replay(replaying(id)).await, Err(WriteError::TokenGone(_))));
    }
    let again = journal.append(sending_with_token("waiting", Place::Queue)).await.unwrap();
    assert!(matches!(again, Appended::Stored { response, .. } if response == Response::suppressed()));
}

async fn a_lane_goes_on_when_what_it_waits_for_is_skipped(home: Home) {
    let journal = home.open().await;
    let parked = started(&journal, "parked").await;
    let reason = ParkReason::GaveUp { runs: 1, last: "503".to_owned() };
    journal.settle(failing(parked, RunNumber::FIRST, parking(reason, OnPark::Hold))).await.unwrap();
    let mut behind = sending("behind", Place::Hold);
    behind.event.lane = Some(LaneKey("parked".into()));
    let behind_id = behind.id;
    journal.append(behind).await.unwrap();
    journal.skip(skipping(parked)).await.unwrap();
    assert_eq!(state(&journal, behind_id).await, State::Waiting);
    assert_eq!(journal.pauses().await.unwrap(), []);
}

async fn every_act_is_remembered_and_what_was_refused_is_not(home: Home) {
    let journal = home.open().await;
    let act = sending("e", Place::Queue);
    let id = act.id;
    journal.append(act).await.unwrap();
    journal.park(parking_by_hand(id)).await.unwrap();
    journal.unpark(unparking(id)).await.unwrap();
    journal.skip(skipping(id)).await.unwrap();
    assert!(journal.skip(skipping(id)).await.is_err());
    let act = replaying(id);
    journal.replay(act).await.unwrap();
    journal.pause(hook(), Some("month end".to_owned()), ada(), at(20)).await.unwrap();
    journal.pause_for(hook(), "it does not stay up".to_owned(), at(21)).await.unwrap();
    journal.resume(hook(), ada(), at(22)).await.unwrap();

    let acts = journal.acts(&ActFilter::default(), None, 10).await.unwrap();
    assert_eq!(acts.next, None);
    let told: Vec<_> = acts
        .items
        .iter()
        .map(|act| (act.what, act.who.as_str(), act.delivery, act.detail.as_deref()))
        .collect();
    let expected = [
        (ActKind::Resume, "ada@laptop", None, None),
        (ActKind::Pause, "host", None, Some("it does not stay up")),
        (ActKind::Pause, "ada@laptop", None, Some("month end")),
        (ActKind::Replay, "ada@laptop", Some(id), None),
        (ActKind::Skip, "ada@laptop", Some(id), None),
        (ActKind::Unpark, "ada@laptop", Some(id), None),
        (ActKind::Park, "ada@laptop", Some(id), Some("month end")),
    ];
    assert_eq!(told, expected);
    assert!(acts.items.iter().all(|act| act.hook == Some(hook())));
    assert_eq!(acts.items[6].at, parking_by_hand(id).at);
}

async fn acts_are_listed_from_the_newest(home: Home) {
    let journal = home.open().await;
    let id = settled(&journal, "e", &Response::result(1)).await;
    journal.replay(replaying(id)).await.unwrap();
    for second in 0..4 {
        journal.pause("other-bot".parse().unwrap(), None, ada(), at(second)).await.unwrap();
    }
    let (mut told, mut cursor) = (Vec::new(), None);
    loop {
        let page = journal.acts(&ActFilter::default(), cursor.as_ref(), 2).await.unwrap();
        told.extend(page.items.into_iter().map(|act| act.what));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(told, [ActKind::Pause, ActKind::Pause, ActKind::Pause, ActKind::Pause, ActKind::Replay]);
    for filter in [
        ActFilter { delivery: Some(id), ..ActFilter::default() },
        ActFilter { hook: Some(hook()), ..ActFilter::default() },
    ] {
        let acts = journal.acts(&filter, None, 10).await.unwrap().items;
        assert_eq!(acts.iter().map(|act| act.what).collect::<Vec<_>>(), [ActKind::Replay]);
    }
}

async fn pauses_tell_by_whom_and_why(home: Home) {
    let journal = home.open().await;
    journal.pause_for(hook(), "it does not stay up".to_owned(), at(1)).await.unwrap();
    let told = journal.pauses().await.unwrap().remove(0);
    assert_eq!((told.by, told.reason.as_deref()), (Actor::host(), Some("it does not stay up")));
    journal.pause(hook(), None, ada(), at(2)).await.unwrap();
    let told = journal.pauses().await.unwrap().remove(0);
    assert_eq!((told.by, told.reason, told.since), (ada(), None, at(1)));
    assert_eq!((told.lane, told.held_for), (None, None));
}

async fn an_outlook_tells_what_is_before_a_delivery(home: Home) {
    let journal = home.open().await;
    assert_eq!(journal.outlook(new_id()).await.unwrap(), None);
    let act = sending_with_token("e", Place::Start);
    let id = act.id;
    journal.append(act).await.unwrap();
    journal.settle(failing(id, RunNumber::FIRST, Then::AwaitCaller)).await.unwrap();
    journal.pause("other-bot".parse().unwrap(), None, ada(), at(2)).await.unwrap();
    journal.pause(hook(), None, ada(), at(3)).await.unwrap();

    let told = journal.outlook(id).await.unwrap().unwrap();
    assert!(told.awaits_caller);
    assert_eq!((told.sent_at, told.tries, told.token), (at(0), 1, KeptToken::Until(token_expiry())));
    assert_eq!(told.pauses.iter().map(|pause| &pause.hook).collect::<Vec<_>>(), [&hook()]);
    assert_eq!(told.delivery, found(&journal, id).await);
    journal.erase_expired_tokens(token_expiry()).await.unwrap();
    assert_eq!(journal.outlook(id).await.unwrap().unwrap().token, KeptToken::Erased);
}
