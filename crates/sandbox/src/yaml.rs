//! YAML: manifests of apps and seeds are written in it. JSON is YAML.
//!
//! Plain scalars mean what the core schema of YAML 1.2 says, so `500` is a number and `off` a text. Aliases and tags are
//! refused: in these files an alias is always a text such as `*@example.com` that somebody forgot to quote.

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use serde_json::{Number, Value};

/// A text is no YAML, or not of the kind that is read here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum YamlError {
    /// It is no YAML at all. The message says where.
    #[error("this is no YAML")]
    Syntax(#[source] ScanError),
    /// A text begins with `*` or is an alias.
    #[error("line {line}: there are no aliases here; a text that begins with `*` must be quoted")]
    Alias {
        /// Where it stands.
        line: usize,
    },
    /// A value has a tag such as `!secret`.
    #[error("line {line}: there are no tags here; a text that begins with `!` must be quoted")]
    Tag {
        /// Where it stands.
        line: usize,
    },
    /// A key is a list, a map or nothing.
    #[error("line {line}: a key is a text")]
    Key {
        /// Where it stands.
        line: usize,
    },
    /// A map has a key twice.
    #[error("line {line}: the key {key:?} is there already")]
    Repeated {
        /// Where it stands.
        line: usize,
        /// The key.
        key: String,
    },
    /// After `---` a second document begins.
    #[error("line {line}: a second document begins")]
    SecondDocument {
        /// Where it stands.
        line: usize,
    },
}

impl From<ScanError> for YamlError {
    fn from(error: ScanError) -> Self {
        Self::Syntax(error)
    }
}

/// Deeper than any file that a person writes, and far from the end of the stack.
const NESTING_MAX: usize = 32;

/// A value, and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) at: Position,
    pub(crate) value: Written,
}

/// A line and a column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// What is written there.
#[derive(Debug)]
pub(crate) enum Written {
    /// A text. What a plain one means is for the one who asks.
    Scalar {
        text: String,
        is_plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) at: Position,
    pub(crate) value: Node,
}

/// Reads a document as JSON. An empty one is `null`.
pub(crate) fn parse(text: &str) -> Result<Value, YamlError> {
    Ok(read(text)?.json())
}

/// Reads a document.
pub(crate) fn read(text: &str) -> Result<Node, YamlError> {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: NESTING_MAX,
        block_nesting_limit: NESTING_MAX,
    };
    let mut reader = Reader(Parser::new_from_str_with_options(text, options));
    let mut document = None;
    while let Some((event, span)) = reader.next()? {
        if event.is_node() {
            if document.is_some() {
                return Err(YamlError::SecondDocument { line: span.start.line() });
            }
            document = Some(reader.node(event, span)?);
        }
    }
    Ok(document.unwrap_or(Node { at: Position { line: 1, column: 1 }, value: Written::NOTHING }))
}

impl Node {
    /// The value as JSON, plain scalars by their looks.
    pub(crate) fn json(&self) -> Value {
        match &self.value {
            Written::Scalar { text, is_plain: true } => plain(text),
            Written::Scalar { text, is_plain: false } => Value::String(text.clone()),
            Written::List(items) => items.iter().map(Self::json).collect(),
            Written::Map(entries) => {
                let entries = entries.iter().map(|entry| (entry.key.clone(), entry.value.json()));
                Value::Object(entries.collect())
            }
        }
    }

    /// Whether there is no value.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.value, Written::Scalar { text, is_plain: true } if plain(text).is_null())
    }
}

impl Written {
    const NOTHING: Self = Self::Scalar { text: String::new(), is_plain: true };
}

