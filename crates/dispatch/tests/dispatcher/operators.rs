//! What people do with single deliveries.

use bookhook_dispatch::{ActError, Answer, Later};
use bookhook_journal::acts::Replay;
use bookhook_journal::{Write, WriteError};
use bookhook_model::{
    ActFilter, ActKind, Cause, DeliveryId, Failure, FailureKind, OnPark, Policy, ReplayOptions, Response,
    RunEnd, State,
};
use jiff::Timestamp;

use crate::given::{Given, Scripted, ada, answered, hook, impatient, left_waiting, new_journal, response};

impl Given {
    async fn id(&self, event: &str) -> DeliveryId {
        self.find(event).await.unwrap().id
    }

    async fn until_settled(&self, event: &str) {
        self.until(event, "it is settled", |found| found.state == State::Settled).await;
    }
}

/// What was settled with an error keeps its token, so that it can be replayed.
async fn failing_first() -> Given {
    Given::scripted(|number| match number {
        0 => RunEnd::Answered { status: None, response: Response::error("no such account") },
        n => answered(&format!("run {n}")),
    })
    .await
}

fn is_parked(answer: &Answer) -> bool {
    matches!(answer, Answer::Later { why: Later::Parked, .. })
}

#[tokio::test]
async fn a_replay_runs_again_at_the_back_of_its_lane() {
    let given = failing_first().await;
    let first = given.sent("e1").await;
    given.gate.let_one_through();
    assert_eq!(response(first.await.unwrap()), Response::error("no such account"));
    let second = given.sent("e2").await;
    let third = given.sent("e3").await;

    given.dispatcher.replay(given.id("e1").await, ReplayOptions::default(), &ada()).await.unwrap();
    assert_eq!(given.find("e1").await.unwrap().state, State::Waiting);
    given.gate.open();

    response(second.await.unwrap());
    response(third.await.unwrap());
    given.until_settled("e1").await;
    assert_eq!(given.runs.events(), ["e1", "e2", "e3", "e1"]);
    assert_eq!(given.runs.causes()[3], Cause::Replay);
    assert_eq!(given.load(), (0, 0));
}

#[tokio::test]
async fn a_caller_who_comes_while_a_replay_waits_joins_it() {
    let given = failing_first().await;
    let first = given.sent("e1").await;
    given.gate.let_one_through();
    response(first.await.unwrap());
    let _running = given.sent("e2").await;
    given.dispatcher.replay(given.id("e1").await, ReplayOptions::default(), &ada()).await.unwrap();

    let joining = given.sent("e1").await;
    given.gate.open();
    assert_eq!(response(joining.await.unwrap()), Response::result("run 2"));
    assert_eq!(given.runs.count(), 3);
}

#[tokio::test]
async fn without_its_token_a_delivery_runs_again_only_if_it_may() {
    let given = Given::prompt().await;
    response(given.send("e1").await);
    let id = given.id("e1").await;

    let refused = given.dispatcher.replay(id, ReplayOptions::default(), &ada()).await;
    assert!(matches!(refused, Err(ActError::Journal(WriteError::TokenGone(_)))), "{refused:?}");
    assert_eq!(given.find("e1").await.unwrap().state, State::Settled);

    given.dispatcher.replay(id, ReplayOptions { without_token: true }, &ada()).await.unwrap();
    given.until("e1", "it has run twice", |found| found.runs.as_ref().unwrap().len() == 2).await;
    given.until_settled("e1").await;
}

#[tokio::test]
async fn nothing_can_be_done_with_what_is_not_there() {
    let given = Given::prompt().await;
    let id = "dlv_01HF7YAT000000000000000001".parse().unwrap();
    let refusals = [
        given.dispatcher.replay(id, ReplayOptions::default(), &ada()).await,
        given.dispatcher.unpark(id, &ada()).await,
        given.dispatcher.park(id, None, &ada()).await,
        given.dispatcher.skip(id, &ada()).await,
        given.dispatcher.explain(id).await.map(drop),
    ];
    for refused in refusals {
        assert!(matches!(refused, Err(ActError::NotFound(unknown)) if unknown == id), "{refused:?}");
    }
}

#[tokio::test]
async fn what_is_parked_leaves_its_lane_and_its_caller_is_told() {
    let given = Given::gated().await;
    let first = given.sent("e1").await;
    let second = given.sent("e2").await;
    let third = given.sent("e3").await;

    given.dispatcher.park(given.id("e2").await, Some("month end"), &ada()).await.unwrap();
    assert!(is_parked(&second.await.unwrap()));
    assert_eq!(given.load(), (1, 1));
    let parked = given.find("e2").await.unwrap();
    assert_eq!(parked.parked_reason.as_deref(), Some("parked by ada@laptop: month end"));

    given.gate.open();
    response(first.await.unwrap());
    response(third.await.unwrap());
    assert_eq!(given.runs.events(), ["e1", "e3"]);
}

