//! Two hosts on one database: lanes, leases, what is taken over.

use std::future::ready;
use std::num::NonZeroU32;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bookhook_journal::acts::{NextReplay, ReplayNext, StartReplays};
use bookhook_journal::{Appended, Journal, News, Place, Then, WriteError};
use bookhook_model::{
    Cause, DeliveryId, Filter, HookName, NewReplays, ReplayJobId, ReplayJobState, Response, RunNumber, State,
};
use bookhook_testkit::wait::in_time;
use bookhook_testkit::{Database, eventually};
use futures_util::future::select_all;

use super::{host, lasting_host};
use crate::given::{
    ada, at, beginning, event_of, failing, found, hook, new_id, recovered, sending, sending_with_token,
    serves, settled, settling, started, state,
};

const SHORT: Duration = Duration::from_millis(900);

/// Of one lane.
fn in_lane(event: &str, place: Place) -> bookhook_journal::Append {
    let mut act = sending(event, place);
    act.event.lane = Some(bookhook_model::LaneKey("shared".into()));
    act
}

async fn append(journal: &Journal, event: &str, place: Place) -> (DeliveryId, Appended) {
    let act = in_lane(event, place);
    let id = act.id;
    (id, journal.append(act).await.unwrap())
}

const WAITS: Appended = Appended::Deferred { conflict: false, state: State::Waiting };

#[tokio::test]
async fn a_lane_that_another_host_has_makes_wait() {
    let database = Database::new().await;
    let (one, other) = (lasting_host(&database).await, lasting_host(&database).await);
    let (first, appended) = append(&one, "first", Place::Start).await;
    assert_eq!(appended, Appended::Fresh { conflict: false });
    let (second, appended) = append(&other, "second", Place::Start).await;
    assert_eq!(appended, WAITS);
    let (third, _) = append(&one, "third", Place::Queue).await;

    let busy = other.begin(beginning(second, Cause::First)).await;
    assert!(matches!(busy, Err(WriteError::LaneBusy(id)) if id == second), "{busy:?}");
    one.settle(settling(first, RunNumber::FIRST, &Response::result(1))).await.unwrap();
    let early = one.begin(beginning(third, Cause::First)).await;
    assert!(
        matches!(early, Err(WriteError::LaneBusy(_))),
        "what came before on another host goes first: {early:?}"
    );
    event_of(other.begin(beginning(second, Cause::First)).await.unwrap());
    other.settle(settling(second, RunNumber::FIRST, &Response::result(2))).await.unwrap();
    event_of(one.begin(beginning(third, Cause::First)).await.unwrap());
}

#[tokio::test]
async fn what_waits_for_its_caller_keeps_no_lane() {
    let database = Database::new().await;
    let (one, other) = (lasting_host(&database).await, lasting_host(&database).await);
    let (first, _) = append(&one, "first", Place::Start).await;
    one.settle(failing(first, RunNumber::FIRST, Then::AwaitCaller)).await.unwrap();
    let (_, appended) = append(&other, "second", Place::Start).await;
    assert_eq!(appended, Appended::Fresh { conflict: false });
}

#[tokio::test]
async fn a_caller_may_come_back_to_any_host() {
    let database = Database::new().await;
    let (one, other) = (lasting_host(&database).await, lasting_host(&database).await);
    let act = sending_with_token("e", Place::Start);
    let id = act.id;
    one.append(act).await.unwrap();
    let joined = other.append(sending_with_token("e", Place::Start)).await.unwrap();
    assert_eq!(joined, Appended::Joined { id, state: State::Running });
    let stolen = other.settle(settling(id, RunNumber::FIRST, &Response::result("mine"))).await;
    assert!(matches!(stolen, Err(WriteError::Refused { .. })), "{stolen:?}");

    one.settle(failing(id, RunNumber::FIRST, Then::AwaitCaller)).await.unwrap();
    let again = other.append(sending_with_token("e", Place::Start)).await.unwrap();
    assert_eq!(again, Appended::Again { id, cause: Cause::Retry, run: Some(RunNumber(2)) });
    other.settle(settling(id, RunNumber(2), &Response::result("done"))).await.unwrap();
    let stored = one.append(sending_with_token("e", Place::Start)).await.unwrap();
    assert_eq!(stored, Appended::Stored { id, response: Response::result("done") });
}

