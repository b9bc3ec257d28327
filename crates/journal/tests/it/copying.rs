//! A journal moves from SQLite to PostgreSQL, and nothing is lost on the way.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};

use bookhook_journal::acts::{NextReplay, ReplayNext, StartReplays};
use bookhook_journal::{
    Appended, Copied, CopyError, Journal, OpenError, PauseLane, Place, SealingKey, Then, Unsettled, check,
    copy,
};
use bookhook_model::{
    ActFilter, Cause, DeliveryId, Filter, Fingerprint, LaneKey, NewReplays, OnPark, ParkReason, ReplayJobId,
    Response, RunNumber, State,
};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::given::{
    Home, TOKEN, ada, at, beginning, event_of, failing, found, hook, new_id, parking, recovered, replaying,
    sending, sending_with_token, settled, started, state,
};

fn key() -> SealingKey {
    SealingKey::from_bytes([42; 32])
}

async fn open(home: &Home) -> Journal {
    Journal::open(home.location(), Some(key())).await.unwrap()
}

async fn copied(from: &Home, to: &Home) -> Result<Copied, CopyError> {
    copy(from.location(), to.location(), |_| {}).await
}

async fn queued_in(journal: &Journal, event: &str, lane: &str) -> DeliveryId {
    let mut act = sending(event, Place::Queue);
    act.event.lane = Some(LaneKey(lane.into()));
    let id = act.id;
    journal.append(act).await.unwrap();
    id
}

fn month_end() -> PauseLane {
    let reason = Some("month end".to_owned());
    PauseLane { hook: hook(), lane: LaneKey("paused".into()), who: ada(), reason, at: at(3) }
}

fn replays_of(targets: Vec<DeliveryId>) -> StartReplays {
    let new = NewReplays {
        filter: Filter { state: Some(State::Settled), ..Filter::default() },
        per_second: NonZeroU32::new(20).unwrap(),
        without_token: false,
    };
    StartReplays { id: ReplayJobId::from_bytes(new_id().to_bytes()), new, targets, who: ada(), at: at(30) }
}

/// Something in every state, and everything that hangs on it.
async fn fill(journal: &Journal) {
    let first = queued_in(journal, "first", "busy").await;
    let settled_in_lane = settled(journal, "in-lane", &Response::result("TAX: 1")).await;
    let one_more = settled(journal, "one-more", &Response::warning("w")).await;
    let with_token = sending_with_token("with-token", Place::Start);
    journal.append(with_token).await.unwrap();
    let retried = started(journal, "retried").await;
    journal.settle(failing(retried, RunNumber::FIRST, Then::RetryAt(at(60)))).await.unwrap();
    let awaiting = started(journal, "awaiting").await;
    journal.settle(failing(awaiting, RunNumber::FIRST, Then::AwaitCaller)).await.unwrap();
    let parked = started(journal, "parked").await;
    let then = parking(ParkReason::GaveUp { runs: 1, last: "503".to_owned() }, OnPark::Hold);
    journal.settle(failing(parked, RunNumber::FIRST, then)).await.unwrap();
    journal.append(sending("unmatched", Place::Unmatched)).await.unwrap();
    let mut conflict = sending("in-lane", Place::Start);
    conflict.event.fingerprint = Fingerprint([8; 16]);
    journal.append(conflict).await.unwrap();
    queued_in(journal, "held", "paused").await;
    journal.pause_lane(month_end()).await.unwrap();
    journal.pause("other".parse().unwrap(), Some("why".to_owned()), ada(), at(1)).await.unwrap();
    // Behind what came after it.
    journal.replay(replaying(settled_in_lane)).await.unwrap();
    queued_in(journal, "last", "busy").await;
    assert_eq!(state(journal, first).await, State::Waiting);
    journal.start_replays(replays_of(vec![one_more, retried])).await.unwrap();
}

/// All that can be told of a journal.
async fn told(journal: &Journal) -> Vec<Value> {
    let mut all = Vec::new();
    for one in journal.list(&Filter::default(), None, 1000).await.unwrap().items {
        all.push(serde_json::to_value(found(journal, one.id).await).unwrap());
        let payload = journal.payload(one.id).await.unwrap().unwrap();
        all.push(Value::from(format!("{:?}", payload.body)));
    }
    let acts = journal.acts(&ActFilter::default(), None, 1000).await.unwrap().items;
    all.push(serde_json::to_value(acts).unwrap());
    all.push(serde_json::to_value(journal.replay_jobs().await.unwrap()).unwrap());
    all.push(Value::from(format!("{:?}", journal.pauses().await.unwrap())));
    all
}

async fn taken_over(journal: &Journal) -> Vec<Unsettled> {
    recovered(journal, at(40)).await
}

#[tokio::test]
async fn a_copy_tells_the_same_and_goes_on_in_the_same_order() {
    let (from, to) = (Home::sqlite(), Home::postgres().await);
    let journal = open(&from).await;
    fill(&journal).await;
    let before = told(&journal).await;
    journal.close().await;

    let steps = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&steps);
    let done =
        copy(from.location(), to.location(), move |step| seen.lock().unwrap().push(step)).await.unwrap();
    let last = *steps.lock().unwrap().last().unwrap();
    assert_eq!(last.copied, last.of);
    assert_eq!((done.deliveries, done.unsettled), (11, 8));
    assert!(done.key_file.is_none(), "the key was given");

    let copied = open(&to).await;
    assert_eq!(told(&copied).await, before);
    assert!(check(to.location(), Some(&key())).await.unwrap().is_sound());
    let journal = open(&from).await;
    let unsettled = taken_over(&copied).await;
    assert_eq!(unsettled, taken_over(&journal).await);
    assert_eq!(told(&copied).await, told(&journal).await);
}

