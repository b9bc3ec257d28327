//! Two apps in one book.

use bookhook::EventType;
use bookhook_testkit::{Gate, Runs};

use crate::handlers::{draft_tax, gated, handled, prompt};
use crate::scene::{Scene, sell};

const EVENTS: &[EventType] = &[EventType::TransactionPosted, EventType::TransactionCreated];

#[tokio::test]
async fn each_is_told_of_what_the_other_did_and_both_responses_are_shown() {
    let (scene, tax, audit) = (Scene::new().await, Runs::default(), Runs::default());
    let book = scene.book_with("tax-bot", EVENTS).await;
    scene.register("audit-bot", EVENTS).await;
    scene.install("audit-bot", &book).await;
    let taxing = handled(scene.hook("tax-bot"), &tax, draft_tax);
    let _serving = scene.serve([taxing, prompt(scene.hook("audit-bot"), &audit)]).await;
    sell(&book, "440").await;
    scene.settled().await;

    let mut posted = scene.activity(&book, &EventType::TransactionPosted).await.remove(0);
    posted.sort();
    assert_eq!(posted, ["INFO of audit-bot: TRANSACTION_POSTED run 1", "INFO of tax-bot: TAX: 88.00"]);
    let created = scene.activity(&book, &EventType::TransactionCreated).await;
    assert_eq!(created, [["INFO of audit-bot: TRANSACTION_CREATED run 1"]], "the draft of the tax");
    assert_eq!((tax.count(), audit.count()), (1, 2));
}

#[tokio::test]
async fn a_slow_one_does_not_hold_up_the_other() {
    let (scene, slow, quick) = (Scene::new().await, Runs::default(), Runs::default());
    let book = scene.book_with("slow-bot", EVENTS).await;
    scene.register("quick-bot", EVENTS).await;
    scene.install("quick-bot", &book).await;
    let gate = Gate::closed();
    let hooks = [gated(scene.hook("slow-bot"), &slow, &gate), prompt(scene.hook("quick-bot"), &quick)];
    let _serving = scene.serve(hooks).await;
    for _ in 0..5 {
        sell(&book, "440").await;
    }
    quick.until_ended(5).await;
    slow.until_begun(1).await;
    assert_eq!(slow.count(), 1);
    gate.open();
    scene.settled().await;
    assert_eq!(slow.events(), quick.events());
    let activity = scene.activity(&book, &EventType::TransactionPosted).await;
    assert!(activity.iter().all(|told| told.len() == 2), "{activity:?}");
}
