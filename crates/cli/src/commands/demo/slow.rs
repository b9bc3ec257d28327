//! A handler takes longer than its caller waits.

use bookhook::EventType;
use bookhook::model::{Cause, Outcome};
use bookhook_sandbox::{Outcome as Sent, TimeChange};
use jiff::SignedDuration;

use super::claims::{expect, expect_settled};
use super::ledger::shown;
use super::stage::{MIA, SHORT_DEADLINE, Stage};
use super::story::{Line, Step};
use super::witness::Witness;

/// Before the sandbox sends an event again.
const LONGER_THAN_ANY_WAIT: SignedDuration = SignedDuration::from_mins(1);

/// A response that comes after the deadline.
pub(super) async fn waited(stage: &Stage) -> anyhow::Result<Step> {
    let mut witness = Witness::of(&stage.sandbox);
    stage.book.audit().await?;
    let first = witness.sees(&EventType::BookAudited).await?;
    expect("the status past the deadline", &Some(429), &first.status)?;
    anyhow::ensure!(matches!(first.outcome, Sent::Again { .. }), "the sandbox does not retry");
    anyhow::ensure!(first.took >= SHORT_DEADLINE, "429 came before the deadline");
    expect("events that wait in the book", &1, &stage.book.backlog().await?)?;
    stage.report.open();
    stage.sandbox.set_time(TimeChange::advance(LONGER_THAN_ANY_WAIT))?;
    let second = witness.sees(&EventType::BookAudited).await?;
    expect("the second try", &(2, Some(200)), &(second.attempt, second.status))?;
    expect("events that wait in the book after that", &0, &stage.book.backlog().await?)?;
    expect("runs of the slow handler", &1, &stage.report.runs())?;
    let events = stage.book.events().of_type(&EventType::BookAudited).all().await?;
    let [event] = &events[..] else { anyhow::bail!("expected one audit, found {}", events.len()) };
    expect("what the book shows", &vec!["INFO: Report of the year is done".to_owned()], &shown(event))?;
    expect_settled(&stage.delivery_of(event).await?, Outcome::Result, &[Cause::First])?;
    Ok(Step {
        title: "A handler takes longer than its caller waits",
        lines: vec![
            Line::did(
                MIA,
                format!("audits the book; callers of the app wait {} ms", SHORT_DEADLINE.as_millis()),
            ),
            Line::Sent(first),
            Line::did("clock", "is put forward in the sandbox, so that nobody has to wait for that"),
            Line::Sent(second),
        ],
        because: "the run went on, and the retry that the sandbox made by itself got its response:\n\
                  the handler ran once"
            .to_owned(),
    })
}
