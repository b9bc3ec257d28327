//! A sale is made: the way of an event, what comes of it in the book, and that it does not go round in a loop.

use bookhook::EventType;
use bookhook::bkper_model::{AgentId, Event, Transaction};
use bookhook::model::{Cause, Outcome};

use super::apps::{TAX_BOT, TAX_OF};
use super::claims::{expect, expect_settled};
use super::ledger::{BANK, PRODUCT_SALES, drafts, event_of, in_words, sell, shown};
use super::stage::{MIA, Stage};
use super::story::{Line, Step};
use super::witness::Witness;

/// A sale that was checked and answered.
pub(super) struct Sale {
    pub(super) step: Step,
    transaction: Transaction,
    witness: Witness,
}

/// A sale is checked, and its event answered.
pub(super) async fn checked(stage: &Stage) -> anyhow::Result<Sale> {
    let mut witness = Witness::of(&stage.sandbox);
    let transaction = sell(&stage.book, "1200.00", PRODUCT_SALES).await?;
    let sent = witness.sees(&EventType::TransactionChecked).await?;
    let event = event_of(&stage.book, &transaction, &EventType::TransactionChecked).await?;
    expect("what the book shows of a sale", &vec!["INFO: TAX: 200.00".to_owned()], &shown(&event))?;
    expect_settled(&stage.delivery_of(&event).await?, Outcome::Result, &[Cause::First])?;
    let step = Step {
        title: "A sale is checked",
        lines: vec![
            Line::did(MIA, format!("posts and checks 1200.00 from {PRODUCT_SALES} to {BANK}")),
            Line::Sent(sent),
        ],
        because: "the caller was verified and the event was on disk before the handler ran,\n\
                  and its response was on disk before the answer went out"
            .to_owned(),
    };
    Ok(Sale { step, transaction, witness })
}

/// What the handler has done in the book.
pub(super) async fn drafted(stage: &Stage, sale: &Sale) -> anyhow::Result<Step> {
    let drafts = drafts(&stage.book).await?;
    let [draft] = &drafts[..] else { anyhow::bail!("expected one draft of a tax, found {}", drafts.len()) };
    let words = in_words(draft);
    let expected = format!("200.00 from Output Tax to {PRODUCT_SALES}, a draft made by {TAX_BOT} for {MIA}");
    expect("the draft", &expected, &words)?;
    let sale = sale.transaction.id.as_ref().map(ToString::to_string);
    expect("the sale that the draft is about", &sale.as_deref(), &draft.property(TAX_OF))?;
    Ok(Step {
        title: "Its tax is in the ledger",
        lines: vec![Line::Ledger(words)],
        because: format!(
            "the handler acts with the token that came with the event, as the app, for {MIA} who installed it;\n\
             its remote id follows from the event, so however often the handler runs, the draft is there once"
        ),
    })
}

/// The draft is an event too.
pub(super) async fn came_back(stage: &Stage, sale: &mut Sale) -> anyhow::Result<Step> {
    let sent = sale.witness.sees(&EventType::TransactionCreated).await?;
    let created = stage.book.events().of_type(&EventType::TransactionCreated).all().await?;
    let [event] = &created[..] else {
        anyhow::bail!("expected one draft to be told, found {}", created.len())
    };
    expect("who caused the draft", &Some(TAX_BOT), &agent(event))?;
    expect_settled(&stage.delivery_of(event).await?, Outcome::Suppressed, &[])?;
    expect("what the book shows of an own event", &Vec::<String>::new(), &shown(event))?;
    stage.sandbox.settled().await;
    let runs = stage.tax.ran(stage.book.id().as_str()).len();
    expect("runs of the tax app", &1, &runs)?;
    Ok(Step {
        title: "The app's own draft comes back to it",
        lines: vec![Line::Sent(sent)],
        because: "an app that answered its own events would never end: recorded, not run".to_owned(),
    })
}

fn agent(event: &Event) -> Option<&str> {
    event.agent.as_ref()?.id.as_ref().map(AgentId::as_str)
}
