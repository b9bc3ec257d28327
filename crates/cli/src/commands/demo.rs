//! `bookhook demo`: one process plays Bkper, a host and two apps, and tells what happens.
//!
//! Everything is real but the books: tokens are signed and verified, calls go by HTTP, the journal is on disk. What the
//! story claims was checked on the answers and in the journal; where it is not so, the demo fails.

mod apps;
mod burst;
mod claims;
mod ending;
mod stage;
mod steps;
mod story;

use anyhow::Context;
use bookhook::EventType;

use crate::args::DemoArgs;
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::printer::Printer;

use stage::{Folder, Stage};
use story::Story;

/// Tells the story.
pub(crate) async fn demo(args: DemoArgs, printer: Printer) -> Outcome {
    let folder = Folder::of(args.keep.as_deref()).map_err(Complaint::misused)?;
    let mut story = Story::new(printer, args.json);
    match play(&folder, &mut story).await {
        Ok(()) => Ok(ExitStatus::Done),
        Err(error) => Err(complaint(error)),
    }
}

async fn play(folder: &Folder, story: &mut Story) -> anyhow::Result<()> {
    let stage = Stage::set(folder).await.context("the demo cannot begin")?;
    story.begin(&stage)?;
    let purchase = stage.event(&EventType::TransactionChecked, None, None);
    story.tell(&steps::checked(&stage, &purchase).await?)?;
    story.tell(&steps::replayed(&stage, &purchase).await?)?;
    story.tell(&steps::failed(&stage).await?)?;
    story.tell(&steps::own(&stage).await?)?;
    story.tell(&steps::unmatched(&stage).await?)?;
    story.tell(&steps::attacked(&stage).await?)?;
    story.tell(&steps::slow(&stage).await?)?;
    let burst = burst::send(&stage).await?;
    story.tell(&burst.step)?;
    ending::end(stage, folder, &burst, story).await
}

/// Something that the story claims is not so, or nobody reads it.
fn complaint(error: anyhow::Error) -> Complaint {
    match error.downcast::<std::io::Error>() {
        Ok(printing) => printing.into(),
        Err(error) => Complaint::failed(error),
    }
}