#[tokio::test]
async fn what_another_host_sees_to_does_not_begin_here() {
    let database = Database::new().await;
    let (one, other) = (lasting_host(&database).await, lasting_host(&database).await);
    let (id, _) = append(&one, "e", Place::Queue).await;
    let begun = other.begin(beginning(id, Cause::First)).await;
    assert!(matches!(begun, Err(WriteError::Elsewhere(elsewhere)) if elsewhere == id), "{begun:?}");
}

#[tokio::test]
async fn a_pause_counts_on_every_host_at_once() {
    let database = Database::new().await;
    let (one, other) = (lasting_host(&database).await, lasting_host(&database).await);
    let (before, _) = append(&other, "before", Place::Queue).await;
    one.pause(hook(), None, ada(), at(3)).await.unwrap();
    let (_, appended) = append(&other, "after", Place::Start).await;
    assert_eq!(appended, Appended::Deferred { conflict: false, state: State::Held });
    let begun = other.begin(beginning(before, Cause::First)).await;
    assert!(matches!(begun, Err(WriteError::Refused { state: State::Held, .. })), "{begun:?}");
    one.resume(hook(), ada(), at(4)).await.unwrap();
    event_of(other.begin(beginning(before, Cause::First)).await.unwrap());
}

#[tokio::test]
async fn what_a_host_leaves_is_taken_over_in_order() {
    let database = Database::new().await;
    let (one, other) = (lasting_host(&database).await, lasting_host(&database).await);
    assert_eq!(other.take_over(at(5), serves()).await.unwrap(), []);
    let (running, _) = append(&one, "running", Place::Start).await;
    let (mine, appended) = append(&other, "mine", Place::Start).await;
    assert_eq!(appended, WAITS);
    let (last, _) = append(&one, "last", Place::Queue).await;
    one.close().await;

    let taken = other.take_over(at(5), serves()).await.unwrap();
    let told: Vec<_> = taken.iter().map(|taken| (taken.id, taken.state, taken.runs, taken.after)).collect();
    assert_eq!(told, [(running, State::Waiting, 1, None), (last, State::Waiting, 0, Some(mine))]);
    let run = found(&other, running).await.runs.unwrap().remove(0);
    assert_eq!(
        (run.finished_at, run.error.as_deref()),
        (Some(at(5)), Some("the host ended while the handler ran"))
    );
    assert_eq!(other.take_over(at(6), serves()).await.unwrap(), []);
    let (number, _) = event_of(other.begin(beginning(running, Cause::Recovery)).await.unwrap());
    assert_eq!(number, RunNumber(2));
}

/// It would stand still there, and nobody else would look for it.
#[tokio::test]
async fn what_a_host_leaves_is_taken_over_by_one_that_has_its_hook() {
    let database = Database::new().await;
    let (one, other) = (lasting_host(&database).await, lasting_host(&database).await);
    let (running, _) = append(&one, "running", Place::Start).await;
    one.close().await;
    let another: Arc<[HookName]> = ["another".parse().unwrap()].into();
    other.recover(at(5), Arc::clone(&another)).await.unwrap();
    assert_eq!(other.take_over(at(5), another).await.unwrap(), []);
    let third = lasting_host(&database).await;
    let taken = third.take_over(at(6), serves()).await.unwrap();
    assert_eq!(taken.iter().map(|taken| taken.id).collect::<Vec<_>>(), [running]);
}

