//! The journal that other crates' tests make fail.

use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bookhook_journal::{Place, Write, WriteError};
use bookhook_model::State;

use crate::given::{Home, sending, state};

#[tokio::test]
async fn the_next_writes_of_a_kind_fail_and_leave_nothing() {
    let (journal, faults) = Home::memory().open().await.with_faults();
    faults.fail_next(1, Write::Append);
    let act = sending("e", Place::Queue);
    let failed = journal.append(act.clone()).await;
    assert!(matches!(failed, Err(WriteError::Injected)), "{failed:?}");
    assert_eq!(journal.find(act.id).await.unwrap(), None);
    journal.append(act).await.unwrap();
}

#[tokio::test]
async fn answers_can_be_held_back() {
    let (journal, faults) = Home::memory().open().await.with_faults();
    faults.hold();
    let act = sending("e", Place::Start);
    let id = act.id;
    let mut answer = pin!(journal.append(act));
    while journal.find(id).await.unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(state(&journal, id).await, State::Running, "it is written");
    assert!(matches!(answer.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
    faults.release();
    answer.await.unwrap();
}
