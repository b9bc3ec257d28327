//! Erasure: what belongs to a book, or was caused by an app or a user, is gone.

use std::collections::BTreeSet;

use bookhook_journal::{Append, Cursor, Journal, Place, Whose};
use bookhook_model::{ActFilter, ActKind, DeliveryId, Filter, Response, State};

use super::on_every_backend;
use crate::given::{Home, ada, at, erasing, found, sending, settled, started};

on_every_backend! {
    what_belongs_to_the_book_is_gone_and_the_rest_is_left,
    what_an_app_caused_is_gone_in_every_book,
    what_a_user_caused_is_gone_in_every_book,
    what_a_user_caused_is_found_among_many,
    what_a_user_caused_and_was_only_handed_in_is_found,
    an_erasure_is_recorded_and_not_whose,
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

/// In this book, by this user.
fn by(event: &str, book: &str, user: &str, place: Place) -> Append {
    let mut act = of(event, book, "bkper-cli", place);
    act.event.user_id = Some(user.into());
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

fn ann() -> Whose {
    Whose::User("ann".into())
}

async fn what_belongs_to_the_book_is_gone_and_the_rest_is_left(home: Home) {
    let journal = home.open().await;
    let gone = settled(&journal, "mine", &Response::result(1)).await;
    append(&journal, of("unmatched", "book-1", "tax-bot", Place::Unmatched)).await;
    let other = append(&journal, of("other", "book-2", "tax-bot", Place::Unmatched)).await;
    let erased = journal.erase(erasing(book()), |_| ()).await.unwrap();
    assert_eq!((erased.deliveries, erased.running.len()), (2, 0));
    assert_eq!(left(&journal).await, [other].into());
    assert_eq!(journal.find(gone).await.unwrap(), None);
    assert_eq!(journal.payload(gone).await.unwrap(), None);
}

async fn what_an_app_caused_is_gone_in_every_book(home: Home) {
    let journal = home.open().await;
    append(&journal, of("a", "book-1", "tax-bot", Place::Unmatched)).await;
    append(&journal, of("b", "book-2", "tax-bot", Place::Unmatched)).await;
    let others = append(&journal, of("c", "book-1", "bkper-cli", Place::Unmatched)).await;
    let erased = journal.erase(erasing(Whose::Agent("tax-bot".into())), |_| ()).await.unwrap();
    assert_eq!(erased.deliveries, 2);
    assert_eq!(left(&journal).await, [others].into());
}

/// Of whatever app, in whatever state.
async fn what_a_user_caused_is_gone_in_every_book(home: Home) {
    let journal = home.open().await;
    append(&journal, by("a", "book-1", "ann", Place::Unmatched)).await;
    let waiting = append(&journal, by("b", "book-2", "ann", Place::Queue)).await;
    let running = append(&journal, by("c", "book-3", "ann", Place::Start)).await;
    let bens = append(&journal, by("d", "book-1", "ben", Place::Unmatched)).await;
    let mut nobodys = sending("e", Place::Unmatched);
    nobodys.event.user_id = None;
    let nobodys = append(&journal, nobodys).await;
    assert_eq!(found(&journal, bens).await.user_id.as_deref(), Some("ben"));
    let mut told = Vec::new();
    let erased = journal.erase(erasing(ann()), |id| told.push(id)).await.unwrap();
    assert_eq!((erased.deliveries, erased.running), (2, vec![running]));
    assert_eq!(told, [waiting]);
    assert_eq!(left(&journal).await, [running, bens, nobodys].into());
    assert_eq!(journal.erase(erasing(Whose::User("an".into())), |_| ()).await.unwrap().deliveries, 0);
}

/// More than are looked at in one go.
async fn what_a_user_caused_is_found_among_many(home: Home) {
    let journal = home.open().await;
    let mut last = None;
    for n in 0..9_000 {
        let user = if n % 20 == 0 { "ann" } else { "ben" };
        last = Some(journal.append(by(&format!("e{n}"), "book-1", user, Place::Unmatched)));
    }
    last.unwrap().await.unwrap();
    assert_eq!(journal.erase(erasing(ann()), |_| ()).await.unwrap().deliveries, 450);
    let bens = journal.erase(erasing(book()), |_| ()).await.unwrap();
    assert_eq!(bens.deliveries, 8_550);
}

async fn what_a_user_caused_and_was_only_handed_in_is_found(home: Home) {
    let journal = home.open().await;
    for n in 0..50 {
        drop(journal.append(by(&format!("e{n}"), "book-1", "ann", Place::Unmatched)));
    }
    assert_eq!(journal.erase(erasing(ann()), |_| ()).await.unwrap().deliveries, 50);
}

async fn an_erasure_is_recorded_and_not_whose(home: Home) {
    let journal = home.open().await;
    append(&journal, by("a", "book-2", "ann", Place::Start)).await;
    append(&journal, by("b", "book-2", "ann", Place::Unmatched)).await;
    append(&journal, by("c", "book-1", "ben", Place::Unmatched)).await;
    journal.erase(erasing(ann()), |_| ()).await.unwrap();
    journal.erase(erasing(book()), |_| ()).await.unwrap();
    journal.erase(erasing(Whose::Agent("nobody".into())), |_| ()).await.unwrap();
    let acts = journal.acts(&ActFilter::default(), None, 10).await.unwrap().items;
    for act in &acts {
        assert_eq!((act.what, &act.who, act.at), (ActKind::Erase, &ada(), at(14)));
        assert_eq!((&act.hook, &act.lane, act.delivery), (&None, &None, None));
    }
    let details: Vec<_> = acts.iter().map(|act| act.detail.as_deref().unwrap()).collect();
    let told = ["by agent: 0 deliveries", "by book: 1 delivery", "by user: 1 delivery, 1 left that ran"];
    assert_eq!(details, told, "the newest first");
}

async fn what_runs_is_left_and_reported(home: Home) {
    let journal = home.open().await;
    let running = started(&journal, "running").await;
    settled(&journal, "settled", &Response::result(1)).await;
    let erased = journal.erase(erasing(book()), |_| ()).await.unwrap();
    assert_eq!((erased.deliveries, erased.running), (1, vec![running]));
    assert_eq!(found(&journal, running).await.state, State::Running);
}

async fn what_waited_is_told_so_that_it_leaves_its_lane(home: Home) {
    let journal = home.open().await;
    settled(&journal, "settled", &Response::result(1)).await;
    let waiting = append(&journal, sending("waiting", Place::Queue)).await;
    let held = append(&journal, sending("held", Place::Hold)).await;
    let mut told = Vec::new();
    journal.erase(erasing(book()), |id| told.push(id)).await.unwrap();
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
    let erased = journal.erase(erasing(book()), |_| ()).await.unwrap();
    assert_eq!((erased.deliveries, erased.running), (455, vec![running]));
    assert_eq!(left(&journal).await, [running].into());
}

async fn an_erased_event_that_comes_again_is_new(home: Home) {
    let journal = home.open().await;
    let first = settled(&journal, "e", &Response::result(1)).await;
    journal.erase(erasing(book()), |_| ()).await.unwrap();
    let second = started(&journal, "e").await;
    assert_eq!(left(&journal).await, [second].into());
    assert_ne!(first, second);
}

/// Who follows the journal would pass by what takes the place of something that was removed; and so would who goes on
/// with a list, or starts again.
async fn places_of_what_is_erased_are_not_taken_again(home: Home) {
    let journal = home.open().await;
    let old = append(&journal, of("old", "book-2", "tax-bot", Place::Unmatched)).await;
    for n in 0..3 {
        settled(&journal, &format!("e{n}"), &Response::result(1)).await;
    }
    let all = Filter::default();
    let seen = journal.list_after(&all, Cursor::START, 10).await.unwrap().next.unwrap();
    let newest = journal.list(&all, None, 2).await.unwrap().next.unwrap();
    journal.erase(erasing(book()), |_| ()).await.unwrap();
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
