//! Paused lanes: by a person, or until a parked delivery is settled.

use bookhook_journal::{Append, Appended, Begun, Journal, PauseLane, Place};
use bookhook_model::{Cause, DeliveryId, LaneKey, OnPark, ParkReason, Response, RunNumber, State};

use super::on_every_backend;
use crate::given::{
    Home, ada, at, beginning, failing, found, hook, parking, replaying, sending, sending_with_token, serves,
    settling, state, token_expiry, unparking,
};

on_every_backend! {
    a_pause_holds_what_waits_in_the_lane_and_a_resume_lets_it_wait,
    other_lanes_go_on,
    a_lane_stays_paused_with_who_and_why,
    what_was_held_for_two_reasons_is_held_until_both_are_gone,
    parking_holds_the_lane_and_says_for_which_delivery,
    parking_goes_on_unless_told,
    a_lane_goes_on_when_what_it_waits_for_is_settled,
    what_a_lane_waits_for_waits_when_it_is_sent_again,
    what_a_lane_waits_for_is_not_held_after_a_crash,
    a_run_that_is_parked_for_its_token_holds_the_lane,
    a_persons_pause_outlasts_the_delivery,
}

fn lane(name: &str) -> LaneKey {
    LaneKey(name.into())
}

fn pausing(name: &str) -> PauseLane {
    let (who, reason) = ("ann@desk".parse().unwrap(), Some("month end".to_owned()));
    PauseLane { hook: hook(), lane: lane(name), who, reason, at: at(3) }
}

async fn queued(journal: &Journal, event: &str, name: &str) -> DeliveryId {
    appended(journal, within(sending(event, Place::Queue), name)).await
}

async fn appended(journal: &Journal, act: Append) -> DeliveryId {
    let id = act.id;
    journal.append(act).await.unwrap();
    id
}

fn within(mut act: Append, name: &str) -> Append {
    act.event.lane = Some(lane(name));
    act
}

async fn running(journal: &Journal, event: &str) -> DeliveryId {
    appended(journal, within(sending(event, Place::Start), "book-1")).await
}

/// A delivery that is parked after its first run, so that its lane, `book-1`, waits for it.
async fn parked(journal: &Journal) -> DeliveryId {
    let id = running(journal, "parked").await;
    park(journal, id).await;
    id
}

/// The same, and one that was behind it in the lane.
async fn parked_and_behind(journal: &Journal) -> (DeliveryId, DeliveryId) {
    let id = running(journal, "parked").await;
    let behind = queued(journal, "behind", "book-1").await;
    park(journal, id).await;
    (id, behind)
}

async fn park(journal: &Journal, id: DeliveryId) {
    let gave_up = ParkReason::GaveUp { runs: 1, last: "nothing listens there".to_owned() };
    journal.settle(failing(id, RunNumber::FIRST, parking(gave_up, OnPark::Hold))).await.unwrap();
}

async fn a_pause_holds_what_waits_in_the_lane_and_a_resume_lets_it_wait(home: Home) {
    let journal = home.open().await;
    let runs = running(&journal, "running").await;
    let waiting = queued(&journal, "waiting", "book-1").await;
    for _ in 0..2 {
        journal.pause_lane(pausing("book-1")).await.unwrap();
        assert_eq!(state(&journal, waiting).await, State::Held);
        assert_eq!(state(&journal, runs).await, State::Running);
    }
    for _ in 0..2 {
        journal.resume_lane(hook(), lane("book-1"), ada(), at(4)).await.unwrap();
        assert_eq!(state(&journal, waiting).await, State::Waiting);
    }
}

async fn other_lanes_go_on(home: Home) {
    let journal = home.open().await;
    let other = queued(&journal, "e1", "book-2").await;
    let mut act = sending("e2", Place::Queue);
    act.event.lane = None;
    let alone = act.id;
    journal.append(act).await.unwrap();
    let mut act = sending("e3", Place::Queue);
    act.hook = "other".parse().unwrap();
    act.event.lane = Some(lane("book-1"));
    let other_hook = act.id;
    journal.append(act).await.unwrap();

    journal.pause_lane(pausing("book-1")).await.unwrap();
    journal.recover(at(4), serves()).await.unwrap();

    for id in [other, alone, other_hook] {
        assert_eq!(state(&journal, id).await, State::Waiting);
    }
}

async fn a_lane_stays_paused_with_who_and_why(home: Home) {
    let journal = home.open().await;
    journal.pause_lane(pausing("book-1")).await.unwrap();
    let waiting = queued(&journal, "waiting", "book-1").await;

    let found = journal.recover(at(4), serves()).await.unwrap().paused_lanes;
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((&only.hook, &only.lane, only.paused_at), (&hook(), &lane("book-1"), at(3)));
    assert_eq!(only.who, Some("ann@desk".parse().unwrap()));
    assert_eq!(only.reason.as_deref(), Some("month end"));
    assert_eq!(only.held_for, None);
    assert_eq!(state(&journal, waiting).await, State::Held);

    journal.resume_lane(hook(), lane("book-1"), ada(), at(5)).await.unwrap();
    assert_eq!(journal.recover(at(6), serves()).await.unwrap().paused_lanes, []);
}

