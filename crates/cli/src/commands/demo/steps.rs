//! The steps of the story: each sends something, checks what came of it, and gives what there is to tell.

use bookhook::EventType;
use bookhook::model::{Cause, Delivery, Outcome, State};
use bookhook_sandbox::google::IdClaims;
use serde_json::{Value, json};

use super::apps::TAX_BOT;
use super::claims::{expect, expect_reply};
use super::stage::{SHORT_DEADLINE, Stage, UNDECLARED, good_claims};
use super::story::{Call, Step};

type Told = anyhow::Result<Step>;

/// The way of one event.
pub(super) async fn checked(stage: &Stage, purchase: &Value) -> Told {
    let reply = stage.send(purchase).await?;
    expect_reply("the answer to a purchase", &reply, 200, &json!({"result": "TAX: 200.00"}))?;
    let delivery = stage.delivery_of(purchase).await?;
    expect_settled(&delivery, Outcome::Result, &[Cause::First])?;
    Ok(Step {
        title: "A purchase is checked",
        calls: vec![Call::new("TRANSACTION_CHECKED, 1000.00, with Bkper's signature", reply)],
        because: "the caller was verified and the event was on disk before the handler ran,\n\
                  and its response was on disk before the answer went out"
            .to_owned(),
    })
}

/// The same event, after it was answered.
pub(super) async fn replayed(stage: &Stage, purchase: &Value) -> Told {
    stage.until_answered(purchase).await?;
    let reply = stage.send(purchase).await?;
    expect_reply("the answer to a replay", &reply, 200, &json!({"result": "TAX: 200.00"}))?;
    expect_settled(&stage.delivery_of(purchase).await?, Outcome::Result, &[Cause::First, Cause::Replay])?;
    Ok(Step {
        title: "Somebody replays it in Bkper",
        calls: vec![Call::new("the same event once more", reply)],
        because: "it was answered with success before, so this is no retry: the handler ran again".to_owned(),
    })
}

/// A response that is an error.
pub(super) async fn failed(stage: &Stage) -> Told {
    let draft = stage.event(&EventType::TransactionCreated, None, None);
    let reply = stage.send(&draft).await?;
    expect_reply(
        "the answer to a draft",
        &reply,
        200,
        &json!({"error": "the draft has no debit account yet"}),
    )?;
    expect_settled(&stage.delivery_of(&draft).await?, Outcome::Error, &[Cause::First])?;
    Ok(Step {
        title: "A handler fails",
        calls: vec![Call::new("TRANSACTION_CREATED, a draft without a debit account", reply)],
        because: "an error is a response too: Bkper shows it in the book's activity".to_owned(),
    })
}

/// An event that the app caused.
pub(super) async fn own(stage: &Stage) -> Told {
    let event = stage.event(&EventType::TransactionPosted, None, Some(TAX_BOT));
    let reply = stage.send(&event).await?;
    expect_reply("the answer to an own event", &reply, 200, &json!({"result": false}))?;
    expect_settled(&stage.delivery_of(&event).await?, Outcome::Suppressed, &[])?;
    Ok(Step {
        title: "The app's own transaction comes back to it",
        calls: vec![Call::new(format!("TRANSACTION_POSTED, caused by {TAX_BOT} itself"), reply)],
        because: "an app that answered its own events would never end: recorded, not run".to_owned(),
    })
}

/// An event of another type.
pub(super) async fn unmatched(stage: &Stage) -> Told {
    let event = stage.event(&UNDECLARED, None, None);
    let reply = stage.send(&event).await?;
    expect_reply("the answer to an undeclared type", &reply, 200, &json!({"result": false}))?;
    let delivery = stage.delivery_of(&event).await?;
    expect("the state of an undeclared type", &State::Unmatched, &delivery.state)?;
    Ok(Step {
        title: "An event comes that nobody asked for",
        calls: vec![Call::new(format!("{UNDECLARED}, which the app does not declare"), reply)],
        because: "nothing is dropped in silence: it is listed as unmatched".to_owned(),
    })
}

/// Calls that are not Bkper's.
pub(super) async fn attacked(stage: &Stage) -> Told {
    let event = stage.event(&EventType::TransactionChecked, None, None);
    let mut calls = Vec::new();
    for (sent, token, status) in attacks(stage) {
        let reply = stage.send_with(&event, &token).await?;
        expect(sent, &status, &reply.status)?;
        calls.push(Call::new(sent, reply));
    }
    expect("deliveries of refused calls", &0, &stage.deliveries_of(&event).await?.len())?;
    Ok(Step {
        title: "Strangers try",
        calls,
        because: "what is not proven to be Bkper's is turned away at the door, counted, and never journaled"
            .to_owned(),
    })
}

fn attacks(stage: &Stage) -> [(&'static str, String, u16); 4] {
    let claims = good_claims();
    let elsewhere = IdClaims { aud: "https://other.example.com/".to_owned(), ..claims.clone() };
    let other = IdClaims { email: "someone@else.iam.gserviceaccount.com".to_owned(), ..claims.clone() };
    [
        ("a token signed with a stranger's key", stage.stranger.sign(&claims), 401),
        ("a token with `alg: none`", stage.signer.sign_with_header(&json!({"alg": "none"}), &claims), 401),
        ("Bkper's token for another URL", stage.signer.sign(&elsewhere), 401),
        ("Google's token for another account", stage.signer.sign(&other), 403),
    ]
}

/// A response that comes after the deadline.
pub(super) async fn slow(stage: &Stage) -> Told {
    let event = stage.event(&EventType::BookAudited, None, None);
    let first = stage.send_to_report(&event).await?;
    expect("the status past the deadline", &429, &first.status)?;
    anyhow::ensure!(first.retry_after.is_some(), "429 came without Retry-After");
    anyhow::ensure!(first.took >= SHORT_DEADLINE, "429 came before the deadline");
    stage.report.open();
    let again = stage.send_to_report(&event).await?;
    expect_reply("the answer to the retry", &again, 200, &json!({"result": "Report of the year is done"}))?;
    expect("runs of the slow handler", &1, &stage.report.runs())?;
    expect_settled(&stage.delivery_of(&event).await?, Outcome::Result, &[Cause::First])?;
    Ok(Step {
        title: "A handler takes longer than its caller waits",
        calls: vec![
            Call::new("BOOK_AUDITED to an app that takes its time; callers wait 250 ms", first),
            Call::new("the same again: the caller retries", again),
        ],
        because: "the run went on, and the retry got its response: the handler ran once".to_owned(),
    })
}

fn expect_settled(delivery: &Delivery, outcome: Outcome, causes: &[Cause]) -> anyhow::Result<()> {
    let what = &*delivery.event_type;
    expect(what, &(State::Settled, Some(outcome)), &(delivery.state, delivery.outcome))?;
    let runs: Vec<_> = delivery.runs.iter().flatten().map(|run| run.cause).collect();
    expect(&format!("the runs of {what}"), &causes.to_vec(), &runs)
}