#[tokio::test]
async fn a_host_that_starts_leaves_the_others_alone() {
    let database = Database::new().await;
    let one = lasting_host(&database).await;
    let (running, _) = append(&one, "running", Place::Start).await;
    append(&one, "waiting", Place::Queue).await;
    let other = lasting_host(&database).await;
    assert_eq!(recovered(&other, at(5)).await, []);
    one.settle(settling(running, RunNumber::FIRST, &Response::result(1))).await.unwrap();
}

#[tokio::test]
async fn hosts_hear_what_has_left_its_lane_elsewhere() {
    let database = Database::new().await;
    let (one, other) = (lasting_host(&database).await, lasting_host(&database).await);
    let (_, mut news) = other.news().unwrap();
    // Until they have seen each other, hosts tell nothing.
    in_time("a hint", async {
        for n in 0.. {
            let id = settled(&one, &format!("e{n}"), &Response::result(1)).await;
            let lane = one.mark(&hook(), &bookhook_model::LaneKey(format!("e{n}").into()));
            while let Ok(Some(heard)) = tokio::time::timeout(Duration::from_millis(200), news.next()).await {
                if heard == News::Left(id, lane) {
                    return;
                }
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_silent_for_a_lease_is_taken_for_dead() {
    let database = Database::new().await;
    let line = database.line().await;
    let (one, other) =
        (host(&database.address_over(&line), SHORT).await, host(&database.address(), SHORT).await);
    let (mut fencing, _) = one.news().unwrap();
    let (_, mut news) = other.news().unwrap();
    let (id, _) = append(&one, "e", Place::Start).await;

    line.silence();
    in_time("the silent host fences itself", fencing.happens()).await;
    assert!(!one.healthy());
    let refused = one.settle(settling(id, RunNumber::FIRST, &Response::result("late"))).await;
    assert!(matches!(refused, Err(WriteError::Fenced)), "{refused:?}");

    in_time("the other hears of orphans", async {
        while news.next().await != Some(News::LookAgain { orphans: true }) {}
    })
    .await;
    let taken = other.take_over(at(5), serves()).await.unwrap();
    assert_eq!(taken.iter().map(|taken| taken.id).collect::<Vec<_>>(), [id]);

    // It comes back as another host, and has no say in what it had begun.
    line.mend();
    eventually("it joins again", async || one.rejoin().await.ok()).await;
    assert!(one.healthy());
    let refused = one.settle(settling(id, RunNumber::FIRST, &Response::result("late"))).await;
    assert!(matches!(refused, Err(WriteError::Refused { state: State::Waiting, .. })), "{refused:?}");
    let begun = one.begin(beginning(id, Cause::First)).await;
    assert!(matches!(begun, Err(WriteError::Elsewhere(_))), "{begun:?}");
    assert_eq!(state(&other, id).await, State::Waiting);
}

/// As if it had been stopped in the middle, and woke up: its clock says that the lease is good, its row is gone.
#[tokio::test]
async fn a_host_whose_row_is_gone_can_write_nothing() {
    let database = Database::new().await;
    let one = lasting_host(&database).await;
    let id = started(&one, "e").await;
    database.connect().await.batch_execute("DELETE FROM bookhook.host").await.unwrap();
    for _ in 0..2 {
        let appended = one.append(sending("late", Place::Start)).await;
        assert!(matches!(appended, Err(WriteError::Fenced)), "{appended:?}");
        let settled = one.settle(settling(id, RunNumber::FIRST, &Response::result(1))).await;
        assert!(matches!(settled, Err(WriteError::Fenced)), "{settled:?}");
        one.note_answered(id, 200);
    }
    assert!(one.check_writable().await.is_err());
    assert_eq!(found(&one, id).await.answered, None);
    assert_eq!(state(&one, id).await, State::Running);

    let pending = one.append(sending("before it joins", Place::Queue));
    one.rejoin().await.unwrap();
    assert!(matches!(pending.await, Err(WriteError::Fenced)));
    let unsettled = recovered(&one, at(5)).await;
    assert_eq!(unsettled.iter().map(|open| open.id).collect::<Vec<_>>(), [id]);
    let (run, _) = event_of(one.begin(beginning(id, Cause::Recovery)).await.unwrap());
    one.settle(settling(id, run, &Response::result(1))).await.unwrap();
}

#[tokio::test]
async fn a_job_of_replays_is_worked_off_by_one_host_and_by_another_when_that_is_gone() {
    let database = Database::new().await;
    let (one, other) = (lasting_host(&database).await, lasting_host(&database).await);
    let mut targets = Vec::new();
    for event in ["e1", "e2"] {
        targets.push(settled(&one, event, &Response::result(1)).await);
    }
    let filter = Filter { hook: Some(hook()), ..Filter::default() };
    let new = NewReplays { filter, per_second: NonZeroU32::MIN, without_token: false };
    let job = ReplayJobId::from_bytes(new_id().to_bytes());
    one.start_replays(StartReplays { id: job, new, targets: targets.clone(), who: ada(), at: at(3) })
        .await
        .unwrap();
    let next = async |journal: &Journal| {
        journal.replay_next(ReplayNext { job, serves: [hook()].into(), at: at(4) }).await.unwrap()
    };
    let replayed = next(&one).await;
    assert!(matches!(replayed, NextReplay::Returned(id, _) if id == targets[0]), "{replayed:?}");
    assert_eq!(next(&other).await, NextReplay::Elsewhere);
    one.close().await;
    let replayed = next(&other).await;
    assert!(matches!(replayed, NextReplay::Returned(id, _) if id == targets[1]), "{replayed:?}");
    assert_eq!(next(&other).await, NextReplay::Over(ReplayJobState::Done));
}

/// The server never hears of it.
#[tokio::test]
async fn a_value_that_no_column_can_hold_is_its_acts_own_fault() {
    let database = Database::new().await;
    let journal = lasting_host(&database).await;
    let new = NewReplays { filter: Filter::default(), per_second: NonZeroU32::MAX, without_token: false };
    let id = ReplayJobId::from_bytes(new_id().to_bytes());
    let act = StartReplays { id, new, targets: Vec::new(), who: ada(), at: at(3) };
    assert!(journal.start_replays(act).await.is_err());
    assert!(journal.healthy());
    started(&journal, "e").await;
}

/// One connection waits for a row that somebody else has; those beside it do not wait for that because somebody asks.
#[tokio::test]
async fn who_asks_whether_the_journal_can_be_written_stops_nobody() {
    let database = Database::new().await;
    let journal = lasting_host(&database).await;
    let (id, _) = append(&journal, "kept", Place::Queue).await;
    let client = database.connect().await;
    client.batch_execute("BEGIN; SELECT FROM bookhook.delivery FOR UPDATE").await.unwrap();
    let begun = journal.begin(beginning(id, Cause::First));
    let mut asked = pin!(journal.check_writable());
    tokio::select! {
        biased;
        _ = &mut asked => unreachable!("there is somebody before it"),
        () = ready(()) => {}
    }
    let beside: Vec<_> = (0..8).map(|n| journal.append(sending(&format!("e{n}"), Place::Queue))).collect();
    tokio::select! {
        _ = begun => panic!("all wait for the one that waits"),
        (appended, ..) = select_all(beside) => drop(appended.unwrap()),
    }
    client.batch_execute("ROLLBACK").await.unwrap();
    asked.await.unwrap();
}

#[tokio::test]
async fn which_host_sees_to_a_delivery_is_told() {
    let database = Database::new().await;
    let (one, other) = (lasting_host(&database).await, lasting_host(&database).await);
    let id = started(&one, "e").await;
    let seen_to = async || other.outlook(id).await.unwrap().unwrap().host;
    assert_eq!(seen_to().await.as_deref(), Some("test"));
    one.settle(settling(id, RunNumber::FIRST, &Response::result(1))).await.unwrap();
    assert_eq!(seen_to().await, None);
}
