//! A hook: who calls it, what handles its events, and how it treats them.

use bookhook_model::{HookName, Policy};
use url::Url;

use super::bkper::{self, BkperSource};
use super::handler::{self, HandlerConfig};
use super::section::{Kinds, Scalar, Section};
use super::{policy, values};

/// One hook.
#[derive(Debug, Clone)]
pub struct HookConfig {
    /// The key under `hooks`.
    pub name: HookName,
    /// `source.….path`: where the public door serves it. Default `/hooks/{name}`.
    pub path: String,
    /// `source`: who calls, and how that is verified.
    pub source: Source,
    /// `handler`: what handles the events.
    pub handler: HandlerConfig,
    /// `reply`, `deadline`, `timeout`, `concurrency`, `lane`, `queue`, `retry`, `on_park`, `token_lifetime` and
    /// `body`.
    pub policy: Policy,
}

/// Who calls a hook.
#[derive(Debug, Clone)]
pub enum Source {
    /// `bkper`: the books of Bkper in which an app is installed.
    Bkper(BkperSource),
}

const SOURCES: Kinds = Kinds {
    what: "source",
    here: &["bkper"],
    later: &["google", "secret", "basic", "github", "slack", "stripe", "standard-webhooks", "hmac", "open"],
};

/// What the top of a configuration says about the URL of its hooks.
#[derive(Debug, Clone, Copy)]
pub(super) enum PublicUrl<'a> {
    Given(&'a Url),
    NotGiven,
    /// It is wrong, which is noted already.
    Wrong,
}

/// Reads one hook. What it returns is whole only if nothing was noted.
pub(super) fn read(
    name: &Scalar<'_>,
    mut keys: Section<'_>,
    public_url: PublicUrl<'_>,
) -> Option<HookConfig> {
    let name = keys.doc.fit(name, values::hook_name);
    keys.require("source", "say who calls, e.g. `source: {bkper: {manifest: ./bkper.yaml}}`");
    keys.require("handler", "say what handles the events, e.g. `handler: {http: http://127.0.0.1:3003/}`");
    let source = keys.section("source").and_then(|kinds| source(kinds, name.as_ref(), public_url));
    let handler = keys.section("handler").and_then(handler::read);
    let policy = policy::read(&mut keys);
    keys.finish();
    let (path, source) = source?;
    Some(HookConfig { name: name?, path, source, handler: handler?, policy })
}

fn source(
    mut kinds: Section<'_>,
    name: Option<&HookName>,
    public_url: PublicUrl<'_>,
) -> Option<(String, Source)> {
    let kind = kinds.choice(&SOURCES)?;
    let mut keys = kinds.section(kind)?;
    keys.not_yet("handshake");
    let path = keys.value("path", values::path).or_else(|| name.map(default_path));
    let source = bkper::read(keys, path.as_deref(), public_url).map(Source::Bkper);
    Some((path?, source?))
}

/// Where a hook is served unless its source says otherwise.
pub(crate) fn default_path(name: &HookName) -> String {
    format!("/hooks/{name}")
}
