//! How the story is told: for people, or as one JSON object a line.

use std::io;

use serde_json::{Value, json};

use super::stage::Stage;
use crate::call::Reply;
use crate::inert;
use crate::printer::Printer;
use crate::style::{BAD, BOLD, DIM, GOOD, WARNING, painted};
use crate::time::show_duration;

/// One thing that happened, and was checked.
pub(super) struct Step {
    pub(super) title: &'static str,
    pub(super) calls: Vec<Call>,
    pub(super) because: String,
}

/// What was sent, and what came back.
pub(super) struct Call {
    pub(super) sent: String,
    pub(super) reply: Option<Reply>,
}

impl Call {
    pub(super) fn new(sent: impl Into<String>, reply: Reply) -> Self {
        Self { sent: sent.into(), reply: Some(reply) }
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
        let address = stage.running.address();
        self.line(format_args!(
            "One process plays Bkper, two apps and their host, which listens on {address}."
        ))?;
        self.line(
            "All is real but the books: signed tokens, HTTP, a journal on disk. Every claim is checked.",
        )
    }

    pub(super) fn tell(&mut self, step: &Step) -> io::Result<()> {
        self.told += 1;
        if self.is_json {
            return self.json(&self.json_of(step));
        }
        self.line("")?;
        self.line(format_args!("{}  {}", painted(self.told, DIM), painted(step.title, BOLD)))?;
        for call in &step.calls {
            self.line(format_args!("   {}     {}", painted("sent", DIM), call.sent))?;
            if let Some(reply) = &call.reply {
                self.line(format_args!("   {} {}", painted("answered", DIM), answer(reply)))?;
            }
        }
        let mut label = "because";
        for because in step.because.lines() {
            self.line(format_args!("   {}  {because}", painted(format_args!("{label:<7}"), DIM)))?;
            label = "";
        }
        Ok(())
    }

    fn json_of(&self, step: &Step) -> Value {
        let call = |call: &Call| {
            let reply = call.reply.as_ref();
            json!({
                "sent": call.sent,
                "status": reply.map(|reply| reply.status),
                "response": reply.map(|reply| serde_json::from_str(&reply.body).unwrap_or(Value::Null)),
                "retry_after": reply.and_then(|reply| reply.retry_after.as_ref()),
                "micros": reply.map(|reply| u64::try_from(reply.took.as_micros()).unwrap_or(u64::MAX)),
            })
        };
        let calls: Vec<_> = step.calls.iter().map(call).collect();
        json!({
            "step": self.told,
            "title": step.title,
            "calls": calls,
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

fn answer(reply: &Reply) -> String {
    let style = match reply.status {
        200..300 => GOOD,
        429 => WARNING,
        _ => BAD,
    };
    let status = painted(reply.status, style);
    let wait =
        reply.retry_after.as_ref().map_or_else(String::new, |seconds| format!(" Retry-After: {seconds}"));
    format!("{status}{wait} {} in {}", inert::one_line(&reply.body), show_duration(reply.took))
}
