//! Retention: what is old goes, what is open stays.

use bookhook_journal::{Append, Cursor, Journal, Place, Retain, Retained, Settle, Then};
use bookhook_model::{DeliveryId, Filter, OnPark, ParkReason, Response, RunNumber, State};
use jiff::Timestamp;

use super::on_every_backend;
use crate::given::{Home, at, failing, sending, settled, settling, started};

on_every_backend! {
    what_was_settled_before_is_gone_with_payload_and_runs,
    what_is_open_or_parked_is_never_removed,
    what_is_unmatched_goes_by_when_it_was_received,
    what_was_settled_late_is_found_by_the_next_walk,
    a_walk_ends_where_everything_is_younger,
    a_journal_that_takes_too_much_loses_the_oldest,
    without_a_limit_everything_is_kept,
    an_event_that_comes_again_after_it_was_removed_is_new,
    places_are_not_taken_again,
}

fn until(settled_before: Timestamp) -> Retain {
    Retain { settled_before: Some(settled_before), bytes_max: None, after: Cursor::START }
}

/// Walks to the end; gives how many were removed.
async fn retain(journal: &Journal, mut act: Retain) -> u64 {
    let mut removed = 0;
    loop {
        let found = journal.retain(act).await.unwrap();
        removed += found.removed;
        act.after = found.place;
        if found.is_done {
            return removed;
        }
    }
}

async fn left(journal: &Journal) -> Vec<DeliveryId> {
    let page = journal.list_after(&Filter::default(), Cursor::START, 1000).await.unwrap();
    page.items.iter().map(|delivery| delivery.id).collect()
}

async fn append(journal: &Journal, act: Append) -> DeliveryId {
    let id = act.id;
    journal.append(act).await.unwrap();
    id
}

fn received(event: &str, seconds: i64, place: Place) -> Append {
    Append { received_at: at(seconds), ..sending(event, place) }
}

async fn what_was_settled_before_is_gone_with_payload_and_runs(home: Home) {
    let journal = home.open().await;
    let old = settled(&journal, "old", &Response::result(1)).await;
    let young = append(&journal, received("young", 100, Place::Settle(Response::result(1)))).await;
    assert_eq!(retain(&journal, until(at(50))).await, 1);
    assert_eq!(left(&journal).await, [young]);
    assert_eq!(journal.find(old).await.unwrap(), None);
    assert_eq!(journal.payload(old).await.unwrap(), None);
}

async fn what_is_open_or_parked_is_never_removed(home: Home) {
    let journal = home.open().await;
    started(&journal, "running").await;
    let parked = started(&journal, "parked").await;
    let park = Then::Park { reason: ParkReason::TokenExpired, on_park: OnPark::Continue };
    journal.settle(failing(parked, RunNumber(1), park)).await.unwrap();
    append(&journal, sending("waiting", Place::Queue)).await;
    append(&journal, sending("held", Place::Hold)).await;
    assert_eq!(retain(&journal, Retain { bytes_max: Some(1), ..until(at(1_000_000)) }).await, 0);
    assert_eq!(left(&journal).await.len(), 4);
}

async fn what_is_unmatched_goes_by_when_it_was_received(home: Home) {
    let journal = home.open().await;
    append(&journal, received("old", 0, Place::Unmatched)).await;
    let young = append(&journal, received("young", 60, Place::Unmatched)).await;
    assert_eq!(retain(&journal, until(at(50))).await, 1);
    assert_eq!(left(&journal).await, [young]);
}

async fn what_was_settled_late_is_found_by_the_next_walk(home: Home) {
    let journal = home.open().await;
    let late = started(&journal, "late").await;
    let settling = settling(late, RunNumber::FIRST, &Response::result(1));
    journal.settle(Settle { at: at(500), ..settling }).await.unwrap();
    assert_eq!(retain(&journal, until(at(50))).await, 0);
    assert_eq!(retain(&journal, until(at(600))).await, 1);
}

async fn a_walk_ends_where_everything_is_younger(home: Home) {
    let journal = home.open().await;
    for n in 0..500 {
        drop(journal.append(received(&format!("old{n}"), n, Place::Unmatched)));
    }
    let first = journal.retain(until(at(450))).await.unwrap();
    assert!(!first.is_done && first.removed > 0, "{first:?}");
    let rest = retain(&journal, Retain { after: first.place, ..until(at(450)) }).await;
    assert_eq!((first.removed + rest, left(&journal).await.len()), (450, 50));
}

async fn a_journal_that_takes_too_much_loses_the_oldest(home: Home) {
    let journal = home.open().await;
    for n in 0..60 {
        let mut act = received(&format!("e{n}"), n, Place::Unmatched);
        act.event.body = vec![b'x'; 100_000].into();
        drop(journal.append(act));
    }
    journal.check_writable().await.unwrap();
    let all = left(&journal).await;
    let limit = Retain { settled_before: None, bytes_max: Some(3_000_000), after: Cursor::START };
    let removed = usize::try_from(retain(&journal, limit).await).unwrap();
    assert!((30..=50).contains(&removed), "{removed}");
    assert_eq!(left(&journal).await, all[removed..]);
}

async fn without_a_limit_everything_is_kept(home: Home) {
    let journal = home.open().await;
    settled(&journal, "e", &Response::result(1)).await;
    let nothing = Retain { settled_before: None, bytes_max: None, after: Cursor::START };
    let expected = Retained { removed: 0, place: Cursor::START, is_done: true };
    assert_eq!(journal.retain(nothing).await.unwrap(), expected);
}

async fn an_event_that_comes_again_after_it_was_removed_is_new(home: Home) {
    let journal = home.open().await;
    settled(&journal, "e", &Response::result(1)).await;
    assert_eq!(retain(&journal, until(at(50))).await, 1);
    let again = started(&journal, "e").await;
    assert_eq!(journal.find(again).await.unwrap().unwrap().state, State::Running);
}

/// Who follows the journal would pass by what takes the place of something that was removed.
async fn places_are_not_taken_again(home: Home) {
    let journal = home.open().await;
    settled(&journal, "first", &Response::result(1)).await;
    settled(&journal, "second", &Response::result(1)).await;
    let seen = journal.list_after(&Filter::default(), Cursor::START, 10).await.unwrap().next.unwrap();
    assert_eq!(retain(&journal, until(at(50))).await, 2);
    let third = started(&journal, "third").await;
    let page = journal.list_after(&Filter::default(), seen, 10).await.unwrap();
    assert_eq!(page.items.iter().map(|delivery| delivery.id).collect::<Vec<_>>(), [third]);
}
