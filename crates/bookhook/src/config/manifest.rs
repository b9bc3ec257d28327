//! An app's own description, `bkper.yaml` or `bkper.json`: the part of it that a host needs.

use std::path::{Path, PathBuf};

use bkper_model::EventType;

use super::finding::{ConfigErrors, Place, Warning};
use super::problem::{Caution, FileFault, Problem};
use super::section::{Document, Findings, Manner, Scalar, Section};
use super::suggest::nearest;
use super::tree::{Node, quotable};
use super::values;

/// An app's manifest. Its other keys (menus, logos, deployment, …) are no matter of the host and are passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The file that it was read from.
    pub file: PathBuf,
    /// `id`: the app's id, which is the agent id of everything that the app does. Required.
    pub id: String,
    /// `name`: what people call the app.
    pub name: Option<String>,
    /// `description`: what it is for.
    pub description: Option<String>,
    /// `events`: the types of events that the app wants. Unknown ones are kept as [`EventType::Other`].
    pub events: Vec<EventType>,
    /// `filePatterns`: the names of files (`*.ofx`) for which it wants `FILE_CREATED`.
    pub file_patterns: Vec<String>,
    /// `developers`: who may change the app and run it in development mode, separated by commas or spaces.
    pub developers: Option<String>,
    /// `users`: who may install it while it is not published, separated likewise.
    pub users: Option<String>,
    /// `webhookUrl`: what Bkper calls, to the character.
    pub webhook_url: Option<String>,
    /// `webhookUrlDev`: what Bkper calls for events that a developer caused.
    pub webhook_url_dev: Option<String>,
}

impl Manifest {
    /// Reads the manifest in a file, or in a folder: there `bkper.json` wins over `bkper.yaml`.
    pub fn load(path: &Path) -> Result<(Self, Vec<Warning>), ConfigErrors> {
        let findings = Findings::default();
        let manifest = Self::read(path, &findings).unwrap_or_else(|fault| {
            findings.mistake(Place::of_file(path), Problem::Unreadable(fault));
            None
        });
        findings.verdict(manifest)
    }

    /// The URLs that Bkper calls.
    pub fn webhook_urls(&self) -> impl Iterator<Item = &str> {
        self.webhook_url.iter().chain(&self.webhook_url_dev).map(String::as_str)
    }

    /// The same for a manifest that a configuration names: only that it cannot be read is told by the caller.
    pub(super) fn read(path: &Path, findings: &Findings) -> Result<Option<Self>, FileFault> {
        let file = find(path)?;
        let text = std::fs::read_to_string(&file)?;
        let (document, root) = Document::parse(&file, &text, Manner::Manifest, findings);
        Ok(root.and_then(|root| read_root(&document, &root, file)))
    }
}

/// The manifest's file when `path` is the folder of an app.
fn find(path: &Path) -> Result<PathBuf, FileFault> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let candidates = ["bkper.json", "bkper.yaml"].map(|name| path.join(name));
    candidates.into_iter().find(|file| file.is_file()).ok_or(FileFault::NoManifest)
}

fn read_root(document: &Document<'_>, root: &Node, file: PathBuf) -> Option<Manifest> {
    let mut keys = Section::root(document, root)?;
    keys.require("id", "the app's id, e.g. `id: sales-tax-bot`");
    check_api_version(&mut keys);
    let events = events(&mut keys);
    Some(Manifest {
        file,
        events,
        name: text(&mut keys, "name"),
        description: text(&mut keys, "description"),
        file_patterns: keys.list("filePatterns").into_iter().map(|pattern| pattern.text).collect(),
        developers: text(&mut keys, "developers"),
        users: text(&mut keys, "users"),
        webhook_url: text(&mut keys, "webhookUrl"),
        webhook_url_dev: text(&mut keys, "webhookUrlDev"),
        id: keys.value("id", values::app_id)?,
    })
}

fn text(keys: &mut Section<'_>, name: &'static str) -> Option<String> {
    keys.scalar(name).map(|scalar| scalar.text).filter(|text| !text.is_empty())
}

fn check_api_version(keys: &mut Section<'_>) {
    if let Some(version) = keys.scalar("apiVersion").filter(|version| version.text != "v5") {
        keys.doc.warning(version.at, version.key, Caution::ApiVersion(quotable(version.written)));
    }
}

fn events(keys: &mut Section<'_>) -> Vec<EventType> {
    let declared = keys.list("events");
    if declared.is_empty() {
        keys.doc.warning(keys.position("events"), keys.key.child("events"), Caution::NoEvents);
    }
    declared.into_iter().map(|scalar| event(keys.doc, scalar)).collect()
}

fn event(document: &Document<'_>, scalar: Scalar<'_>) -> EventType {
    let event = EventType::from(scalar.text);
    if let EventType::Other(_) = event {
        let name = quotable(event.as_str());
        let nearest = nearest(&name, EventType::ALL.iter().map(EventType::as_str));
        document.warning(scalar.at, scalar.key, Caution::UnknownEventType { name, nearest });
    }
    event
}
