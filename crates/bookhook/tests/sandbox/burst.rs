//! A thousand transactions at once.

use std::collections::BTreeSet;

use bkper_client::BookHandle;
use bkper_client::model::Transaction;
use bookhook::EventType;
use bookhook::model::{Outcome, State};
use bookhook_testkit::Runs;

use crate::handlers::prompt;
use crate::scene::{Scene, sale};

const POSTED: &[EventType] = &[EventType::TransactionPosted];
const BOOKS: [&str; 4] = ["Aurora EUR", "Aurora Inventory", "Aurora Receivables", "Aurora USD"];
const BATCHES: usize = 5;
const BATCH: usize = 50;

#[tokio::test]
async fn a_thousand_transactions_in_four_books_are_each_handled_exactly_once() {
    let (scene, runs) = (Scene::new().await, Runs::default());
    scene.register("tax-bot", POSTED).await;
    let serving = scene.serve([prompt(scene.hook("tax-bot"), &runs)]).await;
    let mut books = Vec::new();
    for name in BOOKS {
        let book = scene.book(name).await;
        scene.install("tax-bot", &book).await;
        books.push(book);
    }
    let batches = books.iter().flat_map(|book| (0..BATCHES).map(|_| tokio::spawn(sell_many(book.clone()))));
    for batch in batches.collect::<Vec<_>>() {
        batch.await.unwrap();
    }
    scene.settled().await;

    for book in &books {
        let events = scene.events(book, &POSTED[0]).await;
        let happened: Vec<_> = events.iter().map(|event| event.id.as_ref().unwrap().to_string()).collect();
        assert_eq!(happened.len(), BATCHES * BATCH);
        assert_eq!(runs.events_in(book.id().as_str()), happened, "each once, in order");
        let activity = scene.activity(book, &POSTED[0]).await;
        let is_shown = |told: &Vec<String>| *told == ["INFO of tax-bot: TRANSACTION_POSTED run 1"];
        assert!(activity.iter().all(is_shown));
        assert_eq!(book.backlog().await.unwrap(), 0);
    }
    assert!(runs.lanes_with_overlaps().is_empty());
    let deliveries = serving.deliveries().await;
    let events: BTreeSet<_> =
        deliveries.iter().map(|one| one.event_id.clone().unwrap().to_string()).collect();
    assert_eq!((deliveries.len(), events.len()), (runs.count(), runs.count()));
    assert!(deliveries.iter().all(|one| (one.state, one.outcome) == (State::Settled, Some(Outcome::Result))));
}

async fn sell_many(book: BookHandle) {
    let sales: Vec<Transaction> =
        (1..=BATCH).map(|amount| sale(&book, &amount.to_string()).build()).collect();
    assert_eq!(book.create_transactions(sales).await.unwrap().len(), BATCH);
}
