//! What a handler answers, and what the book's activity shows of it.

use std::sync::atomic::{AtomicUsize, Ordering};

use bookhook::model::Outcome;
use bookhook::{EventType, Response};
use bookhook_testkit::Runs;

use crate::handlers::handled;
use crate::scene::{Scene, sell};

const POSTED: &[EventType] = &[EventType::TransactionPosted];

/// What a handler answers, what it amounts to in the journal, and what the book shows.
const ANSWERS: &[(&str, Outcome, Option<&str>)] = &[
    (r#"{"result": "TAX: 12.50"}"#, Outcome::Result, Some("INFO of tax-bot: TAX: 12.50")),
    (
        r#"{"result": ["POSTED: a", "POSTED: b"]}"#,
        Outcome::Result,
        Some("INFO of tax-bot: POSTED: a\nPOSTED: b"),
    ),
    (
        "{\n  \"result\": \"<a href='https://bkper.example/#1'>POSTED</a> &amp; \\u00e9\"\n}",
        Outcome::Result,
        Some("INFO of tax-bot: <a href='https://bkper.example/#1'>POSTED</a> &amp; é"),
    ),
    (r#"{"warning": "few are left"}"#, Outcome::Warning, Some("WARNING of tax-bot: few are left")),
    (
        r#"{"result": "BUY", "warning": ["few", "are left"]}"#,
        Outcome::Warning,
        Some("WARNING of tax-bot: few\nare left"),
    ),
    (
        r#"{"error": ["Error: no rate", "    at exchange.js:12"]}"#,
        Outcome::Error,
        Some("ERROR of tax-bot: Error: no rate\n    at exchange.js:12"),
    ),
    (r#"{"result": "x", "error": {"code": 7}}"#, Outcome::Error, Some(r#"ERROR of tax-bot: {"code":7}"#)),
    (r#"{"result": false}"#, Outcome::Suppressed, None),
    (r#"{"result": true}"#, Outcome::Suppressed, None),
    (r#"{"result": null}"#, Outcome::Suppressed, None),
    ("{}", Outcome::Suppressed, None),
    (r#"{"result": "", "warning": []}"#, Outcome::Suppressed, None),
    (r#"{"result": {}, "error": false}"#, Outcome::Suppressed, None),
    (r#"{"error": {}}"#, Outcome::Error, Some("ERROR of tax-bot: {}")),
];

#[tokio::test]
async fn the_book_shows_what_the_handler_answered_and_the_journal_agrees() {
    let (scene, runs) = (Scene::new().await, Runs::default());
    let book = scene.book_with("tax-bot", POSTED).await;
    let next = AtomicUsize::new(0);
    let hook = handled(scene.hook("tax-bot"), &runs, move |_| {
        let (json, ..) = ANSWERS[next.fetch_add(1, Ordering::Relaxed)];
        async move { Ok(Response::parse(json.into())?) }
    });
    let serving = scene.serve([hook]).await;
    for _ in ANSWERS {
        sell(&book, "440").await;
    }
    scene.settled().await;

    let (activity, deliveries) = (scene.activity(&book, &POSTED[0]).await, serving.deliveries().await);
    assert_eq!((activity.len(), deliveries.len()), (ANSWERS.len(), ANSWERS.len()));
    for ((told, delivery), (json, outcome, expected)) in activity.iter().zip(&deliveries).zip(ANSWERS) {
        assert_eq!(told.first().map(String::as_str), *expected, "{json}");
        assert_eq!(delivery.outcome, Some(*outcome), "{json}");
        assert_eq!(delivery.runs.as_ref().unwrap()[0].response.as_ref().unwrap().json(), json);
    }
    let errors = ANSWERS.iter().filter(|(_, outcome, _)| *outcome == Outcome::Error).count();
    assert_eq!(book.events().with_errors().all().await.unwrap().len(), errors);
    assert_eq!(book.transactions("error:true").count().await.unwrap(), errors as u64);
}

#[tokio::test]
async fn the_book_shows_what_went_wrong_in_the_handler() {
    let (scene, runs) = (Scene::new().await, Runs::default());
    let book = scene.book_with("tax-bot", POSTED).await;
    let hook = handled(scene.hook("tax-bot"), &runs, async |cx| {
        let sale = cx.event()?.transaction().unwrap();
        assert_ne!(sale.description.as_deref(), Some("unlucky"), "no luck");
        anyhow::bail!(anyhow::anyhow!("no such rate").context("cannot tax the sale"))
    });
    let _serving = scene.serve([hook]).await;
    sell(&book, "440").await;
    crate::scene::sale(&book, "13").description("unlucky").post().await.unwrap();
    scene.settled().await;

    let activity = scene.activity(&book, &POSTED[0]).await;
    assert_eq!(activity[0], ["ERROR of tax-bot: cannot tax the sale: no such rate"]);
    let [panicked] = &activity[1][..] else { panic!("{activity:?}") };
    assert!(panicked.starts_with("ERROR of tax-bot: ") && panicked.contains("no luck"), "{panicked}");
}
