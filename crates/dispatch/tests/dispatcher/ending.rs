//! What is left of a dispatcher that ends.

use std::sync::{Arc, Weak};
use std::time::Duration;

use bookhook_dispatch::scheduler::HookIndex;
use bookhook_dispatch::{Answer, Arrival, Dispatcher, HookSetup, Later, Purpose};
use bookhook_handlers::Handler;
use bookhook_model::{Policy, State};
use bookhook_testkit::eventually;
use jiff::Timestamp;

use crate::given::{Given, Scripted, answered, event, hook, new_journal};

fn is_sent_away(answer: &Answer) -> bool {
    matches!(answer, Answer::Later { why: Later::Draining, .. })
}

#[tokio::test]
async fn who_waits_for_a_run_that_does_not_end_in_time_is_sent_away() {
    let given = Given::gated().await;
    let running = given.sent("e1").await;
    let waiting = given.sent("e2").await;

    assert_eq!(given.dispatcher.drain(Duration::from_millis(10)).await, 1);

    assert!(is_sent_away(&running.await.unwrap()));
    assert!(is_sent_away(&waiting.await.unwrap()));
    assert!(is_sent_away(&given.send("e3").await));
    assert!(given.find("e3").await.is_none());
}

#[tokio::test]
async fn a_run_whose_end_is_not_durable_is_still_open() {
    let given = Given::gated().await;
    let sending = given.sent("e1").await;
    given.runs.until_begun(1).await;
    given.faults.hold();
    given.gate.open();
    given.until("e1", "it is settled", |found| found.state == State::Settled).await;

    assert_eq!(given.dispatcher.drain(Duration::ZERO).await, 1);
    assert!(is_sent_away(&sending.await.unwrap()));
    given.faults.release();
    assert_eq!(given.dispatcher.drain(Duration::from_secs(20)).await, 0);
}

#[tokio::test]
async fn a_run_that_ends_when_the_journal_is_closed_leaves_nothing_behind() {
    let journal = new_journal().await;
    let handler = Arc::new(Scripted::new(|_| answered("too late")));
    let (runs, gate) = (handler.runs.clone(), handler.gate.clone());
    let alive: Weak<dyn Handler> = Arc::downgrade(&(Arc::clone(&handler) as Arc<dyn Handler>));
    let setup = HookSetup { name: hook(), handler, policy: Policy::default() };
    let dispatcher = Dispatcher::start(journal.clone(), vec![setup], Timestamp::now).await.unwrap();
    let arrival = Arrival { event: event("e1"), received_at: Timestamp::now(), purpose: Purpose::Run };
    let sending = tokio::spawn(async move { dispatcher.deliver(HookIndex(0), arrival).await });
    runs.until_begun(1).await;

    journal.close().await;
    gate.open();

    assert!(matches!(sending.await.unwrap(), Answer::Unavailable(_)));
    eventually("the dispatcher is gone", async || alive.upgrade().is_none().then_some(())).await;
}

#[tokio::test]
async fn a_run_that_outlasts_the_drain_is_dropped_so_that_the_next_host_does_not_run_beside_it() {
    let given = Given::gated().await;
    let sending = given.sent("e1").await;
    given.runs.until_begun(1).await;
    assert_eq!(given.dispatcher.drain(Duration::ZERO).await, 1);
    assert!(is_sent_away(&sending.await.unwrap()));
    given.runs.until_ended(1).await;
}