struct Reader<'t>(Parser<'t, StrInput<'t>>);

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<Option<(Event<'t>, Span)>, ScanError> {
        self.0.next().transpose()
    }

    fn node(&mut self, event: Event<'t>, span: Span) -> Result<Node, YamlError> {
        if event.tag().is_some_and(Tag::is_custom) {
            return Err(YamlError::Tag { line: span.start.line() });
        }
        let value = match event {
            Event::Scalar(text, style, ..) => {
                Written::Scalar { text: text.into_owned(), is_plain: style == ScalarStyle::Plain }
            }
            Event::SequenceStart(..) => Written::List(self.list()?),
            Event::MappingStart(..) => Written::Map(self.map()?),
            Event::Alias(_) => return Err(YamlError::Alias { line: span.start.line() }),
            _ => Written::NOTHING,
        };
        Ok(Node { at: position(span), value })
    }

    fn list(&mut self) -> Result<Vec<Node>, YamlError> {
        let mut items = Vec::new();
        while let Some((event, span)) = self.next()? {
            if matches!(event, Event::SequenceEnd) {
                break;
            }
            items.push(self.node(event, span)?);
        }
        Ok(items)
    }

    fn map(&mut self) -> Result<Vec<Entry>, YamlError> {
        let mut entries: Vec<Entry> = Vec::new();
        while let Some((event, span)) = self.next()? {
            let line = span.start.line();
            let key = match event {
                Event::MappingEnd => break,
                Event::Scalar(text, ..) => text.into_owned(),
                Event::Alias(_) => return Err(YamlError::Alias { line }),
                _ => return Err(YamlError::Key { line }),
            };
            let at = position(span);
            let Some((event, span)) = self.next()? else { break };
            let value = self.node(event, span)?;
            if entries.iter().any(|entry| entry.key == key) {
                return Err(YamlError::Repeated { line, key });
            }
            entries.push(Entry { key, at, value });
        }
        Ok(entries)
    }
}

fn position(span: Span) -> Position {
    Position { line: span.start.line(), column: span.start.col() + 1 }
}

fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| text.into(), Value::Number),
    }
}

/// Numbers as JSON writes them. An id of more digits than a number holds stays a text.
fn number(text: &str) -> Option<Number> {
    let begins_as_one = text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    if begins_as_one && text.len() <= 16 { serde_json::from_str(text).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scalars_are_what_they_look_like() {
        let yaml = "
            nothing:
            tilde: ~
            yes: true
            off: off
            size: 500
            rate: 1.5
            day: 2026-01-31
            quoted: \"500\"
            id: 48193000000001712345
            zero: 007
            variable: ${account.name}
            list: [a, 'b', 3]
            block: |
              one
              two
        ";
        let expected = json!({
            "nothing": null, "tilde": null, "yes": true, "off": "off", "size": 500, "rate": 1.5,
            "day": "2026-01-31", "quoted": "500", "id": "48193000000001712345", "zero": "007",
            "variable": "${account.name}", "list": ["a", "b", 3], "block": "one\ntwo\n",
        });
        assert_eq!(parse(yaml).unwrap(), expected);
    }

    #[test]
    fn json_is_yaml_and_nothing_is_null() {
        assert_eq!(
            parse(r#"{"a": [1, {"b": "\u00e9"}], "c": null}"#).unwrap(),
            json!({"a": [1, {"b": "é"}], "c": null})
        );
        assert_eq!(parse("# only a comment\n").unwrap(), Value::Null);
    }

    #[test]
    fn what_is_not_meant_is_refused_with_its_line() {
        for (text, message) in [
            (
                "a: &x 1\nb: *x\n",
                "line 2: there are no aliases here; a text that begins with `*` must be quoted",
            ),
            (
                "a: 1\nb: !secret x\n",
                "line 2: there are no tags here; a text that begins with `!` must be quoted",
            ),
            ("a: 1\na: 2\n", "line 2: the key \"a\" is there already"),
            ("[a]: 1\n", "line 1: a key is a text"),
            ("a: 1\n---\nb: 2\n", "line 3: a second document begins"),
            ("a: [1\n", "this is no YAML"),
            ("users: *@example.com\n", "this is no YAML"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), message, "{text}");
        }
    }
}
