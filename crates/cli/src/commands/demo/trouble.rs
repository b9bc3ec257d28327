//! A handler fails, the cause is put right, and the event is sent again.

use bookhook::EventType;
use bookhook::bkper_model::Event;
use bookhook::model::{Cause, Outcome};

use super::apps::{RATE, TAX_BOT};
use super::claims::{expect, expect_settled};
use super::ledger::{BANK, CONSULTING, drafts, event_of, in_words, sell, set_rate, shown};
use super::stage::{MIA, Stage};
use super::story::{Line, Step};
use super::witness::Witness;

/// A sale that could not be taxed.
pub(super) struct Failed {
    pub(super) step: Step,
    event: Event,
}

/// A response that is an error.
pub(super) async fn failed(stage: &Stage) -> anyhow::Result<Failed> {
    let mut witness = Witness::of(&stage.sandbox);
    let transaction = sell(&stage.book, "850.00", CONSULTING).await?;
    let sent = witness.sees(&EventType::TransactionChecked).await?;
    let event = event_of(&stage.book, &transaction, &EventType::TransactionChecked).await?;
    expect("what the book shows", &vec![format!("ERROR: {CONSULTING} has no {RATE}")], &shown(&event))?;
    expect_settled(&stage.delivery_of(&event).await?, Outcome::Error, &[Cause::First])?;
    let found = stage.book.events().with_errors().all().await?;
    expect("events with an error", &vec![&event.id], &found.iter().map(|event| &event.id).collect())?;
    let found = stage.book.transactions("error:true").all().await?;
    expect("transactions with an error", &vec![&transaction.id], &found.iter().map(|one| &one.id).collect())?;
    let step = Step {
        title: "A sale cannot be taxed",
        lines: vec![
            Line::did(MIA, format!("posts and checks 850.00 from {CONSULTING} to {BANK}")),
            Line::Sent(sent),
        ],
        because:
            "an error is a response too: the book's activity shows it, and error:true finds the transaction"
                .to_owned(),
    };
    Ok(Failed { step, event })
}

/// The same event, after it was answered, in a book where its cause was put right.
pub(super) async fn replayed(stage: &Stage, failed: &Failed) -> anyhow::Result<Step> {
    stage.until_answered(&failed.event).await?;
    let mut witness = Witness::of(&stage.sandbox);
    set_rate(&stage.book, CONSULTING, "20").await?;
    let event = stage.book.event(&failed.event).replay(TAX_BOT).await?;
    let sent = witness.sees(&EventType::TransactionChecked).await?;
    expect("what the book shows after a replay", &vec!["INFO: TAX: 141.67".to_owned()], &shown(&event))?;
    let delivery = stage.delivery_of(&event).await?;
    expect_settled(&delivery, Outcome::Result, &[Cause::First, Cause::Replay])?;
    expect("events with an error", &0, &stage.book.events().with_errors().all().await?.len())?;
    stage.sandbox.settled().await;
    let drafts = drafts(&stage.book).await?;
    expect("drafts of a tax", &2, &drafts.len())?;
    Ok(Step {
        title: "Its cause is put right, and the event is replayed in Bkper",
        lines: vec![
            Line::did(MIA, format!("sets {RATE} of {CONSULTING} to 20, and replays the event")),
            Line::Sent(sent),
            Line::Ledger(drafts.first().map(in_words).unwrap_or_default()),
        ],
        because: "it was answered before, so this is no retry: the handler ran again, and its response\n\
                  took the place of the error"
            .to_owned(),
    })
}
