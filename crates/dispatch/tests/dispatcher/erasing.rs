//! What is erased leaves its lane.

use bookhook_dispatch::{Answer, Later};
use bookhook_journal::{Erase, Whose};
use bookhook_model::{ActFilter, ActKind, Response, State};
use bookhook_testkit::eventually;
use jiff::Timestamp;

use crate::given::{Given, ada, response};

fn book() -> Whose {
    Whose::Book("b1".into())
}

fn is_erased(answer: &Answer) -> bool {
    matches!(answer, Answer::Later { why: Later::Erased, .. })
}

#[tokio::test]
async fn what_waits_leaves_its_lane_and_what_runs_is_left() {
    let given = Given::gated().await;
    let running = given.sent("e1").await;
    let waiting = given.sent("e2").await;
    let erased = given.dispatcher.erase(book(), &ada()).await.unwrap();
    assert_eq!((erased.deliveries, erased.running.len()), (1, 1));
    assert!(is_erased(&waiting.await.unwrap()));
    assert_eq!(given.load(), (0, 1));

    given.gate.open();
    assert_eq!(response(running.await.unwrap()), Response::result("run 0"));
    assert_eq!(given.runs.events(), ["e1"]);
    assert_eq!(given.dispatcher.erase(book(), &ada()).await.unwrap().deliveries, 1);
}

#[tokio::test]
async fn what_is_held_does_not_run_after_the_hook_is_resumed() {
    let given = Given::prompt().await;
    given.dispatcher.pause(given.hook(), None, &ada()).await.unwrap();
    given.send("e1").await;
    assert_eq!(given.dispatcher.erase(book(), &ada()).await.unwrap().deliveries, 1);
    given.dispatcher.resume(given.hook(), &ada()).await.unwrap();
    response(given.send("e2").await);
    assert_eq!(given.runs.events(), ["e2"]);
    assert_eq!(given.load(), (0, 0));
}

/// The dispatcher has not heard of the erasure when the turn of what is erased comes.
#[tokio::test]
async fn what_is_erased_behind_the_dispatchers_back_is_passed_over() {
    let given = Given::gated().await;
    let first = given.sent("e1").await;
    let second = given.sent("e2").await;
    let erasing = Erase { whose: book(), who: ada(), at: Timestamp::now() };
    given.journal.erase(erasing, |_| ()).await.unwrap();
    let third = given.sent("e3").await;
    given.gate.open();
    response(first.await.unwrap());
    assert!(is_erased(&second.await.unwrap()));
    response(third.await.unwrap());
    assert_eq!(given.runs.events(), ["e1", "e3"]);
    given.until("e3", "it is settled", |found| found.state == State::Settled).await;
    assert_eq!(given.load(), (0, 0));
}

#[tokio::test]
async fn an_erasure_goes_on_to_its_record_when_nobody_waits_for_it() {
    let given = Given::prompt().await;
    response(given.send("e1").await);
    let who = ada();
    tokio::select! {
        biased;
        done = given.dispatcher.erase(book(), &who) => panic!("{done:?}"),
        () = std::future::ready(()) => {}
    }
    let act = eventually("the erasure is recorded", async || {
        given.journal.acts(&ActFilter::default(), None, 1).await.unwrap().items.pop()
    })
    .await;
    assert_eq!(
        (act.what, act.who, act.detail.as_deref()),
        (ActKind::Erase, ada(), Some("by book: 1 delivery"))
    );
}
