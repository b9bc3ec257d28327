//! Reading a map key by key. What is wrong is noted with its place, and the reading goes on.

use std::cell::RefCell;

use bkper_model::{Resource, TextMap};

use super::place::{Mistakes, Place, Placed, SeedProblem};
use crate::yaml::{Entry, Node, Written};

/// What was found wrong so far.
#[derive(Debug, Default)]
pub(super) struct Findings(RefCell<Mistakes>);

impl Findings {
    pub(super) fn note(&self, place: Place, problem: SeedProblem) {
        self.0.borrow_mut().push((place, problem));
    }

    pub(super) fn into_mistakes(self) -> Mistakes {
        self.0.into_inner()
    }
}

/// A map that is being read.
pub(super) struct Section<'a> {
    pub(super) place: Place,
    entries: &'a [Entry],
    asked: Vec<&'static str>,
    findings: &'a Findings,
}

impl<'a> Section<'a> {
    /// The map in the node; nothing there is as good as an empty map.
    pub(super) fn of(node: &'a Node, place: Place, findings: &'a Findings) -> Option<Self> {
        let entries = match &node.value {
            Written::Map(entries) => &**entries,
            _ if node.is_null() => &[],
            _ => {
                findings.note(place, SeedProblem::Form("a map of keys and values"));
                return None;
            }
        };
        Some(Self { place, entries, asked: Vec::new(), findings })
    }

    /// The value under the key, unless there is none.
    pub(super) fn node(&mut self, key: &'static str) -> Option<Placed<&'a Node>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        let place = self.place.child(key, entry.value.at);
        (!entry.value.is_null()).then_some(Placed { place, value: &entry.value })
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<Placed<String>> {
        let node = self.node(key)?;
        self.scalar(node)
    }

    /// A text that must be there, and say something.
    pub(super) fn required(&mut self, key: &'static str) -> Option<Placed<String>> {
        let text = self.text(key).filter(|text| !text.value.trim().is_empty());
        if text.is_none() && !self.has(key) {
            self.note(self.place.child(key, self.place.at), SeedProblem::Missing);
        }
        text
    }

    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let Placed { place, value } = self.node(key)?;
        let flag = value.json().as_bool();
        if flag.is_none() {
            self.note(place, SeedProblem::Form("true or false"));
        }
        flag
    }

    pub(super) fn number(&mut self, key: &'static str) -> Option<u32> {
        let Placed { place, value } = self.node(key)?;
        let number = value.json().as_u64().and_then(|number| u32::try_from(number).ok());
        if number.is_none() {
            self.note(place, SeedProblem::Form("a whole number"));
        }
        number
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, key: &'static str) -> Vec<Placed<String>> {
        let items = self.list(key);
        items.into_iter().filter_map(|item| self.scalar(item)).collect()
    }

    /// A list of maps.
    pub(super) fn sections(&mut self, key: &'static str) -> Vec<Self> {
        let items = self.list(key);
        items.into_iter().filter_map(|item| Self::of(item.value, item.place, self.findings)).collect()
    }

    /// A map of texts.
    pub(super) fn text_map(&mut self, key: &'static str) -> Option<TextMap> {
        let Placed { place, value } = self.node(key)?;
        let section = Self::of(value, place, self.findings)?;
        let mut map = TextMap::new();
        for entry in section.entries {
            let place = section.place.child(&entry.key, entry.value.at);
            if let Some(text) = section.scalar(Placed { place, value: &entry.value }) {
                map.insert(entry.key.clone(), text.value);
            }
        }
        Some(map)
    }

    fn list(&mut self, key: &'static str) -> Vec<Placed<&'a Node>> {
        let Some(Placed { place, value }) = self.node(key) else { return Vec::new() };
        let Written::List(items) = &value.value else {
            self.note(place, SeedProblem::Form("a list"));
            return Vec::new();
        };
        let placed =
            |(index, item): (usize, &'a Node)| Placed { place: place.item(index, item.at), value: item };
        items.iter().enumerate().map(placed).collect()
    }

    /// A single value as it is written, be it a number: amounts keep their digits.
    fn scalar(&self, node: Placed<&Node>) -> Option<Placed<String>> {
        if let Written::Scalar { text, .. } = &node.value.value {
            return Some(Placed { place: node.place, value: text.clone() });
        }
        self.note(node.place, SeedProblem::Form("a single value"));
        None
    }

    fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key && !entry.value.is_null())
    }

    /// Notes what the API would not take of the resource that was made of this map.
    pub(super) fn check(&self, resource: &impl Resource) {
        for fault in resource.faults() {
            let key = fault.path().split(['.', '[']).next().unwrap_or_default();
            let entry = self.entries.iter().find(|entry| entry.key == key);
            let place =
                entry.map_or_else(|| self.place.clone(), |entry| self.place.child(key, entry.value.at));
            // The message begins with the key, which the place has already.
            let message = fault.to_string();
            let message = message.strip_prefix(&format!("{}: ", fault.path())).unwrap_or(&message).to_owned();
            self.note(place, SeedProblem::Fault(message));
        }
    }

    pub(super) fn note(&self, place: Place, problem: SeedProblem) {
        self.findings.note(place, problem);
    }

    /// Notes every key that nobody asked for.
    pub(super) fn finish(self) {
        for entry in self.entries.iter().filter(|entry| !self.asked.contains(&entry.key.as_str())) {
            let problem = SeedProblem::UnknownKey { known: self.asked.clone() };
            self.note(self.place.child(&entry.key, entry.at), problem);
        }
    }
}
