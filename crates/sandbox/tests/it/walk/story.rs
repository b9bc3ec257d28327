//! How the walk is told: every call with its answer, in a form that is the same in every run.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bookhook_sandbox::Sandbox;
use serde_json::Value;

use super::endpoints::ENDPOINTS;
use crate::client::Client;

/// Calls endpoints, and remembers what was asked and answered.
pub(super) struct Story {
    client: Client,
    text: String,
    names: Names,
    answers: BTreeMap<&'static str, Vec<Value>>,
    /// Where the last answer said that something is.
    pub(super) location: String,
}

impl Story {
    pub(super) fn of(sandbox: &Sandbox, handler: &str) -> Self {
        let mut names = Names::default();
        names.fixed.push((handler.to_owned(), "http://handler".to_owned()));
        names.fixed.push((sandbox.url(), "http://sandbox".to_owned()));
        let client = Client::of(sandbox).user("mia").agent("bkper-cli");
        Self { client, text: String::new(), names, answers: BTreeMap::new(), location: String::new() }
    }

    /// Calls an endpoint of [`ENDPOINTS`], with these ids in the places of its path, and with a query string behind `?`.
    pub(super) async fn call(&mut self, what: &str, ids: &[&str], body: Value) -> Value {
        let (endpoint, query) = what.split_once('?').unwrap_or((what, ""));
        let (known, _) = ENDPOINTS
            .iter()
            .find(|(known, _)| *known == endpoint)
            .unwrap_or_else(|| panic!("{endpoint} is no endpoint"));
        let (method, path) = endpoint.split_once(' ').expect("a method and a path");
        let path = format!("/v5/{}?{}", filled(path, ids), query.replace(' ', "%20"));
        let body = (!body.is_null()).then_some(body);
        let answer = self.client.call(method, &path, body.clone()).await;
        self.tell(what, body.as_ref(), answer.status, &answer.json);
        if let Some(location) = answer.headers.get("location") {
            location.to_str().unwrap().clone_into(&mut self.location);
        }
        let json = answer.ok();
        self.answers.entry(known).or_default().push(json.clone());
        json
    }

    fn tell(&mut self, what: &str, body: Option<&Value>, status: u16, json: &Value) {
        let _ = writeln!(self.text, "## {}", self.names.of_text(what));
        if let Some(body) = body {
            let _ = writeln!(self.text, "{}", laid_out(&self.names.of_json(body), 0));
        }
        let answer = if json.is_null() { String::new() } else { laid_out(&self.names.of_json(json), 0) };
        let _ = writeln!(self.text, "{status} {answer}\n");
    }

    /// A value with the names that the story has for ids.
    pub(super) fn named(&mut self, json: &Value) -> Value {
        self.names.of_json(json)
    }

    /// Events that were listed on the way.
    pub(super) fn listed_events(&self) -> Vec<Value> {
        let pages = self.answers.get("GET books/{b}/events").into_iter().flatten();
        pages.filter_map(|page| page["items"].as_array()).flatten().cloned().collect()
    }

    /// What was told since the last time.
    pub(super) fn chapter(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// Every answer, by endpoint.
    pub(super) fn into_answers(self) -> BTreeMap<&'static str, Vec<Value>> {
        self.answers
    }
}

/// JSON for people: what fits into a line is in one line.
pub(super) fn laid_out(json: &Value, depth: usize) -> String {
    let short = json.to_string();
    if short.len() + 2 * depth <= WIDTH {
        return short;
    }
    let (open, parts, close) = match json {
        Value::Object(entries) => {
            let part = |(key, value): (&String, &Value)| format!("{key:?}:{}", laid_out(value, depth + 1));
            ('{', entries.iter().map(part).collect(), '}')
        }
        Value::Array(items) => ('[', items.iter().map(|item| laid_out(item, depth + 1)).collect(), ']'),
        _ => return short,
    };
    let indent = |depth| "  ".repeat(depth);
    format!("{open}\n{}\n{}{close}", flowing(parts, &indent(depth + 1)), indent(depth))
}

/// As many parts in a line as fit.
fn flowing(parts: Vec<String>, indent: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if !part.contains('\n') && line.len() + part.len() < WIDTH && !line.contains('\n') => {
                line.push_str(", ");
                line.push_str(&part);
            }
            _ => lines.push(format!("{indent}{part}")),
        }
    }
    lines.join(",\n")
}

const WIDTH: usize = 110;

fn filled(path: &str, ids: &[&str]) -> String {
    let mut ids = ids.iter();
    let fill = |part: &str| {
        if part.starts_with('{') {
            (*ids.next().expect("an id for every place")).replace(' ', "%20")
        } else {
            part.to_owned()
        }
    };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

/// Ids differ from run to run: the story numbers them as they appear.
#[derive(Default)]
struct Names {
    fixed: Vec<(String, String)>,
    by_id: BTreeMap<String, String>,
    by_kind: BTreeMap<String, usize>,
}

/// How long the number in an id is.
const DIGITS: usize = 15;

impl Names {
    fn of_json(&mut self, json: &Value) -> Value {
        match json {
            Value::String(text) => Value::String(self.of_text(text)),
            Value::Array(items) => items.iter().map(|item| self.of_json(item)).collect(),
            Value::Object(entries) => {
                entries.iter().map(|(key, value)| (key.clone(), self.of_json(value))).collect()
            }
            other => other.clone(),
        }
    }

    fn of_text(&mut self, text: &str) -> String {
        let fixed = self.fixed.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        let is_of_id = |c: char| c.is_ascii_alphanumeric();
        let mut named = String::new();
        let mut rest = fixed.as_str();
        while let Some(start) = rest.find(is_of_id) {
            let end = rest[start..].find(|c| !is_of_id(c)).map_or(rest.len(), |length| start + length);
            named.push_str(&rest[..start]);
            named.push_str(&self.of_word(&rest[start..end]));
            rest = &rest[end..];
        }
        named + rest
    }

    fn of_word(&mut self, word: &str) -> String {
        let kind = word.trim_end_matches(|c: char| c.is_ascii_digit());
        if word.len() - kind.len() != DIGITS {
            return word.to_owned();
        }
        if let Some(name) = self.by_id.get(word) {
            return name.clone();
        }
        let number = self.by_kind.entry(kind.to_owned()).and_modify(|number| *number += 1).or_insert(1);
        let name = format!("<{}{number}>", if kind.is_empty() { "n" } else { kind });
        self.by_id.insert(word.to_owned(), name.clone());
        name
    }
}
