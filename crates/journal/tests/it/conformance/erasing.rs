//! Erasure: what belongs to a book or a user is gone.

use std::collections::BTreeSet;

use bookhook_journal::{Append, Cursor, Journal, Place, Whose};
use bookhook_model::{DeliveryId, Filter, Response, State};

use super::on_every_backend;
use crate::given::{Home, found, sending, settled, started};

on_every_backend! {
    what_belongs_to_the_book_is_gone_and_the_rest_is_left,
    what_the_user_caused_is_gone_in_every_book,
    what_runs_is_left_and_reported,
    what_waited_is_told_so_that_it_leaves_its_lane,
    more_than_fits_into_one_act_is_erased_all_the_same,
    an_erased_event_that_comes_again_is_new,
    places_of_what_is_erased_are_not_taken_again,
}

fn of(event: &str, book: &str, agent: &str, place: Place) -> Append {
    let mut act = sending(event, place);
    act.event.book_id = Some(book.into());
    act.event.agent_id = Some(agent.into());
    act
}

async fn append(journal: &Journal, act: Append) -> DeliveryId {
    let id = act.id;
    journal.append(act).await.unwrap();
    id
}

async fn left(journal: &Journal) -> BTreeSet<DeliveryId> {
    let page = journal.list(&Filter::default(), None, 1000).await.unwrap();
    page.items.iter().map(|delivery| delivery.id).collect()
}

fn book() -> Whose {
    Whose::Book("book-1".into())
}

async fn what_belongs_to_the_book_is_gone_and_the_rest_is_left(home: Home) {
    let journal = home.open().await;
    let gone = settled(&journal, "mine", &Response::result(1)).await;
    append(&journal, of("unmatched", "book-1", "ann", Place::Unmatched)).await;
    let other = append(&journal, of("other", "book-2", "ann", Place::Unmatched)).await;
    let erased = journal.erase(&book(), |_| ()).await.unwrap();
    assert_eq!((erased.deliveries, erased.running.len()), (2, 0));
    assert_eq!(left(&journal).await, [other].into());
    assert_eq!(journal.find(gone).await.unwrap(), None);
    assert_eq!(journal.payload(gone).await.unwrap(), None);
}

async fn what_the_user_caused_is_gone_in_every_book(home: Home) {
    let journal = home.open().await;
    append(&journal, of("a", "book-1", "ann", Place::Unmatched)).await;
    append(&journal, of("b", "book-2", "ann", Place::Unmatched)).await;
    let bens = append(&journal, of("c", "book-1", "ben", Place::Unmatched)).await;
    let erased = journal.erase(&Whose::Agent("ann".into()), |_| ()).await.unwrap();
    assert_eq!(erased.deliveries, 2);
    assert_eq!(left(&journal).await, [bens].into());
}

async fn what_runs_is_left_and_reported(home: Home) {
    let journal = home.open().await;
    let running = started(&journal, "running").await;
    settled(&journal, "settled", &Response::result(1)).await;
    let erased = journal.erase(&book(), |_| ()).await.unwrap();
    assert_eq!((erased.deliveries, erased.running), (1, vec![running]));
    assert_eq!(found(&journal, running).await.state, State::Running);
}

async fn what_waited_is_told_so_that_it_leaves_its_lane(home: Home) {
    let journal = home.open().await;
    settled(&journal, "settled", &Response::result(1)).await;
    let waiting = append(&journal, sending("waiting", Place::Queue)).await;
    let held = append(&journal, sending("held", Place::Hold)).await;
    let mut told = Vec::new();
    journal.erase(&book(), |id| told.push(id)).await.unwrap();
    assert_eq!(told, [waiting, held]);
}

async fn more_than_fits_into_one_act_is_erased_all_the_same(home: Home) {
    let journal = home.open().await;
    let running = started(&journal, "running").await;
    for n in 0..450 {
        drop(journal.append(sending(&format!("e{n}"), Place::Unmatched)));
    }
    for n in 0..5 {
        let mut act = sending(&format!("large{n}"), Place::Unmatched);
        act.event.body = vec![b'x'; 1 << 19].into();
        drop(journal.append(act));
    }
    let erased = journal.erase(&book(), |_| ()).await.unwrap();
    assert_eq!((erased.deliveries, erased.running), (455, vec![running]));
    assert_eq!(left(&journal).await, [running].into());
}

async fn an_erased_event_that_comes_again_is_new(home: Home) {
    let journal = home.open().await;
    let first = settled(&journal, "e", &Response::result(1)).await;
    journal.erase(&book(), |_| ()).await.unwrap();
    let second = started(&journal, "e").await;
    assert_eq!(left(&journal).await, [second].into());
    assert_ne!(first, second);
}

/// Who follows the journal would pass by what takes the place of something that was removed; and so would who goes on
/// with a list, or starts again.
async fn places_of_what_is_erased_are_not_taken_again(home: Home) {
    let journal = home.open().await;
    let old = append(&journal, of("old", "book-2", "ann", Place::Unmatched)).await;
    for n in 0..3 {
        settled(&journal, &format!("e{n}"), &Response::result(1)).await;
    }
    let all = Filter::default();
    let seen = journal.list_after(&all, Cursor::START, 10).await.unwrap().next.unwrap();
    let newest = journal.list(&all, None, 2).await.unwrap().next.unwrap();
    journal.erase(&book(), |_| ()).await.unwrap();
    let journal = if home.lasts() {
        journal.close().await;
        drop(journal);
        home.open().await
    } else {
        journal
    };
    let new = settled(&journal, "new", &Response::result(1)).await;
    let ids =
        |page: bookhook_journal::Page| page.items.iter().map(|delivery| delivery.id).collect::<Vec<_>>();
    assert_eq!(ids(journal.list_after(&all, seen, 10).await.unwrap()), [new]);
    assert_eq!(ids(journal.list(&all, Some(&newest), 10).await.unwrap()), [old]);
    assert!(journal.end().await.unwrap() > seen);
}
