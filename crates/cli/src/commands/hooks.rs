//! `bookhook hooks`, `pause` and `resume`.

use bookhook::model::{Pause, units};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::args::{HooksArgs, PauseArgs, ResumeArgs};
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::inert::{self, one_line};
use crate::operators::{Host, Page};
use crate::printer::Printer;
use crate::time::Here;
use crate::view;

const TITLES: [&str; 9] =
    ["hook", "state", "waiting", "oldest", "running", "held", "parked", "settled", "handler"];

/// What is shown of a hook.
#[derive(Debug, Deserialize)]
struct Hook {
    name: String,
    handler: String,
    state: String,
    waiting: u64,
    running: u64,
    held: u64,
    settled: u64,
    parked: u64,
    oldest_waiting_seconds: Option<u64>,
    pause: Option<Pause>,
    #[serde(default)]
    paused_lanes: Vec<Pause>,
}

/// The hooks of a host.
pub(crate) async fn hooks(args: HooksArgs, printer: Printer) -> Outcome {
    let page: Page<Value> = Host::of(&args.ask.host)?.get("/hooks", &[]).await?;
    show(page.items, args.ask.json, printer)
}

/// Pauses a hook or a lane.
pub(crate) async fn pause(args: PauseArgs, printer: Printer) -> Outcome {
    let PauseArgs { hook, lane, reason, ask } = args;
    let body = json!({"lane": lane, "reason": reason});
    let paused = Host::of(&ask.host)?.post(&format!("/hooks/{hook}/pause"), &body).await?;
    show(vec![paused], ask.json, printer)
}

/// Resumes it.
pub(crate) async fn resume(args: ResumeArgs, printer: Printer) -> Outcome {
    let ResumeArgs { hook, lane, ask } = args;
    let resumed = Host::of(&ask.host)?.post(&format!("/hooks/{hook}/resume"), &json!({"lane": lane})).await?;
    show(vec![resumed], ask.json, printer)
}

fn show(hooks: Vec<Value>, is_json: bool, printer: Printer) -> Outcome {
    if is_json {
        hooks.iter().try_for_each(|hook| printer.line(inert::json_line(&hook.to_string())))?;
        return Ok(ExitStatus::Done);
    }
    let hooks: Vec<Hook> =
        hooks.into_iter().map(serde_json::from_value).collect::<Result<_, _>>().map_err(Complaint::failed)?;
    let rows: Vec<_> = hooks.iter().map(row).collect();
    view::columns(TITLES, &rows).into_iter().try_for_each(|line| printer.line(line))?;
    let here = Here::of_machine();
    for pause in hooks.iter().flat_map(|hook| hook.pause.iter().chain(&hook.paused_lanes)) {
        printer.line(told(pause, &here))?;
    }
    Ok(ExitStatus::Done)
}

fn row(hook: &Hook) -> [String; 9] {
    let oldest = hook.oldest_waiting_seconds.map(std::time::Duration::from_secs);
    [
        one_line(&hook.name),
        one_line(&hook.state),
        hook.waiting.to_string(),
        oldest.map_or_else(|| "-".to_owned(), units::show_duration),
        hook.running.to_string(),
        hook.held.to_string(),
        hook.parked.to_string(),
        hook.settled.to_string(),
        one_line(&hook.handler),
    ]
}

/// A pause as a sentence.
fn told(pause: &Pause, here: &Here) -> String {
    let lane = pause.lane.as_ref().map(|lane| format!(", lane {}", one_line(&lane.0))).unwrap_or_default();
    let why = match (&pause.reason, pause.held_for) {
        (Some(reason), _) => format!(": {}", one_line(reason)),
        (None, Some(delivery)) => format!(": until {delivery} is settled"),
        (None, None) => String::new(),
    };
    let by = one_line(pause.by.as_str());
    format!("{}{lane}: paused by {by} since {}{why}", pause.hook, here.show_in_full(pause.since))
}
