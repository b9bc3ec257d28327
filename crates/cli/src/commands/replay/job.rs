//! Many deliveries run again, as a job of the host's. Here it is only watched.

use std::time::Duration;

use bookhook::Signals;
use bookhook::model::replays::REPLAYS_PER_SECOND;
use bookhook::model::{Filter, NewReplays, ReplayJob, ReplayJobState};

use crate::args::ReplayArgs;
use crate::commands::replays::{goes_on, json, progress};
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::inert::one_line;
use crate::operators::Host;
use crate::printer::Printer;

const POLL: Duration = Duration::from_millis(250);
/// In a log, so often is enough.
const TELL: Duration = Duration::from_secs(5);

pub(super) async fn replay(args: &ReplayArgs, filter: Filter, printer: Printer) -> Outcome {
    let mut signals = Signals::listen().map_err(Complaint::failed)?;
    let host = Host::of(&args.ask.host)?;
    let per_second = args.per_second.unwrap_or(REPLAYS_PER_SECOND);
    let new = NewReplays { filter, per_second, without_token: args.without_token };
    let new = serde_json::to_value(&new).map_err(Complaint::failed)?;
    let job: ReplayJob = host.post("/replays", &new).await?;
    if args.detach {
        tell(&job, args.ask.json, printer)?;
        return Ok(ExitStatus::Done);
    }
    printer.aside(format_args!("{}: {} deliveries, {per_second} a second at most", job.id, job.matched));
    let ended = tokio::select! {
        ended = watch(&host, job.clone(), printer) => ended?,
        () = signals.next() => {
            printer.aside(format_args!("the job goes on; `bookhook replays cancel {}` puts an end to it", job.id));
            return Ok(ExitStatus::Failed);
        }
    };
    tell(&ended, args.ask.json, printer)?;
    let is_whole = ended.state == ReplayJobState::Done && ended.refused == 0;
    Ok(if is_whole { ExitStatus::Done } else { ExitStatus::Failed })
}

/// Tells how far it is, until it is done.
async fn watch(host: &Host, mut job: ReplayJob, printer: Printer) -> Result<ReplayJob, Complaint> {
    let mut told = tokio::time::Instant::now();
    while goes_on(&job) {
        tokio::time::sleep(POLL).await;
        job = host.get(&format!("/replays/{}", job.id), &[]).await?;
        if told.elapsed() >= TELL && goes_on(&job) {
            printer.aside(progress(&job));
            told = tokio::time::Instant::now();
        }
    }
    Ok(job)
}

fn tell(job: &ReplayJob, is_json: bool, printer: Printer) -> Result<(), Complaint> {
    if is_json {
        printer.line(json(job)?)?;
        return Ok(());
    }
    printer.line(format_args!("{}  {}: {} run again", job.id, job.state.as_str(), progress(job)))?;
    for (reason, count) in &job.refusals {
        printer.line(format_args!("  {count} refused: {}", one_line(reason)))?;
    }
    Ok(())
}
