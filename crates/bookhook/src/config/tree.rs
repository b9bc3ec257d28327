//! A YAML (or JSON) file as a tree in which every value knows its line and column.
//!
//! Scalars stay the text that was written: whether `8080` is a number and `off` a word is for the one who asks. What
//! the file may not hold (a key twice, tags, merges, an alias to nowhere) is collected and does not stop the reading; only
//! text that is no YAML does.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::finding::Position;
use super::problem::Problem;

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) at: Position,
    pub(super) value: Value,
}

/// What stands there.
#[derive(Debug)]
pub(super) enum Value {
    Null,
    /// Something that the file may not hold, which is a [`Fault`] already.
    Wrong,
    Text(String),
    List(Vec<Rc<Node>>),
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_at: Position,
    pub(super) value: Rc<Node>,
}

/// The way to a value from the top of the file: `hooks.tax-bot.source`.
#[derive(Debug, Clone, Default)]
pub(super) struct Key(String);

impl Key {
    pub(super) fn child(&self, name: &str) -> Self {
        let dot = if self.0.is_empty() { "" } else { "." };
        Self(format!("{}{dot}{}", self.0, quotable(name)))
    }

    pub(super) fn item(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    pub(super) fn into_name(self) -> Option<String> {
        Some(self.0).filter(|name| !name.is_empty())
    }
}

/// A text as a message may quote it: on one line, not too long, and without a password.
pub(super) fn quotable(text: &str) -> String {
    const CHARS_MAX: usize = 80;
    let text = without_credentials(text);
    let mut line: String =
        text.chars().take(CHARS_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(CHARS_MAX).is_some() {
        line.push('…');
    }
    line
}

/// A URL without the user and the password in it.
fn without_credentials(text: &str) -> Cow<'_, str> {
    match (text.split_once("://"), text.rsplit_once('@')) {
        (Some((scheme, rest)), Some((_, host))) if rest.contains('@') => {
            format!("{scheme}://…@{host}").into()
        }
        _ => text.into(),
    }
}

/// Something that the file may not hold, and where.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: Position,
    pub(super) key: Key,
    pub(super) problem: Problem,
}

/// Reads `text`. Without a tree the faults say why.
pub(super) fn parse(text: &str) -> (Option<Rc<Node>>, Vec<Fault>) {
    let options = granit_parser::options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        flow_nesting_limit: NESTING_MAX,
        block_nesting_limit: NESTING_MAX,
    };
    let events = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder { events, anchors: HashMap::new(), faults: Vec::new() };
    match builder.document() {
        Ok(root) => (Some(root), builder.faults),
        Err(error) => {
            builder.faults.push(syntax_fault(text, &error));
            (None, builder.faults)
        }
    }
}

/// Deeper than any file that a person writes, and far from the end of the stack.
const NESTING_MAX: usize = 32;

struct Builder<'t> {
    events: Parser<'t, StrInput<'t>>,
    anchors: HashMap<usize, Rc<Node>>,
    faults: Vec<Fault>,
}

impl<'t> Builder<'t> {
    fn document(&mut self) -> Result<Rc<Node>, ScanError> {
        let mut root = None;
        while let Some((event, span)) = self.events.next().transpose()? {
            if !event.is_node() {
                continue;
            }
            if root.is_none() {
                root = Some(self.node(event, span, &Key::default())?);
            } else {
                self.fault(span, &Key::default(), Problem::SecondDocument);
                break;
            }
        }
        Ok(root.unwrap_or_else(|| Rc::new(Node { at: Position::START, value: Value::Null })))
    }

    fn next(&mut self) -> Result<Option<(Event<'t>, Span)>, ScanError> {
        self.events.next().transpose()
    }

