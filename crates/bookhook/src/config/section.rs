//! Reading a tree: a mapping is asked for its keys one by one, whatever is wrong is noted with its place, and the
//! reading goes on, so that all mistakes of a file are told at once.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use secrecy::{ExposeSecret as _, SecretString};

use super::environment::Env;
use super::expand::expand;
use super::finding::{ConfigErrors, Finding, Mistake, Place, Position, Warning, in_order};
use super::problem::{Caution, FileFault, Misfit, Problem};
use super::suggest::nearest;
use super::tree::{self, Entry, Key, Node, Value, quotable};

/// What was found so far, in all files.
#[derive(Debug, Default)]
pub(super) struct Findings {
    mistakes: RefCell<Vec<Mistake>>,
    warnings: RefCell<Vec<Warning>>,
}

impl Findings {
    pub(super) fn mistake(&self, place: Place, what: Problem) {
        self.mistakes.borrow_mut().push(Finding { place, what });
    }

    pub(super) fn warning(&self, place: Place, what: Caution) {
        self.warnings.borrow_mut().push(Finding { place, what });
    }

    /// What was read, with the warnings, if there is no mistake.
    pub(super) fn verdict<T>(self, read: Option<T>) -> Result<(T, Vec<Warning>), ConfigErrors> {
        let mistakes = self.mistakes.into_inner();
        match read {
            Some(read) if mistakes.is_empty() => Ok((read, in_order(self.warnings.into_inner()))),
            _ => Err(ConfigErrors(in_order(mistakes))),
        }
    }
}

/// How a file is read.
#[derive(Clone, Copy)]
pub(super) enum Manner<'a> {
    /// As configuration: `${NAME}` is the environment, and a key without a value is a mistake.
    Configuration(Env<'a>),
    /// As a manifest: `${…}` is text, and a key without a value is as good as no key.
    Manifest,
}

/// A file that is being read.
pub(super) struct Document<'a> {
    file: PathBuf,
    manner: Manner<'a>,
    pub(super) findings: &'a Findings,
}

impl<'a> Document<'a> {
    /// Notes what `text` may not hold and returns the rest of it.
    pub(super) fn parse(
        file: &Path,
        text: &str,
        manner: Manner<'a>,
        findings: &'a Findings,
    ) -> (Self, Option<Rc<Node>>) {
        let document = Self { file: file.to_owned(), manner, findings };
        let (root, faults) = tree::parse(text);
        for fault in faults {
            document.mistake(fault.at, fault.key, fault.problem);
        }
        (document, root)
    }

    pub(super) fn mistake(&self, at: Position, key: Key, problem: Problem) {
        self.findings.mistake(self.place(at, key), problem);
    }

    pub(super) fn warning(&self, at: Position, key: Key, caution: Caution) {
        self.findings.warning(self.place(at, key), caution);
    }

    /// A path that is written in this file: relative ones begin at its folder.
    pub(super) fn beside(&self, written: &Path) -> PathBuf {
        match self.file.parent() {
            Some(folder) if folder != Path::new("") => {
                folder.join(written.strip_prefix("./").unwrap_or(written))
            }
            _ => written.to_owned(),
        }
    }

    /// What `read` makes of a value; noted if it makes nothing of it.
    pub(super) fn fit<T>(
        &self,
        scalar: &Scalar<'_>,
        read: impl FnOnce(&str) -> Result<T, Misfit>,
    ) -> Option<T> {
        read(&scalar.text).map_err(|misfit| self.misfit(scalar, misfit)).ok()
    }

    /// Notes that a value does not fit.
    pub(super) fn misfit(&self, scalar: &Scalar<'_>, misfit: Misfit) {
        let written = quotable(scalar.written);
        self.mistake(scalar.at, scalar.key.clone(), Problem::Misfit { written, misfit });
    }

    fn place(&self, at: Position, key: Key) -> Place {
        Place::File { file: self.file.clone(), position: Some(at), key: key.into_name() }
    }

    fn scalar<'n>(&self, node: &'n Node, key: Key) -> Option<Scalar<'n>> {
        let text = match &node.value {
            Value::Text(written) => self.expanded(written).map(|text| (written, text)),
            Value::Null => Err(Problem::NoValue),
            Value::List(_) | Value::Map(_) => Err(Problem::NotAValue),
            Value::Wrong => return None,
        };
        match text {
            Ok((written, text)) => Some(Scalar { at: node.at, key, written, text }),
            Err(problem) => {
                self.mistake(node.at, key, problem);
                None
            }
        }
    }

    fn expanded(&self, written: &str) -> Result<String, Problem> {
        match self.manner {
            Manner::Configuration(env) => expand(written, env),
            Manner::Manifest => Ok(written.to_owned()),
        }
    }
}

