//! `bookhook replays`: the jobs that replay many deliveries.

use bookhook::model::{ReplayJob, ReplayJobState};
use serde_json::json;

use crate::args::{ReplaysArgs, ReplaysCommand};
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::inert::{self, one_line};
use crate::operators::{Host, Page};
use crate::printer::Printer;
use crate::time::Here;
use crate::view;

const TITLES: [&str; 6] = ["id", "begun", "by", "state", "progress", "refused"];

/// Lists them, or cancels one.
pub(crate) async fn replays(args: ReplaysArgs, printer: Printer) -> Outcome {
    let host = Host::of(&args.ask.host)?;
    let jobs = match args.what {
        Some(ReplaysCommand::Cancel { id }) => {
            vec![host.post(&format!("/replays/{id}/cancel"), &json!({})).await?]
        }
        None => host.get::<Page<ReplayJob>>("/replays", &[]).await?.items,
    };
    if args.ask.json {
        for job in &jobs {
            printer.line(json(job)?)?;
        }
        return Ok(ExitStatus::Done);
    }
    if jobs.is_empty() {
        printer.aside("no replays");
        return Ok(ExitStatus::Done);
    }
    let here = Here::of_machine();
    let rows: Vec<_> = jobs.iter().map(|job| row(job, &here)).collect();
    view::columns(TITLES, &rows).into_iter().try_for_each(|line| printer.line(line))?;
    Ok(ExitStatus::Done)
}

/// A job as one line of JSON.
pub(super) fn json(job: &ReplayJob) -> Result<String, Complaint> {
    let json = serde_json::to_string(job).map_err(Complaint::failed)?;
    Ok(inert::json_line(&json))
}

fn row(job: &ReplayJob, here: &Here) -> [String; 6] {
    [
        job.id.to_string(),
        here.show_in_full(job.created_at),
        one_line(job.who.as_str()),
        job.state.as_str().to_owned(),
        progress(job),
        job.refused.to_string(),
    ]
}

/// How far it is.
pub(super) fn progress(job: &ReplayJob) -> String {
    format!("{} of {}", job.done, job.matched)
}

/// Whether there is more to come.
pub(super) fn goes_on(job: &ReplayJob) -> bool {
    job.state == ReplayJobState::Running
}
