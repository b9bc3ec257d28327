//! What a handler has written down of its calls: a line when one begins, and one when it is done.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::fs;
use std::path::Path;

use crate::record::Recorded;

#[derive(Debug)]
pub(crate) enum Line {
    Began {
        book: String,
        event: String,
    },
    Done {
        book: String,
        event: String,
    },
    /// The handler was killed: none of its calls goes on.
    Killed,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Began { book, event } => write!(f, "began {book} {event}"),
            Self::Done { book, event } => write!(f, "done {book} {event}"),
            Self::Killed => f.write_str("killed"),
        }
    }
}

impl Line {
    fn parse(text: &str) -> Self {
        let words: Vec<&str> = text.split(' ').collect();
        match words[..] {
            ["began", book, event] => Self::Began { book: book.to_owned(), event: event.to_owned() },
            ["done", book, event] => Self::Done { book: book.to_owned(), event: event.to_owned() },
            ["killed"] => Self::Killed,
            _ => panic!("no line of a diary: {text}"),
        }
    }
}

pub(crate) struct Diary(Vec<Line>);

impl Diary {
    /// Up to the last whole line; nothing, when nothing was written yet.
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        Self(whole.lines().map(Line::parse).collect())
    }

    pub(crate) fn begun(&self) -> usize {
        self.0.iter().filter(|line| matches!(line, Line::Began { .. })).count()
    }

    /// How many calls were cut off by a kill.
    pub(crate) fn cut(&self) -> usize {
        let mut open = HashSet::new();
        let mut cut = 0;
        for line in &self.0 {
            match line {
                Line::Began { event, .. } => drop(open.insert(event)),
                Line::Done { event, .. } => drop(open.remove(event)),
                Line::Killed => cut += std::mem::take(&mut open).len(),
            }
        }
        cut
    }

    /// Two calls of one book never overlap.
    pub(crate) fn overlaps(&self) -> Vec<String> {
        let mut at_work: HashMap<&str, &str> = HashMap::new();
        let mut broken = Vec::new();
        for line in &self.0 {
            match line {
                Line::Began { book, event } => {
                    if let Some(other) = at_work.insert(book, event) {
                        broken.push(format!("{event} of {book} began before {other} was done"));
                    }
                }
                Line::Done { book, event } => {
                    if at_work.remove(&**book) != Some(event) {
                        broken.push(format!("{event} of {book} was done, and was not at work alone"));
                    }
                }
                Line::Killed => at_work.clear(),
            }
        }
        broken
    }

    /// In each book, events begin in the order of append; what is tried again is tried before the next one.
    pub(crate) fn out_of_order(&self, deliveries: &[Recorded]) -> Vec<String> {
        let mut begun: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for line in &self.0 {
            let Line::Began { book, event } = line else { continue };
            let events = begun.entry(book).or_default();
            if events.last() != Some(&&**event) {
                events.push(event);
            }
        }
        let mut appended: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for recorded in deliveries {
            appended.entry(recorded.book()).or_default().push(recorded.event_id());
        }
        let wrong = begun.iter().filter(|(book, events)| appended.get(*book) != Some(events));
        wrong
            .map(|(book, events)| format!("{book} has {:?}, and they began {events:?}", appended.get(book)))
            .collect()
    }
}
