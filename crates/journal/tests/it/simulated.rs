//! The disk and the hand that other crates' simulations step through.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bookhook_journal::simulated::{Change, Disk, Hand};
use bookhook_journal::{Appended, Pending, Place, WriteError};
use bookhook_model::{Response, RunNumber, State};

use crate::given::{ada, at, sending, settling};

/// The answer, if it is there.
fn answer<T>(pending: Pending<T>) -> Option<Result<T, WriteError>> {
    match pin!(pending).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

fn states(hand: &Hand<'_>) -> Vec<State> {
    let changes = hand.changes().unwrap();
    let state = |change: &Change| match change {
        Change::Comes { stand, .. } | Change::Moves { to: stand, .. } => Some(stand.state),
        _ => None,
    };
    changes.iter().filter_map(state).collect()
}

#[test]
fn nothing_is_answered_before_it_is_written() {
    let disk = Disk::new().unwrap();
    let (journal, mut hand) = disk.boot().unwrap();
    let mut appended = pin!(journal.append(sending("e1", Place::Start)));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(appended.as_mut().poll(&mut cx).is_pending());
    assert_eq!(hand.handed_in(), 1);
    hand.write(1, 0);
    let appended = appended.as_mut().poll(&mut cx);
    assert!(matches!(appended, Poll::Ready(Ok(Appended::Fresh { conflict: false }))));
    assert_eq!(states(&hand), [State::Running]);
}

#[test]
fn a_crash_loses_what_was_not_written_and_nothing_else() {
    let disk = Disk::new().unwrap();
    let (journal, mut hand) = disk.boot().unwrap();
    let (first, second) = (sending("e1", Place::Start), sending("e2", Place::Queue));
    let (first_id, second_id) = (first.id, second.id);
    drop(journal.append(first));
    let lost = journal.append(second);
    hand.write(1, 0);
    drop((journal, hand));
    assert!(matches!(answer(lost), Some(Err(WriteError::Closed))));

    let (_journal, hand) = disk.boot().unwrap();
    assert_eq!(hand.find(first_id).unwrap().unwrap().state, State::Running);
    assert_eq!(hand.find(second_id).unwrap(), None);
}

#[test]
fn when_a_group_cannot_be_written_each_act_is_tried_alone() {
    let disk = Disk::new().unwrap();
    let (journal, mut hand) = disk.boot().unwrap();
    let acts = ["e1", "e2", "e3"].map(|event| journal.append(sending(event, Place::Queue)));
    hand.write(3, 0b101);
    let written = acts.map(|act| answer(act).unwrap().is_ok());
    assert_eq!(written, [true, false, true]);
    assert_eq!(states(&hand), [State::Waiting, State::Waiting]);
}

#[test]
fn reads_wait_until_they_are_answered() {
    let disk = Disk::new().unwrap();
    let (journal, mut hand) = disk.boot().unwrap();
    let act = sending("e1", Place::Start);
    let id = act.id;
    drop(journal.append(act));
    let mut found = pin!(journal.find(id));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(found.as_mut().poll(&mut cx).is_pending());
    hand.write(1, 0);
    assert_eq!(hand.read(), 1);
    let Poll::Ready(Ok(Some(delivery))) = found.as_mut().poll(&mut cx) else { panic!("it is there") };
    assert_eq!(delivery.id, id);
}

#[test]
fn what_is_written_shows_change_by_change() {
    let disk = Disk::new().unwrap();
    let (journal, mut hand) = disk.boot().unwrap();
    let act = sending("e1", Place::Start);
    let id = act.id;
    drop(journal.append(act));
    drop(journal.settle(settling(id, RunNumber::FIRST, &Response::result("done"))));
    drop(journal.pause(crate::given::hook(), None, ada(), at(1)));
    drop(journal.resume(crate::given::hook(), ada(), at(2)));
    hand.write(4, 0);
    let changes = hand.changes().unwrap();
    let [Change::Comes { .. }, Change::Begins(..), ended, moved, Change::Pauses(_), Change::Resumes(_)] =
        &changes[..]
    else {
        panic!("{changes:?}")
    };
    let Change::Ends { again: false, response: Some(response), .. } = ended else { panic!("{ended:?}") };
    assert_eq!(*response, Response::result("done"));
    let Change::Moves { from, to, .. } = moved else { panic!("{moved:?}") };
    assert_eq!((from.state, to.state), (State::Running, State::Settled));
    assert_eq!(hand.changes().unwrap(), []);
}
