//! How the story is told: for people, or as one JSON object a line.

use std::io;

use bookhook::bkper_model::Decimal;
use bookhook_sandbox::{Delivery, Outcome};
use jiff::{SignedDuration, Unit};
use serde_json::{Value, json};

use super::balances::Row;
use super::stage::Stage;
use crate::call::Reply;
use crate::inert;
use crate::printer::Printer;
use crate::style::{BAD, BOLD, DIM, GOOD, WARNING, painted};
use crate::time::{show_duration, show_span};

/// One part of the story, which was checked.
pub(super) struct Step {
    pub(super) title: &'static str,
    pub(super) lines: Vec<Line>,
    pub(super) because: String,
}

/// Something that happened.
pub(super) enum Line {
    /// Somebody did something.
    Did { who: &'static str, what: String },
    /// The sandbox sent an event to an app.
    Sent(Delivery),
    /// Many things were sent.
    Noted(String),
    /// Somebody called an app.
    Called { with: &'static str, reply: Reply },
    /// What is in the ledger.
    Ledger(String),
    /// What the book's balances are.
    Balances(Vec<Row>),
}

impl Line {
    pub(super) fn did(who: &'static str, what: impl Into<String>) -> Self {
        Self::Did { who, what: what.into() }
    }
}

/// Tells.
pub(super) struct Story {
    printer: Printer,
    pub(super) is_json: bool,
    told: usize,
}

impl Story {
    pub(super) fn new(printer: Printer, is_json: bool) -> Self {
        Self { printer, is_json, told: 0 }
    }

    pub(super) fn begin(&self, stage: &Stage) -> io::Result<()> {
        if self.is_json {
            return Ok(());
        }
        let (bkper, host) = (stage.sandbox.address(), stage.running.address());
        self.line(format_args!(
            "One process plays Bkper on {bkper}, a person, two apps, and their host on {host}."
        ))?;
        self.line(
            "All is real but the company: a ledger, signed calls, a journal on disk. Every claim is checked.",
        )
    }

    pub(super) fn tell(&mut self, step: &Step) -> io::Result<()> {
        self.told += 1;
        if self.is_json {
            return self.json(&self.json_of(step));
        }
        self.line("")?;
        self.line(format_args!("{}  {}", painted(self.told, DIM), painted(step.title, BOLD)))?;
        for line in &step.lines {
            self.tell_line(line)?;
        }
        let mut label = "because";
        for because in step.because.lines() {
            self.part(label, because)?;
            label = "";
        }
        Ok(())
    }

    fn tell_line(&self, line: &Line) -> io::Result<()> {
        match line {
            Line::Did { who, what } => self.part(who, what),
            Line::Noted(what) => self.part("sent", what),
            Line::Ledger(what) => self.part("ledger", inert::one_line(what)),
            Line::Sent(delivery) => {
                self.part("sent", format_args!("{} to {}", delivery.event_type, delivery.app))?;
                self.part("answered", answer_to(delivery))
            }
            Line::Called { with, reply } => {
                self.part("called", with)?;
                self.part("answered", answer(reply))
            }
            Line::Balances(rows) => table(rows).try_for_each(|row| self.part("", row)),
        }
    }

    fn part(&self, label: &str, text: impl std::fmt::Display) -> io::Result<()> {
        self.line(format_args!("   {} {text}", painted(format_args!("{label:<8}"), DIM)))
    }

    fn json_of(&self, step: &Step) -> Value {
        json!({
            "step": self.told,
            "title": step.title,
            "happened": step.lines.iter().map(json_line).collect::<Vec<_>>(),
            "because": step.because.replace('\n', " "),
            "verified": true,
        })
    }

    pub(super) fn line(&self, line: impl std::fmt::Display) -> io::Result<()> {
        self.printer.line(line)
    }

    pub(super) fn json(&self, value: &Value) -> io::Result<()> {
        self.printer.line(inert::json_line(&value.to_string()))
    }

    pub(super) fn width(&self) -> Option<usize> {
        self.printer.width()
    }
}

fn json_line(line: &Line) -> Value {
    match line {
        Line::Did { who, what } => json!({"who": who, "did": what}),
        Line::Sent(delivery) => json!({"delivery": delivery}),
        Line::Noted(what) => json!({"sent": what}),
        Line::Ledger(what) => json!({"ledger": what}),
        Line::Balances(rows) => json!({"balances": rows}),
        Line::Called { with, reply } => json!({
            "called": with,
            "status": reply.status,
            "response": serde_json::from_str(&reply.body).unwrap_or(Value::Null),
            "micros": u64::try_from(reply.took.as_micros()).unwrap_or(u64::MAX),
        }),
    }
}

/// What an app answered to the sandbox, and what came of it.
fn answer_to(delivery: &Delivery) -> String {
    let status = delivery.status.map_or_else(|| "nothing".to_owned(), |status| status.to_string());
    let status = painted(status, style_of(delivery.status));
    let took = show_duration(delivery.took);
    match &delivery.outcome {
        Outcome::Suppressed => format!("{status} in {took}; there is nothing to show"),
        Outcome::Recorded { kind, message } => {
            format!("{status} in {took}; the book shows {kind}: {}", inert::one_line(message))
        }
        Outcome::Again { at } => {
            let answered = SignedDuration::try_from(delivery.took).unwrap_or_default();
            let wait = at.duration_since(delivery.at).saturating_sub(answered);
            // The clock was read a moment before the duration.
            let wait = wait.round(Unit::Millisecond).unwrap_or(wait);
            format!("{status} in {took}; it is sent again after {}", show_span(wait))
        }
    }
}

fn answer(reply: &Reply) -> String {
    let status = painted(reply.status, style_of(Some(reply.status)));
    format!("{status} {} in {}", inert::one_line(&reply.body), show_duration(reply.took))
}

fn style_of(status: Option<u16>) -> anstyle::Style {
    match status {
        Some(200..300) => GOOD,
        Some(429) => WARNING,
        _ => BAD,
    }
}

/// The balances in columns, with their sum.
fn table(rows: &[Row]) -> impl Iterator<Item = String> {
    let groups = || rows.iter().filter(|row| row.is_group);
    let line = |name: &str, before: String, after: String| format!("{name:<18}{before:>12}{after:>12}");
    let head = line("credit minus debit", "before".to_owned(), "after".to_owned());
    let total = line(
        "together",
        groups().map(|row| row.before).sum::<Decimal>().to_string(),
        groups().map(|row| row.after).sum::<Decimal>().to_string(),
    );
    let of = move |row: &Row| {
        let name = inert::one_line(&row.name);
        let name = if row.is_group { name } else { format!("  {name}") };
        line(&name, row.before.to_string(), row.after.to_string())
    };
    let rows: Vec<_> = rows.iter().map(of).collect();
    [painted(head, DIM).to_string()].into_iter().chain(rows).chain([painted(total, BOLD).to_string()])
}