/// A single value and where it stands.
pub(super) struct Scalar<'a> {
    pub(super) at: Position,
    pub(super) key: Key,
    /// As it stands in the file: only this is ever shown.
    pub(super) written: &'a str,
    /// With the environment put in.
    pub(super) text: String,
}

impl Scalar<'_> {
    /// What stands behind `file:`; if the environment says that, it is no file.
    fn path_of_file(&self) -> Option<&Path> {
        let path = self.text.strip_prefix("file:").filter(|_| self.written.starts_with("file:"))?;
        Some(Path::new(path))
    }
}

/// The kinds that a source or handler can be of.
pub(super) struct Kinds {
    pub(super) what: &'static str,
    pub(super) here: &'static [&'static str],
    pub(super) later: &'static [&'static str],
}

/// A mapping that is being read.
pub(super) struct Section<'a> {
    pub(super) doc: &'a Document<'a>,
    /// Where its key stands.
    pub(super) at: Position,
    pub(super) key: Key,
    entries: &'a [Entry],
    asked: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// The top of a file; an empty file is an empty mapping.
    pub(super) fn root(doc: &'a Document<'a>, node: &'a Node) -> Option<Self> {
        match &node.value {
            Value::Null => Some(Self::of(doc, Position::START, Key::default(), &[])),
            _ => Self::read(doc, Position::START, Key::default(), node),
        }
    }

    fn of(doc: &'a Document<'a>, at: Position, key: Key, entries: &'a [Entry]) -> Self {
        Self { doc, at, key, entries, asked: Vec::new() }
    }

    fn read(doc: &'a Document<'a>, at: Position, key: Key, node: &'a Node) -> Option<Self> {
        let problem = match &node.value {
            Value::Map(entries) => return Some(Self::of(doc, at, key, entries)),
            Value::Null => Problem::NoValue,
            Value::Text(_) | Value::List(_) => Problem::NotAMapping,
            Value::Wrong => return None,
        };
        doc.mistake(node.at, key, problem);
        None
    }

    /// Whether the key is there, with or without a fitting value.
    pub(super) fn has(&self, name: &str) -> bool {
        let null_counts = matches!(self.doc.manner, Manner::Configuration(_));
        self.find(name).is_some_and(|entry| null_counts || !matches!(entry.value.value, Value::Null))
    }

    /// The place of the key, or of the section when it is not there.
    pub(super) fn place(&self, name: &str) -> Place {
        self.doc.place(self.position(name), self.key.child(name))
    }

    /// The position of the key, or of the section when it is not there.
    pub(super) fn position(&self, name: &str) -> Position {
        self.find(name).map_or(self.at, |entry| entry.key_at)
    }

    /// The value under `name`.
    pub(super) fn scalar(&mut self, name: &'static str) -> Option<Scalar<'a>> {
        let entry = self.ask(name)?;
        self.doc.scalar(&entry.value, self.key.child(name))
    }

    /// What `read` makes of the value under `name`.
    pub(super) fn value<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, Misfit>,
    ) -> Option<T> {
        let scalar = self.scalar(name)?;
        self.doc.fit(&scalar, read)
    }

    /// The values of the list under `name`.
    pub(super) fn list(&mut self, name: &'static str) -> Vec<Scalar<'a>> {
        let Some(entry) = self.ask(name) else { return Vec::new() };
        let key = self.key.child(name);
        let problem = match &entry.value.value {
            Value::List(items) => {
                let item = |(index, node): (usize, &'a Rc<Node>)| self.doc.scalar(node, key.item(index));
                return items.iter().enumerate().filter_map(item).collect();
            }
            Value::Null => Problem::NoValue,
            Value::Text(_) | Value::Map(_) => Problem::NotAList,
            Value::Wrong => return Vec::new(),
        };
        self.doc.mistake(entry.value.at, key, problem);
        Vec::new()
    }

    /// The value, or the values of the list, under `name`. An empty list is a mistake.
    pub(super) fn one_or_many(&mut self, name: &'static str) -> Option<Vec<Scalar<'a>>> {
        let entry = self.ask(name)?;
        match &entry.value.value {
            Value::List(items) if items.is_empty() => {
                self.doc.mistake(entry.value.at, self.key.child(name), Problem::NoValue);
                Some(Vec::new())
            }
            Value::List(_) => Some(self.list(name)),
            _ => Some(self.scalar(name).into_iter().collect()),
        }
    }

    /// The mapping under `name`.
    pub(super) fn section(&mut self, name: &'static str) -> Option<Self> {
        let entry = self.ask(name)?;
        Self::read(self.doc, entry.key_at, self.key.child(name), &entry.value)
    }

    /// The mapping under every key, whatever their names.
    pub(super) fn sections(&self) -> Vec<(Scalar<'a>, Self)> {
        let read = |entry: &'a Entry| {
            let name = self.name_of(entry);
            Self::read(self.doc, entry.key_at, name.key.clone(), &entry.value).map(|section| (name, section))
        };
        self.entries.iter().filter_map(read).collect()
    }

    /// The value under every key, whatever their names.
    pub(super) fn scalars(&self) -> Vec<(Scalar<'a>, Scalar<'a>)> {
        let read = |entry: &'a Entry| {
            let name = self.name_of(entry);
            self.doc.scalar(&entry.value, name.key.clone()).map(|value| (name, value))
        };
        self.entries.iter().filter_map(read).collect()
    }

    /// Whether a list is under `name`.
    pub(super) fn is_list(&self, name: &str) -> bool {
        self.find(name).is_some_and(|entry| matches!(entry.value.value, Value::List(_)))
    }

    /// The secret under `name`: the text itself, or that of the file in `file:PATH`.
    pub(super) fn secret(&mut self, name: &'static str) -> Option<SecretString> {
        let scalar = self.scalar(name)?;
        let secret = match scalar.path_of_file() {
            Some(path) => secret_of_file(self.doc.beside(path)),
            None => Ok(scalar.text),
        };
        let secret =
            secret.and_then(|text| if text.is_empty() { Err(Problem::EmptySecret) } else { Ok(text) });
        secret
            .map(SecretString::from)
            .map_err(|problem| self.doc.mistake(scalar.at, scalar.key, problem))
            .ok()
    }

    /// What `read` makes of the value under `name`, or of the text of the file in `file:PATH`.
    pub(super) fn value_or_secret<T, E>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, Misfit>,
        read_secret: impl FnOnce(&str) -> Result<T, E>,
        problem: impl FnOnce(E) -> Problem,
    ) -> Option<T> {
        let scalar = self.scalar(name)?;
        if scalar.path_of_file().is_none() {
            return self.doc.fit(&scalar, read);
        }
        let secret = self.secret(name)?;
        let read = read_secret(secret.expose_secret());
        read.map_err(|error| self.doc.mistake(scalar.at, scalar.key, problem(error))).ok()
    }

    /// Which of the kinds is chosen here, by a single key with its name.
    pub(super) fn choice(&self, kinds: &Kinds) -> Option<&'static str> {
        let mut chosen = Vec::new();
        for entry in self.entries {
            match kinds.here.iter().find(|kind| **kind == entry.key) {
                Some(kind) => chosen.push(*kind),
                None => {
                    self.doc.mistake(entry.key_at, self.key.child(&entry.key), not_here(&entry.key, kinds));
                }
            }
        }
        if chosen.len() > 1 || self.entries.is_empty() {
            let problem = Problem::NotOne { found: chosen.len(), known: kinds.here };
            self.doc.mistake(self.at, self.key.clone(), problem);
        }
        chosen.first().copied()
    }

    /// Notes that `name` is missing, if it is.
    pub(super) fn require(&self, name: &'static str, hint: &'static str) {
        if !self.has(name) {
            self.doc.mistake(self.at, self.key.child(name), Problem::Missing { hint });
        }
    }

    /// Notes a key that a later version will have.
    pub(super) fn not_yet(&mut self, name: &'static str) {
        if let Some(entry) = self.ask(name) {
            self.doc.mistake(entry.key_at, self.key.child(name), Problem::KeyNotYet);
        }
    }

    /// Notes every key that nobody asked for.
    pub(super) fn finish(self) {
        for entry in self.entries.iter().filter(|entry| !self.asked.contains(&entry.key.as_str())) {
            let nearest = nearest(&entry.key, self.asked.iter().copied());
            let problem = Problem::UnknownKey { nearest, known: self.asked.clone() };
            self.doc.mistake(entry.key_at, self.key.child(&entry.key), problem);
        }
    }

    fn name_of(&self, entry: &'a Entry) -> Scalar<'a> {
        let key = self.key.child(&entry.key);
        Scalar { at: entry.key_at, key, written: &entry.key, text: entry.key.clone() }
    }

    fn find(&self, name: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == name)
    }

    fn ask(&mut self, name: &'static str) -> Option<&'a Entry> {
        if !self.asked.contains(&name) {
            self.asked.push(name);
        }
        self.find(name).filter(|_| self.has(name))
    }
}

fn not_here(name: &str, kinds: &Kinds) -> Problem {
    if kinds.later.contains(&name) {
        return Problem::KindNotYet { what: kinds.what, known: kinds.here };
    }
    let known = [kinds.here, kinds.later].concat();
    Problem::UnknownKind { what: kinds.what, nearest: nearest(name, known.iter().copied()), known }
}

/// A file's text without the newline that editors put at its end.
fn secret_of_file(path: PathBuf) -> Result<String, Problem> {
    let mut text = std::fs::read_to_string(&path)
        .map_err(|error| Problem::OtherFile { path, fault: FileFault::from(error) })?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}