#[tokio::test]
async fn work_goes_on_in_the_copy() {
    let (from, to) = (Home::sqlite(), Home::postgres().await);
    let journal = open(&from).await;
    fill(&journal).await;
    journal.close().await;
    copied(&from, &to).await.unwrap();
    let journal = open(&to).await;
    let unsettled = taken_over(&journal).await;

    let with_token = Filter { event_id: Some("with-token".to_owned()), ..Filter::default() };
    let id = journal.list(&with_token, None, 1).await.unwrap().items[0].id;
    let (run, event) = event_of(journal.begin(beginning(id, Cause::Recovery)).await.unwrap());
    assert_eq!(run, RunNumber(2));
    assert_eq!(event.secrets[0].value.expose_secret(), TOKEN);

    let known = journal.append(sending("last", Place::Queue)).await.unwrap();
    assert!(matches!(known, Appended::Joined { .. }), "{known:?}");
    let fresh = queued_in(&journal, "fresh", "busy").await;
    let newest = journal.list(&Filter::default(), None, 1).await.unwrap().items[0].id;
    assert_eq!(newest, fresh);
    let order: Vec<_> = taken_over(&journal).await.iter().map(|open| open.id).collect();
    assert_eq!(order.last(), Some(&fresh), "behind {unsettled:?}");

    let job = journal.replay_jobs().await.unwrap()[0].id;
    let next = ReplayNext { job, serves: [hook()].into(), at: at(50) };
    assert!(matches!(journal.replay_next(next).await.unwrap(), NextReplay::Returned(..)));
    journal.resume("other".parse().unwrap(), ada(), at(51)).await.unwrap();
}

#[tokio::test]
async fn a_journal_with_a_host_is_not_copied() {
    let (from, to) = (Home::sqlite(), Home::postgres().await);
    let journal = open(&from).await;
    started(&journal, "e").await;
    let refused = copied(&from, &to).await;
    assert!(matches!(refused, Err(CopyError::Open(OpenError::InUse { .. }))), "{refused:?}");
    journal.close().await;

    let host = open(&to).await;
    let refused = copied(&from, &to).await;
    assert!(matches!(refused, Err(CopyError::HostRuns { .. })), "{refused:?}");
    host.close().await;
    assert_eq!(copied(&from, &to).await.unwrap().deliveries, 1);
}

#[tokio::test]
async fn nothing_is_copied_onto_something() {
    let (from, to) = (Home::sqlite(), Home::postgres().await);
    let journal = open(&from).await;
    started(&journal, "e").await;
    journal.close().await;
    copied(&from, &to).await.unwrap();
    let refused = copied(&from, &to).await;
    assert!(matches!(refused, Err(CopyError::NotEmpty { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_copy_that_fails_leaves_an_empty_journal() {
    let (from, to) = (Home::sqlite(), Home::postgres().await);
    let journal = open(&from).await;
    fill(&journal).await;
    journal.close().await;
    open(&to).await.close().await;
    let client = to.database().connect().await;
    let table = "bookhook.replay_target";
    client
        .batch_execute(&format!("ALTER TABLE {table} ADD CONSTRAINT never CHECK (page < 0)"))
        .await
        .unwrap();
    let failed = copied(&from, &to).await;
    assert!(matches!(failed, Err(CopyError::Write { .. })), "{failed:?}");

    client.batch_execute(&format!("ALTER TABLE {table} DROP CONSTRAINT never")).await.unwrap();
    let journal = open(&to).await;
    assert_eq!(journal.list(&Filter::default(), None, 1).await.unwrap().items, []);
    journal.close().await;
    assert_eq!(copied(&from, &to).await.unwrap().deliveries, 11);
}

/// The line needs a thread while the copy goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_whose_connection_is_cut_can_be_begun_again() {
    let (from, to) = (Home::sqlite(), Home::postgres().await);
    let journal = open(&from).await;
    for n in 0..3_000 {
        drop(journal.append(sending(&format!("e{n}"), Place::Unmatched)));
    }
    journal.close().await;
    let line = Arc::new(to.database().line().await);
    let over = to.database().address_over(&line).parse().unwrap();
    let cut = Arc::clone(&line);
    let failed = copy(from.location(), &over, move |step| {
        if step.copied >= 4_000 {
            cut.cut();
        }
    });
    let failed = failed.await;
    assert!(matches!(failed, Err(CopyError::Write { .. })), "{failed:?}");

    line.mend();
    let journal = open(&to).await;
    assert_eq!(journal.list(&Filter::default(), None, 1).await.unwrap().items, []);
    assert_eq!(journal.hook_counts().await.unwrap(), []);
    journal.close().await;
    assert_eq!(copy(from.location(), &over, |_| {}).await.unwrap().deliveries, 3_000);
    assert!(check(to.location(), Some(&key())).await.unwrap().is_sound());
}

#[tokio::test]
async fn what_is_no_journal_is_not_made_one() {
    let (from, to) = (Home::sqlite(), Home::postgres().await);
    let refused = copied(&from, &to).await;
    assert!(matches!(refused, Err(CopyError::Open(OpenError::Missing { .. }))), "{refused:?}");
    assert!(!from.path().exists());
    let refused = copied(&to, &from).await;
    assert!(matches!(refused, Err(CopyError::Direction { .. })), "{refused:?}");
}
