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
use crate::view;

const POLL: Duration = Duration::from_millis(250);
/// A refusal, as the API calls it.
const TOKEN_GONE: &str = "token_gone";
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
    let deliveries = view::deliveries(job.matched.into());
    printer.aside(format_args!("{}: {deliveries}, {per_second} a second at most", job.id));
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
    let state = job.state.as_str();
    printer.line(format_args!("{}  {state}: {} put back into their lanes", job.id, progress(job)))?;
    for (reason, count) in &job.refusals {
        printer.line(format_args!("  {count} refused: {}", in_words(reason)))?;
    }
    if job.refusals.contains_key(TOKEN_GONE) {
        printer.hint(
            "`--via bkper` has Bkper send the events again, with fresh tokens (your own one is to be in BKPER_TOKEN); \
             `--without-token` runs them without",
        );
    }
    Ok(())
}

/// What the API calls a refusal; another one is shown as it is named.
fn in_words(reason: &str) -> String {
    match reason {
        TOKEN_GONE => "the user's token is gone".to_owned(),
        "wrong_key" => "the user's token was sealed with another key".to_owned(),
        "not_at_rest" => "they wait, are held or run by now".to_owned(),
        "never_ran" => "they were settled without a run: name them one by one".to_owned(),
        "no_hook" => "their hook is not configured any more".to_owned(),
        "erased" => "they were erased".to_owned(),
        other => one_line(other),
    }
}
