//! Jobs that replay many deliveries.

use std::num::NonZeroU32;

use bookhook_journal::acts::{CancelReplays, NextReplay, Refusal, ReplayNext, StartReplays};
use bookhook_journal::{Journal, Place, WriteError};
use bookhook_model::{
    ActFilter, ActKind, DeliveryId, Filter, NewReplays, ReplayJob, ReplayJobId, ReplayJobState, Response,
    State,
};

use super::on_every_backend;
use crate::given::{Home, ada, at, hook, new_id, sending, serves, settled, started, state};

on_every_backend! {
    a_job_replays_its_deliveries_in_order_and_is_done,
    a_job_of_many_pages_misses_none,
    what_cannot_run_again_is_counted,
    one_job_at_a_time,
    a_job_without_deliveries_is_done,
    a_cancelled_job_replays_no_more,
    a_job_goes_on_where_it_was_when_the_journal_is_opened_again,
    jobs_are_listed_from_the_newest,
    what_is_not_there_is_refused,
}

fn starting(targets: Vec<DeliveryId>) -> StartReplays {
    let filter = Filter { hook: Some(hook()), state: Some(State::Settled), ..Filter::default() };
    let new = NewReplays { filter, per_second: NonZeroU32::new(20).unwrap(), without_token: false };
    let id = ReplayJobId::from_bytes(new_id().to_bytes());
    StartReplays { id, new, targets, who: ada(), at: at(30) }
}

async fn next(journal: &Journal, job: ReplayJobId) -> NextReplay {
    journal.replay_next(ReplayNext { job, serves: [hook()].into(), at: at(31) }).await.unwrap()
}

fn canceling(id: ReplayJobId) -> CancelReplays {
    CancelReplays { id, who: ada(), at: at(32) }
}

async fn job(journal: &Journal, id: ReplayJobId) -> ReplayJob {
    journal.replay_job(id).await.unwrap().unwrap()
}

async fn many(journal: &Journal, count: usize) -> Vec<DeliveryId> {
    let mut ids = Vec::new();
    for n in 0..count {
        ids.push(settled(journal, &format!("e{n}"), &Response::result(1)).await);
    }
    ids
}

async fn a_job_replays_its_deliveries_in_order_and_is_done(home: Home) {
    let journal = home.open().await;
    let targets = many(&journal, 3).await;
    let act = starting(targets.clone());
    let id = act.id;
    journal.start_replays(act.clone()).await.unwrap();
    let told = job(&journal, id).await;
    assert_eq!((told.id, &told.filter, told.per_second), (id, &act.new.filter, act.new.per_second));
    assert_eq!((told.who, told.created_at, told.state), (ada(), at(30), ReplayJobState::Running));
    assert_eq!((told.matched, told.done, told.refused, told.finished_at), (3, 0, 0, None));

    for (n, target) in (1..).zip(&targets) {
        let replayed = next(&journal, id).await;
        assert!(matches!(replayed, NextReplay::Returned(it, _) if it == *target), "{replayed:?}");
        assert_eq!(state(&journal, *target).await, State::Waiting);
        assert_eq!(job(&journal, id).await.done, n);
    }
    assert_eq!(next(&journal, id).await, NextReplay::Over(ReplayJobState::Done));
    let told = job(&journal, id).await;
    assert_eq!((told.state, told.finished_at), (ReplayJobState::Done, Some(at(31))));
}

async fn a_job_of_many_pages_misses_none(home: Home) {
    let journal = home.open().await;
    let mut targets: Vec<_> = (0..600).map(|_| new_id()).collect();
    let there = many(&journal, 2).await;
    (targets[256], targets[599]) = (there[0], there[1]);
    let act = starting(targets.clone());
    let id = act.id;
    journal.start_replays(act).await.unwrap();
    for target in targets {
        let expected_refusal = !there.contains(&target);
        match next(&journal, id).await {
            NextReplay::Returned(it, _) => assert_eq!((it, expected_refusal), (target, false)),
            NextReplay::Refused(it, refusal) => {
                assert_eq!((it, refusal, expected_refusal), (target, Refusal::Erased, true));
            }
            other => panic!("{other:?} before {target}"),
        }
    }
    let told = job(&journal, id).await;
    assert_eq!((told.state, told.done, told.refused), (ReplayJobState::Done, 2, 598));
}