async fn what_was_held_for_two_reasons_is_held_until_both_are_gone(home: Home) {
    let journal = home.open().await;
    let waiting = queued(&journal, "waiting", "book-1").await;
    journal.pause(hook(), None, ada(), at(3)).await.unwrap();
    journal.pause_lane(pausing("book-1")).await.unwrap();

    journal.resume(hook(), ada(), at(4)).await.unwrap();
    assert_eq!(state(&journal, waiting).await, State::Held);
    journal.pause(hook(), None, ada(), at(5)).await.unwrap();
    journal.resume_lane(hook(), lane("book-1"), ada(), at(6)).await.unwrap();
    assert_eq!(state(&journal, waiting).await, State::Held);
    journal.resume(hook(), ada(), at(7)).await.unwrap();
    assert_eq!(state(&journal, waiting).await, State::Waiting);
}

async fn parking_holds_the_lane_and_says_for_which_delivery(home: Home) {
    let journal = home.open().await;
    let (parked, behind) = parked_and_behind(&journal).await;

    assert_eq!(state(&journal, parked).await, State::Parked);
    assert_eq!(state(&journal, behind).await, State::Held);
    let found = journal.recover(at(4), serves()).await.unwrap().paused_lanes;
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((&only.lane, only.paused_at, only.held_for), (&lane("book-1"), at(1), Some(parked)));
    assert_eq!(only.who, None);
    let reason = format!("{parked} is parked: gave up after 1 runs: nothing listens there");
    assert_eq!(only.reason.as_deref(), Some(&*reason));

    journal.resume_lane(hook(), lane("book-1"), ada(), at(5)).await.unwrap();
    assert_eq!(state(&journal, behind).await, State::Waiting);
}

async fn parking_goes_on_unless_told(home: Home) {
    let journal = home.open().await;
    let id = running(&journal, "parked").await;
    let behind = queued(&journal, "behind", "book-1").await;
    let then = parking(ParkReason::TokenExpired, OnPark::Continue);
    journal.settle(failing(id, RunNumber::FIRST, then)).await.unwrap();
    assert_eq!(state(&journal, behind).await, State::Waiting);
    assert_eq!(journal.recover(at(4), serves()).await.unwrap().paused_lanes, []);
}

async fn a_lane_goes_on_when_what_it_waits_for_is_settled(home: Home) {
    let journal = home.open().await;
    let (parked, behind) = parked_and_behind(&journal).await;
    journal.unpark(unparking(parked)).await.unwrap();
    let Begun::Run { run, .. } = journal.begin(beginning(parked, Cause::Retry)).await.unwrap() else {
        panic!("it runs")
    };
    assert_eq!(state(&journal, behind).await, State::Held);
    journal.settle(settling(parked, run, &Response::result("at last"))).await.unwrap();
    assert_eq!(state(&journal, behind).await, State::Waiting);
    assert_eq!(journal.recover(at(4), serves()).await.unwrap().paused_lanes, []);
}

async fn what_a_lane_waits_for_waits_when_it_is_sent_again(home: Home) {
    let journal = home.open().await;
    let parked = parked(&journal).await;
    let again = journal.append(within(sending("parked", Place::Hold), "book-1")).await.unwrap();
    assert_eq!(again, Appended::Again { id: parked, cause: Cause::Retry, run: None });
    assert_eq!(state(&journal, parked).await, State::Waiting);

    journal.pause(hook(), None, ada(), at(3)).await.unwrap();
    assert_eq!(state(&journal, parked).await, State::Held);
    journal.resume(hook(), ada(), at(4)).await.unwrap();
    assert_eq!(state(&journal, parked).await, State::Waiting);
}

async fn what_a_lane_waits_for_is_not_held_after_a_crash(home: Home) {
    let journal = home.open().await;
    let parked = parked(&journal).await;
    let behind = queued(&journal, "behind", "book-1").await;
    journal.replay(replaying(parked)).await.unwrap();
    journal.begin(beginning(parked, Cause::Replay)).await.unwrap();

    journal.recover(at(4), serves()).await.unwrap();
    assert_eq!(state(&journal, parked).await, State::Waiting);
    assert_eq!(state(&journal, behind).await, State::Held);
}

async fn a_run_that_is_parked_for_its_token_holds_the_lane(home: Home) {
    let journal = home.open().await;
    let expiring = appended(&journal, within(sending_with_token("expiring", Place::Queue), "book-1")).await;
    let behind = queued(&journal, "behind", "book-1").await;

    let mut begin = beginning(expiring, Cause::First);
    (begin.at, begin.on_park) = (token_expiry(), OnPark::Hold);
    assert!(matches!(journal.begin(begin).await, Ok(Begun::Parked(ParkReason::TokenExpired))));
    assert_eq!(state(&journal, behind).await, State::Held);

    // Sent again, with a fresh token, its first run settles it.
    appended(&journal, within(sending_with_token("expiring", Place::Hold), "book-1")).await;
    journal.begin(beginning(expiring, Cause::Retry)).await.unwrap();
    journal.settle(settling(expiring, RunNumber::FIRST, &Response::result(1))).await.unwrap();
    assert_eq!(found(&journal, behind).await.state, State::Waiting);
}

async fn a_persons_pause_outlasts_the_delivery(home: Home) {
    let journal = home.open().await;
    let parked = parked(&journal).await;
    let behind = queued(&journal, "behind", "book-1").await;
    journal.pause_lane(pausing("book-1")).await.unwrap();
    let again = journal.append(within(sending("parked", Place::Hold), "book-1")).await.unwrap();
    assert_eq!(again, Appended::Again { id: parked, cause: Cause::Retry, run: None });
    assert_eq!(state(&journal, parked).await, State::Held);

    journal.resume_lane(hook(), lane("book-1"), ada(), at(4)).await.unwrap();
    assert_eq!(state(&journal, parked).await, State::Waiting);
    assert_eq!(state(&journal, behind).await, State::Waiting);
}