#[tokio::test]
async fn what_is_skipped_is_settled_without_a_run() {
    let given = Given::gated().await;
    let first = given.sent("e1").await;
    let second = given.sent("e2").await;

    given.dispatcher.skip(given.id("e2").await, &ada()).await.unwrap();
    assert_eq!(response(second.await.unwrap()), Response::suppressed());
    given.gate.open();
    response(first.await.unwrap());
    assert_eq!(given.runs.events(), ["e1"]);
    assert_eq!(given.find("e2").await.unwrap().state, State::Settled);
    assert_eq!(given.load(), (0, 0));
}

#[tokio::test]
async fn what_runs_is_left_alone() {
    let given = Given::gated().await;
    let sending = given.sent("e1").await;
    given.runs.until_begun(1).await;
    let id = given.id("e1").await;
    let refusals = [
        given.dispatcher.park(id, None, &ada()).await,
        given.dispatcher.skip(id, &ada()).await,
        given.dispatcher.unpark(id, &ada()).await,
        given.dispatcher.replay(id, ReplayOptions::default(), &ada()).await,
    ];
    for refused in refusals {
        let is_refused =
            matches!(refused, Err(ActError::Journal(WriteError::Refused { state: State::Running, .. })));
        assert!(is_refused, "{refused:?}");
    }
    given.gate.open();
    assert_eq!(response(sending.await.unwrap()), Response::result("run 0"));
}

#[tokio::test]
async fn what_cannot_be_parked_runs_in_its_turn() {
    let given = Given::gated().await;
    let first = given.sent("e1").await;
    let second = given.sent("e2").await;
    given.faults.fail_next(1, Write::Park);
    assert!(given.dispatcher.park(given.id("e2").await, None, &ada()).await.is_err());
    given.gate.open();
    response(first.await.unwrap());
    response(second.await.unwrap());
    assert_eq!(given.runs.events(), ["e1", "e2"]);
}

/// The lane is free before the journal has answered; what is parked must not begin in between.
#[tokio::test]
async fn what_is_being_parked_does_not_begin() {
    let given = Given::gated().await;
    let _first = given.sent("e1").await;
    let second = given.sent("e2").await;
    let third = given.sent("e3").await;
    given.runs.until_begun(1).await;
    let id = given.id("e2").await;
    given.faults.hold();
    let dispatcher = given.dispatcher.clone();
    let parking = tokio::spawn(async move { dispatcher.park(id, None, &ada()).await });
    given.until("e2", "it is parked", |found| found.state == State::Parked).await;
    given.gate.open();
    given.until("e1", "it is settled", |found| found.state == State::Settled).await;

    given.faults.release();
    parking.await.unwrap().unwrap();
    assert!(is_parked(&second.await.unwrap()));
    response(third.await.unwrap());
    assert_eq!(given.runs.events(), ["e1", "e3"]);
    assert_eq!(given.find("e2").await.unwrap().runs.unwrap(), []);
}

#[tokio::test]
async fn what_is_unparked_has_its_old_place_in_its_lane() {
    let given = Given::gated().await;
    for event in ["e1", "e2", "e3", "e4", "e5"] {
        given.sent(event).await;
    }
    for event in ["e2", "e4", "e3"] {
        given.dispatcher.park(given.id(event).await, None, &ada()).await.unwrap();
    }
    for event in ["e2", "e4", "e3"] {
        given.dispatcher.unpark(given.id(event).await, &ada()).await.unwrap();
    }
    assert_eq!(given.load(), (4, 1));
    given.gate.open();
    given.until_settled("e5").await;
    assert_eq!(given.runs.events(), ["e1", "e2", "e3", "e4", "e5"]);
    assert_eq!(given.runs.causes()[1], Cause::Retry);
}

/// Gives up after its first failure, and has the lane wait.
fn holding() -> Policy {
    let mut policy = Policy { on_park: OnPark::Hold, ..impatient() };
    policy.retry.max_runs = 1;
    policy
}

/// A lane that waits for `e1`, which is parked, with `e2` and `e3` in it.
async fn waiting_for_a_parked_one() -> Given {
    let journal = new_journal().await;
    left_waiting(&journal, &["e1"]).await;
    let script = |number| match number {
        0 => RunEnd::Failed(Failure::new(FailureKind::Unreachable, "nothing listens there")),
        n => answered(&format!("run {n}")),
    };
    let given = Given::on(journal, Scripted::new(script), holding(), Timestamp::now).await;
    given.gate.open();
    given.until("e1", "it is parked", |found| found.state == State::Parked).await;
    for event in ["e2", "e3"] {
        assert!(matches!(given.send(event).await, Answer::Later { why: Later::Paused, .. }));
    }
    given
}

#[tokio::test]
async fn a_lane_that_waits_for_a_parked_delivery_goes_on_when_that_is_skipped() {
    let given = waiting_for_a_parked_one().await;
    given.dispatcher.skip(given.id("e1").await, &ada()).await.unwrap();
    given.until_settled("e3").await;
    assert_eq!(given.runs.events(), ["e1", "e2", "e3"]);
}