    fn node(&mut self, event: Event<'t>, span: Span, key: &Key) -> Result<Rc<Node>, ScanError> {
        let anchor = event.anchor_id();
        let tagged = event.tag().is_some_and(Tag::is_custom);
        let mut value = match event {
            Event::Scalar(text, style, ..) => scalar(&text, style),
            Event::SequenceStart(..) => self.list(key)?,
            Event::MappingStart(..) => self.map(key)?,
            Event::Alias(id) => return Ok(self.alias(id, span, key)),
            Event::UnresolvedAlias(name) => {
                self.fault(span, key, Problem::UnknownAlias(name.into_owned()));
                Value::Wrong
            }
            _ => Value::Null,
        };
        if tagged {
            self.fault(Span::empty(span.tag_start().unwrap_or(span.start)), key, Problem::Tag);
            value = Value::Wrong;
        }
        let node = Rc::new(Node { at: position(span), value });
        if let Some(id) = anchor {
            self.anchors.insert(id, Rc::clone(&node));
        }
        Ok(node)
    }

    fn list(&mut self, key: &Key) -> Result<Value, ScanError> {
        let mut items = Vec::new();
        while let Some((event, span)) = self.next()? {
            if matches!(event, Event::SequenceEnd) {
                break;
            }
            if event.is_node() {
                items.push(self.node(event, span, &key.item(items.len()))?);
            }
        }
        Ok(Value::List(items))
    }

    fn map(&mut self, key: &Key) -> Result<Value, ScanError> {
        let mut entries: Vec<Entry> = Vec::new();
        while let Some((event, span)) = self.next()? {
            if matches!(event, Event::MappingEnd) {
                break;
            }
            if !event.is_node() {
                continue;
            }
            let name = self.node(event, span, key)?;
            let child = match &name.value {
                Value::Text(text) => key.child(text),
                _ => key.clone(),
            };
            let Some((event, value_span)) = self.next()? else { break };
            let value = self.node(event, value_span, &child)?;
            if let Some(name) = self.key_name(&name, &entries, span, &child) {
                entries.push(Entry { key: name, key_at: position(span), value });
            }
        }
        Ok(Value::Map(entries))
    }

    /// The name of a key, unless an entry cannot have it.
    fn key_name(&mut self, name: &Node, before: &[Entry], span: Span, key: &Key) -> Option<String> {
        let problem = match &name.value {
            Value::Text(text) if text == "<<" => Problem::Merge,
            Value::Text(text) => match before.iter().find(|entry| entry.key == *text) {
                None => return Some(text.clone()),
                Some(first) => Problem::Repeated { first_line: first.key_at.line },
            },
            _ => Problem::KeyNotText,
        };
        self.fault(span, key, problem);
        None
    }

    fn alias(&mut self, id: usize, span: Span, key: &Key) -> Rc<Node> {
        // An anchor is known once its value is complete, so an alias within its own value finds none.
        self.anchors.get(&id).cloned().unwrap_or_else(|| {
            self.fault(span, key, Problem::AliasToItself);
            Rc::new(Node { at: position(span), value: Value::Wrong })
        })
    }

    fn fault(&mut self, span: Span, key: &Key, problem: Problem) {
        self.faults.push(Fault { at: position(span), key: key.clone(), problem });
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    match (style, text) {
        (ScalarStyle::Plain, "" | "~" | "null" | "Null" | "NULL") => Value::Null,
        _ => Value::Text(text.to_owned()),
    }
}

fn position(span: Span) -> Position {
    Position { line: span.start.line(), column: span.start.col() + 1 }
}

fn syntax_fault(text: &str, error: &ScanError) -> Fault {
    let at = Position { line: error.marker().line(), column: error.marker().col() + 1 };
    let line = text.lines().nth(at.line.saturating_sub(1)).unwrap_or_default();
    Fault {
        at,
        key: Key::default(),
        problem: Problem::Syntax { what: error.info(), hint: hint(error, line) },
    }
}

/// What is often meant by a line that is no YAML.
fn hint(error: &ScanError, line: &str) -> &'static str {
    if matches!(error.kind(), ErrorKind::MappingValueNotAllowed) {
        return "; check the indentation, and quote a text with `: ` in it";
    }
    HINTS.iter().find(|(sign, _)| line.contains(sign)).map_or("", |(_, hint)| hint)
}

/// By what stands in the line.
const HINTS: [(&str, &str); 4] = [
    ("${", "; inside braces `${NAME}` must be quoted: \"${NAME}\""),
    ("\t", "; indent with spaces, not tabs"),
    ("*", "; a text that begins with `*` must be quoted"),
    ("@", "; a text that begins with `@` must be quoted"),
];
