//! What goes on, a line each. Callers and apps are strangers: their texts are made inert.

use anstyle::Style;
use bookhook::bkper_model::BotResponseType;
use bookhook_sandbox::{Call, Delivery, Happening, Outcome};
use jiff::Timestamp;

use crate::inert::{one_line, shortened};
use crate::style::{BAD, DIM, GOOD, WARNING, painted};
use crate::time::{Here, show_duration};

/// The usual width of who calls, and of what is sent.
const WHO: usize = 16;
const TEXT_MAX: usize = 160;

/// The line of a happening.
pub(in crate::commands) fn of(happening: &Happening) -> String {
    match happening {
        Happening::Call(call) => call_line(call),
        Happening::Delivery(delivery) => delivery_line(delivery),
        Happening::Missed(count) => painted(format_args!("… {count} lines were left out"), DIM).to_string(),
        _ => String::new(),
    }
}

fn call_line(call: &Call) -> String {
    let user = call.user.as_deref().unwrap_or("-");
    let who =
        call.agent.as_ref().map_or_else(|| user.to_owned(), |agent| format!("{user}/{}", agent.as_str()));
    let what = format!("{:<6} {}", call.method, shortened(&one_line(&call.path), TEXT_MAX));
    let status = painted(call.status, style_of(Some(call.status)));
    format!("{}  {}  {what}  {status}  {}", time(call.at), padded(&who), took(call.took))
}

fn delivery_line(delivery: &Delivery) -> String {
    let what = format!("{} → {}", delivery.event_type, one_line(delivery.app.as_str()));
    let status = delivery.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let status = painted(status, style_of(delivery.status));
    let again = if delivery.attempt > 1 { format!(" (try {})", delivery.attempt) } else { String::new() };
    let book = padded(delivery.book.as_str());
    let response = outcome(&delivery.outcome);
    format!("{}  {book}  {what}{again}  {status}  {response}  {}", time(delivery.at), took(delivery.took))
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Suppressed => painted("nothing to say", DIM).to_string(),
        Outcome::Again { at } => painted(format_args!("again at {}", time(*at)), WARNING).to_string(),
        Outcome::Recorded { kind, message } => {
            let style = match kind {
                BotResponseType::Error => BAD,
                BotResponseType::Warning => WARNING,
                _ => GOOD,
            };
            format!("{} {}", painted(kind, style), shortened(&one_line(message), TEXT_MAX))
        }
    }
}

fn style_of(status: Option<u16>) -> Style {
    match status {
        Some(200..300) => GOOD,
        Some(429) => WARNING,
        _ => BAD,
    }
}

/// Who calls, or whose event it is, in its usual width.
pub(in crate::commands) fn padded(who: &str) -> String {
    format!("{:<WHO$}", shortened(&one_line(who), 2 * WHO))
}

/// The time of day: a sandbox's clock can be anywhere.
pub(in crate::commands) fn time(at: Timestamp) -> String {
    let here = Here { now: at, ..Here::of_machine() };
    painted(here.show(at), DIM).to_string()
}

fn took(took: std::time::Duration) -> String {
    painted(show_duration(took), DIM).to_string()
}