async fn what_cannot_run_again_is_counted(home: Home) {
    let journal = home.open().await;
    let running = started(&journal, "running").await;
    let own = sending("own", Place::Settle(Response::suppressed()));
    let own_id = own.id;
    journal.append(own).await.unwrap();
    let mut elsewhere = sending("elsewhere", Place::Unmatched);
    elsewhere.hook = "other-bot".parse().unwrap();
    let elsewhere_id = elsewhere.id;
    journal.append(elsewhere).await.unwrap();
    let act = starting(vec![running, own_id, elsewhere_id, new_id(), new_id()]);
    let id = act.id;
    journal.start_replays(act).await.unwrap();
    for refusal in [Refusal::NotAtRest, Refusal::NeverRan, Refusal::NoHook, Refusal::Erased, Refusal::Erased]
    {
        let refused = next(&journal, id).await;
        assert!(matches!(refused, NextReplay::Refused(_, why) if why == refusal), "{refused:?}");
    }
    let told = job(&journal, id).await;
    assert_eq!((told.state, told.done, told.refused), (ReplayJobState::Done, 0, 5));
    let reasons: Vec<_> = told.refusals.iter().map(|(why, count)| (why.as_str(), *count)).collect();
    assert_eq!(reasons, [("erased", 2), ("never_ran", 1), ("no_hook", 1), ("not_at_rest", 1)]);
}

async fn one_job_at_a_time(home: Home) {
    let journal = home.open().await;
    let targets = many(&journal, 1).await;
    let first = starting(targets.clone());
    let id = first.id;
    journal.start_replays(first).await.unwrap();
    let second = journal.start_replays(starting(targets.clone())).await;
    assert!(matches!(second, Err(WriteError::ReplaysRunning(running)) if running == id), "{second:?}");
    next(&journal, id).await;
    journal.start_replays(starting(targets)).await.unwrap();
}

async fn a_job_without_deliveries_is_done(home: Home) {
    let journal = home.open().await;
    let act = starting(Vec::new());
    let id = act.id;
    journal.start_replays(act).await.unwrap();
    let told = job(&journal, id).await;
    assert_eq!((told.state, told.matched, told.finished_at), (ReplayJobState::Done, 0, Some(at(30))));
    assert_eq!(next(&journal, id).await, NextReplay::Over(ReplayJobState::Done));
}

async fn a_cancelled_job_replays_no_more(home: Home) {
    let journal = home.open().await;
    let targets = many(&journal, 2).await;
    let act = starting(targets.clone());
    let id = act.id;
    journal.start_replays(act).await.unwrap();
    next(&journal, id).await;
    journal.cancel_replays(canceling(id)).await.unwrap();
    assert_eq!(next(&journal, id).await, NextReplay::Over(ReplayJobState::Cancelled));
    assert_eq!(state(&journal, targets[1]).await, State::Settled);
    let told = job(&journal, id).await;
    assert_eq!((told.state, told.done, told.finished_at), (ReplayJobState::Cancelled, 1, Some(at(32))));

    let again = journal.cancel_replays(canceling(id)).await;
    let state = ReplayJobState::Cancelled;
    assert!(matches!(again, Err(WriteError::ReplaysOver { state: is, .. }) if is == state), "{again:?}");
    let acts = journal.acts(&ActFilter::default(), None, 10).await.unwrap().items;
    let told: Vec<_> = acts.iter().map(|act| (act.what, act.replays)).collect();
    assert_eq!(told, [(ActKind::CancelReplays, Some(id)), (ActKind::StartReplays, Some(id))]);
    assert!(acts[1].detail.as_ref().unwrap().contains("tax-bot"), "{:?}", acts[1].detail);
}

async fn a_job_goes_on_where_it_was_when_the_journal_is_opened_again(home: Home) {
    if !home.lasts() {
        return;
    }
    let journal = home.open().await;
    let targets = many(&journal, 3).await;
    let act = starting(targets.clone());
    let id = act.id;
    journal.start_replays(act).await.unwrap();
    next(&journal, id).await;
    drop(journal);

    let journal = home.open().await;
    journal.recover(at(40), serves()).await.unwrap();
    assert_eq!(journal.replay_jobs().await.unwrap()[0].state, ReplayJobState::Running);
    for target in &targets[1..] {
        assert!(matches!(next(&journal, id).await, NextReplay::Returned(it, _) if it == *target));
    }
    assert_eq!(job(&journal, id).await.done, 3);
}

async fn jobs_are_listed_from_the_newest(home: Home) {
    let journal = home.open().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let act = starting(Vec::new());
        ids.insert(0, act.id);
        journal.start_replays(act).await.unwrap();
    }
    let told: Vec<_> = journal.replay_jobs().await.unwrap().iter().map(|job| job.id).collect();
    assert_eq!(told, ids);
}

async fn what_is_not_there_is_refused(home: Home) {
    let journal = home.open().await;
    let id = ReplayJobId::from_bytes(new_id().to_bytes());
    assert_eq!(journal.replay_job(id).await.unwrap(), None);
    let cancelled = journal.cancel_replays(canceling(id)).await;
    assert!(matches!(cancelled, Err(WriteError::NoReplays(unknown)) if unknown == id), "{cancelled:?}");
    let act = ReplayNext { job: id, serves: [hook()].into(), at: at(31) };
    assert!(matches!(journal.replay_next(act).await, Err(WriteError::NoReplays(_))));
}
