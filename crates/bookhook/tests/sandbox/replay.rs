//! A person has events sent again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bookhook::model::Cause;
use bookhook::{EventType, Response};
use bookhook_testkit::Runs;

use crate::handlers::{answer, handled};
use crate::scene::{Scene, Serving, sale, shown};

const POSTED: &[EventType] = &[EventType::TransactionPosted];

/// A host whose handler cannot tax what is described as foreign, until it can.
async fn given(scene: &Scene, runs: &Runs, can: &Arc<AtomicBool>) -> Serving {
    let can = Arc::clone(can);
    let hook = handled(scene.hook("tax-bot"), runs, move |cx| {
        let can = can.load(Ordering::Relaxed);
        async move {
            let sale = cx.event()?.transaction().unwrap();
            let is_foreign = sale.description.as_deref() == Some("foreign");
            Ok(if is_foreign && !can { Response::error("no rate") } else { answer(&cx) })
        }
    });
    scene.serve([hook]).await
}

#[tokio::test]
async fn an_event_that_is_sent_again_runs_again_and_its_new_response_is_shown() {
    let (scene, runs, can) = (Scene::new().await, Runs::default(), Arc::default());
    let book = scene.book_with("tax-bot", POSTED).await;
    let serving = given(&scene, &runs, &can).await;
    sale(&book, "440").description("foreign").post().await.unwrap();
    scene.settled().await;
    assert_eq!(scene.activity(&book, &POSTED[0]).await, [["ERROR of tax-bot: no rate"]]);

    serving.all_answered().await;
    can.store(true, Ordering::Relaxed);
    let event = book.events().with_errors().first().await.unwrap().unwrap();
    let event = book.event(&event).replay("tax-bot").await.unwrap();

    assert_eq!(shown(&event), ["INFO of tax-bot: TRANSACTION_POSTED run 2"]);
    assert_eq!(scene.activity(&book, &POSTED[0]).await, [shown(&event)]);
    assert!(book.events().with_errors().all().await.unwrap().is_empty());
    assert_eq!(runs.causes(), [Cause::First, Cause::Replay]);
    let delivery = serving.until("it has run twice", |found| found.runs.as_ref().unwrap().len() == 2).await;
    let runs: Vec<_> = delivery.runs.unwrap().iter().map(|run| (run.number.0, run.cause)).collect();
    assert_eq!(runs, [(1, Cause::First), (2, Cause::Replay)]);
}

#[tokio::test]
async fn of_a_batch_only_what_failed_runs_again_the_oldest_first() {
    let (scene, runs, can) = (Scene::new().await, Runs::default(), Arc::default());
    let book = scene.book_with("tax-bot", POSTED).await;
    let serving = given(&scene, &runs, &can).await;
    for description in ["local", "foreign", "local", "foreign", "foreign"] {
        sale(&book, "440").description(description).post().await.unwrap();
    }
    scene.settled().await;
    let failed: Vec<_> = [1, 3, 4].map(|at| runs.events()[at].clone()).into();

    serving.all_answered().await;
    can.store(true, Ordering::Relaxed);
    let all = book.events().all().await.unwrap();
    book.replay_failed_events(&all).await.unwrap();
    scene.settled().await;

    assert_eq!(runs.events()[5..], failed);
    assert_eq!(runs.causes()[5..], [Cause::Replay; 3]);
    let run = |number: u32| [format!("INFO of tax-bot: TRANSACTION_POSTED run {number}")];
    assert_eq!(scene.activity(&book, &POSTED[0]).await, [1, 2, 1, 2, 2].map(run));

    serving.all_answered().await;
    book.replay_events(scene.events(&book, &POSTED[0]).await).await.unwrap();
    scene.settled().await;
    assert_eq!(runs.events()[8..], runs.events()[..5], "all of them, in their order");
    assert_eq!(scene.activity(&book, &POSTED[0]).await, [2, 3, 2, 3, 3].map(run));
    assert_eq!(serving.deliveries().await.len(), 5);
}
