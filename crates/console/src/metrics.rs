//! Numbers for Prometheus, in its text format.

use std::fmt::{self, Display, Write as _};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;

use crate::console::{Console, Refused};
use crate::hooks::{self, Hook, HookState};
use crate::problem::Problem;

const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /metrics`
pub(crate) async fn metrics(State(console): State<Console>) -> Result<Response, Problem> {
    let hooks = hooks::all(&console).await?;
    let mut page = Page::default();
    of_journal(&mut page, console.journal().healthy());
    of_hooks(&mut page, &hooks);
    of_door(&mut page, &console.refused());
    Ok(([(header::CONTENT_TYPE, FORMAT)], page.0).into_response())
}

fn of_journal(page: &mut Page, is_healthy: bool) {
    page.family("bookhook_journal_up", "gauge", "1 while the journal can be written.");
    page.sample("bookhook_journal_up", &[], i32::from(is_healthy));
}

fn of_hooks(page: &mut Page, hooks: &[Hook]) {
    page.family("bookhook_deliveries", "gauge", "Deliveries in the journal, by hook and state.");
    for hook in hooks {
        for (state, count) in hook.counts() {
            let labels = [("hook", hook.name()), ("state", state)];
            page.sample("bookhook_deliveries", &labels, count);
        }
    }
    page.family(
        "bookhook_oldest_waiting_seconds",
        "gauge",
        "Age of the oldest delivery that waits; 0 when none does.",
    );
    for hook in hooks {
        let age = hook.oldest_waiting_seconds.unwrap_or_default();
        page.sample("bookhook_oldest_waiting_seconds", &[("hook", hook.name())], age);
    }
    page.family("bookhook_hook_paused", "gauge", "1 while the hook is paused.");
    for hook in hooks {
        let is_paused = hook.state == HookState::Paused;
        page.sample("bookhook_hook_paused", &[("hook", hook.name())], i32::from(is_paused));
    }
}

fn of_door(page: &mut Page, refused: &[Refused]) {
    page.family("bookhook_refused_total", "counter", "Calls refused at the public door since the start.");
    for Refused { hook, reason, count } in refused {
        let hook = hook.as_ref().map_or("", |hook| hook.as_str());
        page.sample("bookhook_refused_total", &[("hook", hook), ("reason", reason)], count);
    }
}

/// The text as it grows.
#[derive(Debug, Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.write(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.write(format_args!("{name}{} {value}\n", Labels(labels)));
    }

    fn write(&mut self, text: fmt::Arguments<'_>) {
        self.0.write_fmt(text).expect("a text takes everything");
    }
}

struct Labels<'l>(&'l [(&'l str, &'l str)]);

impl Display for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        for (at, (name, value)) in self.0.iter().enumerate() {
            let before = if at == 0 { '{' } else { ',' };
            write!(f, "{before}{name}=\"{}\"", escaped(value))?;
        }
        f.write_char('}')
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_a_line_whatever_is_in_its_labels() {
        let mut page = Page::default();
        page.sample("x", &[], 1);
        page.sample("x", &[("a", "b\"c\\d\ne"), ("f", "")], 2.5);
        assert_eq!(page.0, "x 1\nx{a=\"b\\\"c\\\\d\\ne\",f=\"\"} 2.5\n");
    }
}
