//! One delivery in full, with the timeline of its runs.

use bookhook::model::{Delivery, Run, State};
use jiff::Timestamp;

use super::told;
use crate::inert;
use crate::style::{self, BAD, BOLD, DIM, painted};
use crate::time::{Here, show_span};

/// What is known of a delivery, line by line.
pub(crate) fn lines_of(delivery: &Delivery, here: &Here) -> Vec<String> {
    let label = painted(told::label(delivery), style::of(delivery.state, delivery.outcome));
    let mut lines = vec![format!("{}  {label}", painted(delivery.id, BOLD)), String::new()];
    lines.extend(facts(delivery, here).into_iter().map(|(name, value)| {
        let name = painted(format!("{name:<9}"), DIM);
        format!("  {name} {value}")
    }));
    let runs = delivery.runs.as_deref().unwrap_or_default();
    lines.push(String::new());
    if runs.is_empty() {
        lines.push(format!("  {}", painted("no runs", DIM)));
    }
    for run in runs {
        lines.extend(timeline(run, delivery.received_at, here));
    }
    lines
}

fn facts(delivery: &Delivery, here: &Here) -> Vec<(&'static str, String)> {
    let text = |text: &str| inert::one_line(text);
    let mut facts = vec![("hook", delivery.hook.to_string()), ("type", text(&delivery.event_type))];
    let mut add = |name, value: Option<String>| facts.extend(value.map(|value| (name, value)));
    add("event", delivery.event_id.as_ref().map(|id| text(&id.0)));
    add("book", delivery.book_id.as_deref().map(text));
    let lane = delivery.lane.as_ref().map(|lane| text(&lane.0));
    add("lane", lane.filter(|lane| Some(lane) != delivery.book_id.as_deref().map(text).as_ref()));
    add("agent", delivery.agent_id.as_deref().map(text));
    add("user", delivery.user_id.as_deref().map(text));
    add(
        "conflict",
        delivery.conflict.then(|| "an earlier event had the same id and another body".to_owned()),
    );
    add("received", Some(here.show_in_full(delivery.received_at)));
    add("settled", delivery.settled_at.map(|at| settled(delivery.received_at, at, here)));
    add("answered", Some(answered(delivery)));
    add("parked", delivery.parked_reason.as_deref().map(text));
    add("next run", delivery.next_run_at.map(|at| here.show_due(at)));
    facts
}

fn settled(received: Timestamp, at: Timestamp, here: &Here) -> String {
    format!("{}, {} after it was received", here.show(at), show_span(at.duration_since(received)))
}

fn answered(delivery: &Delivery) -> String {
    delivery.answered.map_or_else(|| "not that the host knows".to_owned(), |status| status.to_string())
}

/// A run: its facts on one line, what it answered below.
fn timeline(run: &Run, received: Timestamp, here: &Here) -> Vec<String> {
    let after = format!("+{}", show_span(run.started_at.duration_since(received)));
    let status = run.handler_status.map_or_else(String::new, |status| format!("handler answered {status}"));
    let took = match run.finished_at {
        Some(finished) => format!("took {}", show_span(finished.duration_since(run.started_at))),
        None => format!("running for {}", show_span(here.now.duration_since(run.started_at))),
    };
    let head = format!(
        "  {} {:<9} {}  {}  {took:<12}  {status}",
        painted(format!("{:>3}", run.number), BOLD),
        run.cause.as_str(),
        here.show(run.started_at),
        painted(format!("{after:<9}"), DIM),
    );
    let style = match (&run.error, &run.response) {
        (Some(_), _) => BAD,
        (None, Some(response)) => style::of(State::Settled, Some(response.outcome())),
        (None, None) => DIM,
    };
    let ended = told::ended(run);
    let said = inert::lines(&ended).map(|line| format!("      {} {line}", painted("│", style)));
    std::iter::once(head.trim_end().to_owned()).chain(said).collect()
}
