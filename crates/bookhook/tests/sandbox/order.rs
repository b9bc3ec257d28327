//! The order of events within a book.

use bookhook::EventType;
use bookhook_testkit::Runs;

use crate::handlers::prompt;
use crate::scene::{Scene, sell};

const POSTED: &[EventType] = &[EventType::TransactionPosted];
const SELLERS: usize = 4;
const SALES: usize = 30;

#[tokio::test]
async fn what_happens_in_a_book_is_handled_in_its_order_and_one_at_a_time() {
    let (scene, runs) = (Scene::new().await, Runs::default());
    let book = scene.book_with("tax-bot", POSTED).await;
    let _serving = scene.serve([prompt(scene.hook("tax-bot"), &runs)]).await;
    let sellers = (0..SELLERS).map(|_| {
        let book = book.clone();
        tokio::spawn(async move {
            for _ in 0..SALES {
                sell(&book, "440").await;
            }
        })
    });
    for seller in sellers.collect::<Vec<_>>() {
        seller.await.unwrap();
    }
    scene.settled().await;

    let events = scene.events(&book, &POSTED[0]).await;
    let happened: Vec<_> = events.iter().map(|event| event.id.as_ref().unwrap().to_string()).collect();
    assert_eq!(happened.len(), SELLERS * SALES);
    assert_eq!(runs.events(), happened);
    assert_eq!(runs.most_at_once(), 1);
}
