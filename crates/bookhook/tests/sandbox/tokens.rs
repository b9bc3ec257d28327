//! The token that comes with an event, with which the handler acts for the user who installed the app.

use bookhook::EventType;
use bookhook::model::Cause;
use bookhook_sandbox::{DeliveryFaults, Faults, TimeChange, Times};
use bookhook_testkit::{Gate, Runs};
use jiff::SignedDuration;

use crate::handlers::{draft_tax, handled};
use crate::scene::{Scene, hasty, sell, shown};

const POSTED: &[EventType] = &[EventType::TransactionPosted];

#[tokio::test]
async fn what_a_handler_records_is_the_apps_in_the_name_of_who_installed_it() {
    let (scene, runs) = (Scene::new().await, Runs::default());
    let book = scene.book_with("tax-bot", POSTED).await;
    let hook = handled(scene.hook("tax-bot"), &runs, draft_tax);
    let _serving = scene.serve([hook]).await;
    sell(&book, "440").await;
    scene.settled().await;

    assert_eq!(scene.activity(&book, &POSTED[0]).await, [["INFO of tax-bot: TAX: 88.00"]]);
    let draft = book.transactions("is:draft").first().await.unwrap().unwrap();
    assert_eq!(draft.agent_id, Some("tax-bot".into()));
    assert_eq!(draft.created_by.as_deref(), Some("mia"));
    assert_eq!(draft.amount, Some("88.00".into()));
}

#[tokio::test]
async fn an_expired_token_is_refused_and_a_replay_brings_a_fresh_one() {
    let deliveries = DeliveryFaults { expired_token: Times::Next(1), ..DeliveryFaults::default() };
    let scene = Scene::with(hasty().faults(Faults { deliveries, ..Faults::default() })).await;
    let (book, runs) = (scene.book_with("tax-bot", POSTED).await, Runs::default());
    let hook = handled(scene.hook("tax-bot"), &runs, draft_tax);
    let serving = scene.serve([hook]).await;
    sell(&book, "440").await;
    scene.settled().await;

    let event = book.events().with_errors().first().await.unwrap().unwrap();
    let [told] = &shown(&event)[..] else { panic!("one response") };
    assert!(told.starts_with("ERROR of tax-bot: ") && told.contains("401"), "{told}");
    assert_eq!(book.transactions("is:draft").count().await.unwrap(), 0);

    serving.all_answered().await;
    assert_eq!(shown(&book.event(&event).replay("tax-bot").await.unwrap()), ["INFO of tax-bot: TAX: 88.00"]);
    assert_eq!(book.transactions("is:draft").count().await.unwrap(), 1);
    assert_eq!(runs.causes(), [Cause::First, Cause::Replay]);
}

#[tokio::test]
async fn a_token_that_expires_while_the_handler_works_is_refused_too() {
    let (scene, runs, gate) = (Scene::new().await, Runs::default(), Gate::closed());
    let book = scene.book_with("tax-bot", POSTED).await;
    let held = gate.clone();
    let hook = handled(scene.hook("tax-bot"), &runs, move |cx| {
        let gate = held.clone();
        async move {
            gate.pass().await;
            draft_tax(cx).await
        }
    });
    let _serving = scene.serve([hook]).await;
    sell(&book, "440").await;
    runs.until_begun(1).await;
    scene.sandbox.set_time(TimeChange::advance(SignedDuration::from_hours(2))).unwrap();
    gate.open();
    scene.settled().await;

    let activity = scene.activity(&book, &POSTED[0]).await;
    assert!(
        activity[0][0].starts_with("ERROR of tax-bot: ") && activity[0][0].contains("401"),
        "{activity:?}"
    );
    assert_eq!(book.transactions("is:draft").count().await.unwrap(), 0);
}
