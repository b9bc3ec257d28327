//! `bookhook::testing`, as an author uses it.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use anyhow::Context as _;
use bookhook::bkper_client::model::{AccountType, Book};
use bookhook::model::{Cause, Outcome};
use bookhook::testing::{Testing, TestingError};
use bookhook::{Context, EventType, Hook, Response, Result};

const DECLARED: &str = "[TRANSACTION_POSTED, TRANSACTION_CHECKED, TRANSACTION_CREATED, ACCOUNT_CREATED]";

/// An app that has no function yet.
fn app() -> Hook {
    let folder = tempfile::tempdir().unwrap();
    let manifest = format!("id: mirror-bot\nevents: {DECLARED}\n");
    std::fs::write(folder.path().join("bkper.yaml"), manifest).unwrap();
    Hook::bkper(folder.path()).unwrap()
}

/// Drafts what is posted once more.
async fn mirror(cx: Context) -> Result<Response> {
    let amount = cx.event()?.transaction().and_then(|posted| posted.amount.clone()).context("no amount")?;
    let draft = cx.book().new_transaction().amount(amount).description("mirrored").draft().await?;
    Ok(Response::result(format!("mirrored as {}", draft.description.unwrap_or_default())))
}

async fn post(test: &Testing) -> Result<()> {
    test.account("Cash", AccountType::Asset).await?;
    test.account("Sales", AccountType::Incoming).await?;
    let sale = test.book().new_transaction().date(jiff::civil::date(2026, 3, 4)).amount("5.00");
    sale.from("Sales").to("Cash").post().await?;
    Ok(())
}

#[tokio::test]
async fn a_change_of_the_book_is_told_and_answered_and_has_its_effect() -> Result<()> {
    let test = Testing::start(app().on(EventType::TransactionPosted, mirror)).await?;
    post(&test).await?;
    assert_eq!(
        test.response_to(EventType::TransactionPosted).await?,
        Response::result("mirrored as mirrored")
    );
    assert_eq!(test.book().transactions("is:draft").count().await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_replay_runs_the_handler_again_and_doubles_nothing() -> Result<()> {
    let test = Testing::start(app().on(EventType::TransactionPosted, mirror)).await?;
    post(&test).await?;
    test.settled().await?;
    let posted = test.book().events().of_type(&EventType::TransactionPosted).first().await?.unwrap();

    test.book().event(&posted).replay("mirror-bot").await?;

    let deliveries = test.deliveries().await?;
    let told = deliveries.iter().find(|delivery| &*delivery.event_type == "TRANSACTION_POSTED").unwrap();
    let causes: Vec<Cause> = told.runs.iter().flatten().map(|run| run.cause).collect();
    assert_eq!(causes, [Cause::First, Cause::Replay]);
    assert_eq!(test.book().transactions("is:draft").count().await?, 1);
    Ok(())
}

#[tokio::test]
async fn its_own_events_are_skipped_and_so_are_types_without_a_function() -> Result<()> {
    let test = Testing::start(app().on(EventType::TransactionPosted, mirror)).await?;
    post(&test).await?;
    for event_type in [EventType::TransactionCreated, EventType::AccountCreated] {
        assert_eq!(test.response_to(event_type).await?, Response::suppressed());
    }
    let own = test
        .deliveries()
        .await?
        .into_iter()
        .find(|delivery| delivery.agent_id.as_deref() == Some("mirror-bot"));
    assert_eq!(
        own.map(|own| (own.outcome, own.runs.unwrap_or_default().len())),
        Some((Some(Outcome::Suppressed), 0))
    );
    Ok(())
}

#[tokio::test]
async fn what_goes_wrong_is_the_response() -> Result<()> {
    async fn fail(cx: Context) -> Result<Response> {
        let refused = cx.book().account("Nobody").get().await.unwrap_err();
        assert!(refused.is_not_found(), "the panic of a handler");
        Err(refused.into())
    }
    let test = Testing::start(app().on(EventType::AccountCreated, fail)).await?;
    test.account("Cash", AccountType::Asset).await?;
    let response = test.response_to(EventType::AccountCreated).await?;
    assert_eq!(response.outcome(), Outcome::Error);
    let shown = response.shown().unwrap();
    assert!(shown.contains("/accounts/Nobody was refused with 404"), "{shown}");
    Ok(())
}

#[tokio::test]
async fn an_event_that_did_not_come_is_missed_with_what_came_instead() -> Result<()> {
    let test = Testing::start(app()).await?;
    test.account("Cash", AccountType::Asset).await?;
    let missed = test.response_to(EventType::BookUpdated).await.unwrap_err();
    assert!(
        matches!(&missed, TestingError::NotTold { told, .. } if told == &["ACCOUNT_CREATED"]),
        "{missed:?}"
    );
    let begins = "the hook was told of no BOOK_UPDATED; it was told of ACCOUNT_CREATED. Does its manifest";
    assert!(missed.to_string().starts_with(begins), "{missed}");
    Ok(())
}

#[tokio::test]
async fn tests_run_side_by_side_each_with_its_own_book() -> Result<()> {
    let (one, other) = tokio::try_join!(Testing::start(app()), Testing::start(app()))?;
    one.book().update(&Book { name: Some("One".into()), ..Book::default() }).await?;
    assert_eq!(other.book().get().await?.name.as_deref(), Some("Test"));
    Ok(())
}