#[tokio::test]
async fn a_lane_that_waits_for_a_parked_delivery_goes_on_after_its_replay() {
    let given = waiting_for_a_parked_one().await;
    given.dispatcher.replay(given.id("e1").await, ReplayOptions::default(), &ada()).await.unwrap();
    given.until_settled("e3").await;
    assert_eq!(given.runs.events(), ["e1", "e1", "e2", "e3"]);
    assert_eq!(given.runs.causes()[1], Cause::Replay);
}

#[tokio::test]
async fn what_is_unparked_is_tried_as_often_as_a_new_one() {
    let journal = new_journal().await;
    left_waiting(&journal, &["e1"]).await;
    let script = |number| match number {
        0..3 => RunEnd::Failed(Failure::new(FailureKind::Unreachable, "nothing listens there")),
        n => answered(&format!("run {n}")),
    };
    let mut policy = impatient();
    policy.retry.max_runs = 2;
    let given = Given::on(journal, Scripted::new(script), policy, Timestamp::now).await;
    given.gate.open();
    given.until("e1", "it is parked", |found| found.state == State::Parked).await;
    assert_eq!(given.runs.count(), 2);

    given.dispatcher.unpark(given.id("e1").await, &ada()).await.unwrap();
    given.until_settled("e1").await;
    assert_eq!(given.runs.count(), 4);
}

#[tokio::test]
async fn a_replay_that_is_durable_comes_back_after_a_crash() {
    let given = failing_first().await;
    given.gate.open();
    response(given.send("e1").await);
    let act = Replay {
        id: given.id("e1").await,
        options: ReplayOptions::default(),
        serves: [hook()].into(),
        who: ada(),
        at: Timestamp::now(),
    };
    given.journal.replay(act).await.unwrap();
    left_waiting(&given.journal, &["e2"]).await;

    let given =
        Given::on(given.journal, Scripted::new(|_| answered("again")), impatient(), Timestamp::now).await;
    given.gate.open();
    given.until_settled("e2").await;
    assert_eq!(given.runs.events(), ["e1", "e2"]);
}

#[tokio::test]
async fn nothing_runs_again_while_the_host_ends() {
    let given = failing_first().await;
    given.gate.open();
    response(given.send("e1").await);
    given.dispatcher.drain(std::time::Duration::ZERO).await;
    let refused = given.dispatcher.replay(given.id("e1").await, ReplayOptions::default(), &ada()).await;
    assert!(matches!(refused, Err(ActError::Draining)), "{refused:?}");
}

#[tokio::test]
async fn the_deliveries_of_a_hook_that_is_gone_do_not_run_again() {
    let given = failing_first().await;
    given.gate.open();
    response(given.send("e1").await);
    let id = given.id("e1").await;
    let dispatcher =
        bookhook_dispatch::Dispatcher::start(given.journal, Vec::new(), Timestamp::now).await.unwrap();
    let refused = dispatcher.replay(id, ReplayOptions::default(), &ada()).await;
    assert!(matches!(refused, Err(ActError::NoHook(gone)) if gone == hook()));
}

#[tokio::test]
async fn every_act_is_remembered() {
    let given = waiting_for_a_parked_one().await;
    let id = given.id("e1").await;
    given.dispatcher.unpark(id, &ada()).await.unwrap();
    given.until_settled("e3").await;
    given.dispatcher.pause(given.hook(), Some("month end"), &ada()).await.unwrap();
    given.dispatcher.resume(given.hook(), &ada()).await.unwrap();

    let page = given.journal.acts(&ActFilter::default(), None, 10).await.unwrap();
    let told: Vec<_> = page.items.iter().map(|act| (act.what, act.delivery, act.detail.as_deref())).collect();
    let expected = [
        (ActKind::Resume, None, None),
        (ActKind::Pause, None, Some("month end")),
        (ActKind::Unpark, Some(id), None),
    ];
    assert_eq!(told, expected);
    assert!(page.items.iter().all(|act| act.who == ada() && act.hook == Some(hook())));
}

#[tokio::test]
async fn an_explanation_names_what_goes_first() {
    let given = Given::gated().await;
    given.sent("e1").await;
    given.sent("e2").await;
    given.runs.until_begun(1).await;
    let told = given.dispatcher.explain(given.id("e2").await).await.unwrap();
    assert_eq!(told.behind, Some(given.id("e1").await));
    assert!(told.why.contains("in the lane `b1` behind dlv_"), "{}", told.why);

    given.dispatcher.pause(given.hook(), Some("month end"), &ada()).await.unwrap();
    let told = given.dispatcher.explain(given.id("e2").await).await.unwrap();
    assert!(told.why.contains("by ada@laptop: month end"), "{}", told.why);
    assert_eq!(told.pause.unwrap().by, ada());
}
