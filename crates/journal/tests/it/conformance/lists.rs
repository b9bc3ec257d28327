//! Lists: pages, filters, following.

use bookhook_journal::{Cursor, Journal, Place};
use bookhook_model::{DeliveryId, Filter, OnPark, Outcome, ParkReason, Response, RunNumber, State};

use super::on_every_backend;
use crate::given::{Home, at, failing, parking, sending, settled, started};

on_every_backend! {
    pages_go_from_the_newest_to_the_oldest,
    the_last_page_has_no_next,
    following_goes_on_from_where_it_was,
    filters_take_what_fits_all_of_them,
    a_list_leaves_runs_out,
}

async fn ids(journal: &Journal, filter: &Filter) -> Vec<DeliveryId> {
    let page = journal.list(filter, None, 100).await.unwrap();
    page.items.into_iter().map(|delivery| delivery.id).collect()
}

async fn one_by_one(journal: &Journal, filter: &Filter) -> Vec<DeliveryId> {
    let (mut told, mut cursor) = (Vec::new(), None);
    loop {
        let page = journal.list(filter, cursor.as_ref(), 1).await.unwrap();
        assert!(page.items.len() <= 1);
        told.extend(page.items.into_iter().map(|delivery| delivery.id));
        cursor = page.next;
        if cursor.is_none() {
            return told;
        }
    }
}

async fn pages_go_from_the_newest_to_the_oldest(home: Home) {
    let journal = home.open().await;
    let mut expected = Vec::new();
    for n in 0..7 {
        expected.insert(0, started(&journal, &format!("e{n}")).await);
    }
    let (mut told, mut cursor) = (Vec::new(), None);
    loop {
        let page = journal.list(&Filter::default(), cursor.as_ref(), 3).await.unwrap();
        told.extend(page.items.into_iter().map(|delivery| delivery.id));
        started(&journal, &format!("meanwhile{}", told.len())).await;
        match page.next {
            Some(next) => cursor = Some(next.to_string().parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(told, expected);
}

async fn the_last_page_has_no_next(home: Home) {
    let journal = home.open().await;
    assert_eq!(journal.list(&Filter::default(), None, 2).await.unwrap().next, None);
    for n in 0..2 {
        started(&journal, &format!("e{n}")).await;
    }
    let page = journal.list(&Filter::default(), None, 2).await.unwrap();
    assert_eq!((page.items.len(), page.next), (2, None));
}

async fn following_goes_on_from_where_it_was(home: Home) {
    let journal = home.open().await;
    let first = started(&journal, "first").await;
    let page = journal.list_after(&Filter::default(), Cursor::START, 10).await.unwrap();
    assert_eq!(page.items[0].id, first);
    let after = page.next.unwrap();
    let nothing = journal.list_after(&Filter::default(), after, 10).await.unwrap();
    assert_eq!((nothing.items.len(), nothing.next), (0, Some(after)));
    let (second, third) = (started(&journal, "second").await, started(&journal, "third").await);
    let page = journal.list_after(&Filter::default(), after, 10).await.unwrap();
    let told: Vec<_> = page.items.iter().map(|delivery| delivery.id).collect();
    assert_eq!(told, [second, third]);
}

async fn filters_take_what_fits_all_of_them(home: Home) {
    let journal = home.open().await;
    let good = settled(&journal, "good", &Response::result(1)).await;
    let bad = settled(&journal, "bad", &Response::error("no")).await;
    let parked = started(&journal, "parked").await;
    journal
        .settle(failing(parked, RunNumber(1), parking(ParkReason::TokenExpired, OnPark::Continue)))
        .await
        .unwrap();
    let mut act = sending("other", Place::Queue);
    act.hook = "other-bot".parse().unwrap();
    act.event.book_id = Some("book-2".into());
    act.event.agent_id = None;
    act.event.event_type = "FILE_CREATED".into();
    act.received_at = at(100);
    let other = act.id;
    journal.append(act).await.unwrap();

    let all = Filter::default;
    let text = |text: &str| Some(text.to_owned());
    let cases = [
        (all(), vec![other, parked, bad, good]),
        (Filter { hook: "other-bot".parse().ok(), ..all() }, vec![other]),
        (Filter { book_id: text("book-1"), ..all() }, vec![parked, bad, good]),
        (Filter { event_id: text("bad"), ..all() }, vec![bad]),
        (Filter { event_type: text("FILE_CREATED"), ..all() }, vec![other]),
        (Filter { agent_id: text("some-agent"), ..all() }, vec![parked, bad, good]),
        (Filter { state: Some(State::Waiting), ..all() }, vec![other]),
        (Filter { state: Some(State::Parked), ..all() }, vec![parked]),
        (Filter { state: Some(State::Unmatched), ..all() }, vec![]),
        (Filter { state: Some(State::Settled), ..all() }, vec![bad, good]),
        (Filter { outcome: Some(Outcome::Result), ..all() }, vec![good]),
        (Filter { outcome: Some(Outcome::Error), ..all() }, vec![bad]),
        (Filter { outcome: Some(Outcome::Error), book_id: text("book-2"), ..all() }, vec![]),
        (Filter { book_id: text("book-1"), agent_id: text("some-agent"), ..all() }, vec![parked, bad, good]),
        (Filter { book_id: text("book-1"), state: Some(State::Parked), ..all() }, vec![parked]),
        (Filter { hook: "other-bot".parse().ok(), event_id: text("other"), ..all() }, vec![other]),
        (Filter { hook: "other-bot".parse().ok(), event_id: text("good"), ..all() }, vec![]),
        (Filter { error: true, ..all() }, vec![parked, bad]),
        (Filter { error: true, state: Some(State::Settled), ..all() }, vec![bad]),
        (Filter { after: Some(at(100)), ..all() }, vec![other]),
        (Filter { before: Some(at(100)), ..all() }, vec![parked, bad, good]),
        (Filter { book_id: text("' OR 1=1 --"), ..all() }, vec![]),
    ];
    for (filter, expected) in cases {
        assert_eq!(ids(&journal, &filter).await, expected, "{filter:?}");
        assert_eq!(one_by_one(&journal, &filter).await, expected, "{filter:?}");
    }
}

async fn a_list_leaves_runs_out(home: Home) {
    let journal = home.open().await;
    started(&journal, "e").await;
    let page = journal.list(&Filter::default(), None, 1).await.unwrap();
    assert_eq!(page.items[0].runs, None);
}
