//! `bookhook demo`: one process plays Bkper, a person, two apps and their host, and tells what happens.
//!
//! Everything is real but the company: the sandbox keeps its books and sends its events, tokens are signed and verified,
//! calls go by HTTP, the journal is on disk. What the story claims was checked in the ledger, in the book's activity and
//! in the journal; where it is not so, the demo fails.

mod apps;
mod balances;
mod burst;
mod claims;
mod ending;
mod folder;
mod ledger;
mod sale;
mod slow;
mod stage;
mod story;
mod strangers;
mod trouble;
mod witness;

use anyhow::Context;

use crate::args::DemoArgs;
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::printer::Printer;

use folder::Folder;
use stage::Stage;
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
    let mut sale = sale::checked(&stage).await?;
    story.tell(&sale.step)?;
    story.tell(&sale::drafted(&stage, &sale).await?)?;
    story.tell(&sale::came_back(&stage, &mut sale).await?)?;
    let failed = trouble::failed(&stage).await?;
    story.tell(&failed.step)?;
    story.tell(&trouble::replayed(&stage, &failed).await?)?;
    story.tell(&slow::waited(&stage).await?)?;
    story.tell(&strangers::turned_away(&stage).await?)?;
    let burst = burst::sell(&stage).await?;
    story.tell(&burst.step)?;
    story.tell(&balances::closed(&stage).await?)?;
    ending::end(stage, folder, &burst, story).await
}

/// Something that the story claims is not so, or nobody reads it.
fn complaint(error: anyhow::Error) -> Complaint {
    match error.downcast::<std::io::Error>() {
        Ok(printing) => printing.into(),
        Err(error) => Complaint::failed(error),
    }
}
