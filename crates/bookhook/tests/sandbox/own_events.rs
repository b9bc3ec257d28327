//! An app that writes to its own book, and so causes events that come back to it: three ways out of the loop.

use bkper_client::BookHandle;
use bookhook::config::OwnEvents;
use bookhook::model::{Delivery, Outcome, State};
use bookhook::{EventType, Hook, Response};
use bookhook_sandbox::OwnEvents as Sent;
use bookhook_testkit::Runs;

use crate::handlers::{draft_tax, handled, is_own};
use crate::scene::{Scene, Serving, hasty, sell};

/// Of all transactions, be they drafts or posted.
const EVENTS: &[EventType] = &[EventType::TransactionPosted, EventType::TransactionCreated];

/// The tax app in a book, in which a sale is made.
async fn sold(scene: &Scene, hook: impl FnOnce(Hook) -> Hook) -> (BookHandle, Serving) {
    let book = scene.book_with("tax-bot", EVENTS).await;
    let serving = scene.serve([hook(scene.hook("tax-bot"))]).await;
    sell(&book, "440").await;
    scene.settled().await;
    (book, serving)
}

fn is_the_apps(delivery: &Delivery) -> bool {
    delivery.agent_id.as_deref() == Some("tax-bot")
}

/// The sale has its response, and its tax is in the book once.
async fn is_taxed_once(scene: &Scene, book: &BookHandle) {
    assert_eq!(scene.activity(book, &EventType::TransactionPosted).await, [["INFO of tax-bot: TAX: 88.00"]]);
    assert_eq!(book.transactions("is:draft").count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_host_that_skips_them_notes_them_and_runs_nothing() {
    let (scene, runs) = (Scene::new().await, Runs::default());
    let (book, serving) = sold(&scene, |hook| handled(hook, &runs, draft_tax)).await;

    is_taxed_once(&scene, &book).await;
    assert_eq!(runs.count(), 1);
    let deliveries = serving.deliveries().await;
    let own: Vec<_> = deliveries.iter().filter(|one| is_the_apps(one)).collect();
    assert_eq!((deliveries.len(), own.len()), (2, 1));
    assert_eq!((own[0].state, own[0].outcome), (State::Settled, Some(Outcome::Suppressed)));
    assert_eq!(own[0].runs, Some(vec![]));
    assert_eq!(scene.activity(&book, &EventType::TransactionCreated).await, [[""; 0]]);
}

#[tokio::test]
async fn a_sandbox_that_withholds_them_sends_only_what_others_did() {
    let scene = Scene::with(hasty().own_events("tax-bot", Sent::Suppress)).await;
    let runs = Runs::default();
    let unguarded = |hook| handled(hook, &runs, draft_tax).own_events(OwnEvents::Deliver);
    let (book, serving) = sold(&scene, unguarded).await;

    is_taxed_once(&scene, &book).await;
    assert_eq!(runs.count(), 1);
    let deliveries = serving.deliveries().await;
    assert!(deliveries.len() == 1 && !is_the_apps(&deliveries[0]), "{deliveries:?}");
    assert_eq!(
        scene.events(&book, &EventType::TransactionCreated).await.len(),
        1,
        "it happened all the same"
    );
}

#[tokio::test]
async fn a_handler_that_guards_itself_is_run_and_does_nothing() {
    let (scene, runs) = (Scene::new().await, Runs::default());
    let guarded = |hook| {
        let work = async |cx| if is_own(&cx) { Ok(Response::suppressed()) } else { draft_tax(cx).await };
        handled(hook, &runs, work).own_events(OwnEvents::Deliver)
    };
    let (book, serving) = sold(&scene, guarded).await;

    is_taxed_once(&scene, &book).await;
    assert_eq!(runs.count(), 2);
    let own: Vec<_> = serving.deliveries().await.into_iter().filter(is_the_apps).collect();
    assert_eq!((own.len(), own[0].outcome), (1, Some(Outcome::Suppressed)));
    assert_eq!(own[0].runs.as_ref().unwrap().len(), 1);
}
