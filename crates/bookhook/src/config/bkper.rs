//! The source `bkper`: an app of a Bkper book, and how Bkper's calls are told from others.

use std::path::{Path, PathBuf};

use url::Url;

use super::hook::PublicUrl;
use super::manifest::Manifest;
use super::problem::{Caution, Problem};
use super::section::Section;
use super::values;

/// The source `bkper`.
#[derive(Debug, Clone)]
pub struct BkperSource {
    /// `manifest`: the app's `bkper.yaml` or `bkper.json`, or the folder that it is in. Required.
    pub manifest: Manifest,
    /// `own_events`: what to do with events that the app itself caused.
    pub own_events: OwnEvents,
    /// How callers are verified; `None` with `verify: false`.
    pub verify: Option<Verification>,
}

/// What to do with events that the app itself caused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OwnEvents {
    /// `deliver`: hand them to the handler as any other.
    #[default]
    Deliver,
    /// `skip`: answer `{"result": false}`.
    Skip,
}

/// What a caller's ID token must say, and by whose keys it must be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// `service_account`: the caller's e-mail address. Default: Bkper's.
    pub service_account: String,
    /// `audience`: the token must be for one of these, to the character. Default: `public_url` and the path; without a
    /// `public_url` the manifest's `webhookUrl` and `webhookUrlDev`. Never empty.
    pub audiences: Vec<String>,
    /// `issuer`: who made the token. Default: Google.
    pub issuer: String,
    /// `jwks_url`: where the issuer's keys are. Default: Google's.
    pub jwks: Jwks,
}

impl Verification {
    /// For calls of Bkper to any of these URLs.
    pub(super) fn of_bkper(audiences: Vec<String>) -> Self {
        Self {
            service_account: Self::SERVICE_ACCOUNT.to_owned(),
            audiences,
            issuer: Self::ISSUER.to_owned(),
            jwks: Jwks::google(),
        }
    }

    /// For Bkper's calls to an app that is served at `path`: below the public URL, or else where its manifest says.
    /// `None` if neither tells.
    pub fn of_app(manifest: &Manifest, path: &str, public_url: Option<&Url>) -> Option<Self> {
        let public_url = public_url.map_or(PublicUrl::NotGiven, PublicUrl::Given);
        let audiences = default_audiences(path, public_url, manifest)?;
        (!audiences.is_empty()).then(|| Self::of_bkper(audiences))
    }

    /// The account that Bkper calls with.
    pub const SERVICE_ACCOUNT: &str = "bkper-hrd@appspot.gserviceaccount.com";
    /// The issuer of Google's ID tokens.
    pub const ISSUER: &str = "https://accounts.google.com";
}

/// Where a set of keys is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Jwks {
    /// It is fetched, and again when it grows old.
    Url(Url),
    /// `file:PATH`: it is read from a file.
    File(PathBuf),
}

impl Jwks {
    /// Where Google publishes the keys of its ID tokens.
    pub fn google() -> Self {
        Self::Url(Url::parse("https://www.googleapis.com/oauth2/v3/certs").expect("it is a URL"))
    }
}

/// Reads the source of the hook at `path`. What it returns is whole only if nothing was noted.
pub(super) fn read(
    mut keys: Section<'_>,
    path: Option<&str>,
    public_url: PublicUrl<'_>,
) -> Option<BkperSource> {
    keys.require("manifest", "say which app this is, e.g. `manifest: ./bkper.yaml`");
    let manifest = manifest(&mut keys);
    let own_events = keys.value("own_events", values::own_events).unwrap_or_default();
    let wanted = keys.value("verify", values::boolean).unwrap_or(true);
    let given_audiences = audiences(&mut keys);
    let mut verification = verification(&mut keys);
    if wanted {
        let default = || default_audiences(path?, public_url, manifest.as_ref()?);
        verification.audiences = given_audiences.or_else(default).unwrap_or_default();
        check_audiences(&keys, &verification.audiences, manifest.as_ref(), public_url);
        check_path(&keys, path, manifest.as_ref(), public_url);
    } else {
        keys.doc.warning(keys.position("verify"), keys.key.child("verify"), Caution::NotVerified);
    }
    keys.finish();
    Some(BkperSource { manifest: manifest?, own_events, verify: wanted.then_some(verification) })
}

fn manifest(keys: &mut Section<'_>) -> Option<Manifest> {
    let written = keys.scalar("manifest")?;
    let path = keys.doc.beside(Path::new(&written.text));
    Manifest::read(&path, keys.doc.findings).unwrap_or_else(|fault| {
        keys.doc.mistake(written.at, written.key, Problem::OtherFile { path, fault });
        None
    })
}

fn audiences(keys: &mut Section<'_>) -> Option<Vec<String>> {
    let given = keys.one_or_many("audience")?;
    Some(given.iter().filter_map(|audience| keys.doc.fit(audience, values::any_text)).collect())
}

/// All but the audiences.
fn verification(keys: &mut Section<'_>) -> Verification {
    let mut verification = Verification::of_bkper(Vec::new());
    if let Some(account) = keys.value("service_account", values::any_text) {
        verification.service_account = account;
    }
    if let Some(issuer) = keys.value("issuer", values::any_text) {
        verification.issuer = issuer;
    }
    match keys.value("jwks_url", values::jwks) {
        Some(Jwks::File(path)) => verification.jwks = Jwks::File(keys.doc.beside(&path)),
        Some(url) => verification.jwks = url,
        None => {}
    }
    verification
}

/// What Bkper's calls are for, as far as one can know.
pub(super) fn default_audiences(
    path: &str,
    public_url: PublicUrl<'_>,
    manifest: &Manifest,
) -> Option<Vec<String>> {
    match public_url {
        PublicUrl::Given(base) => Some(vec![format!("{}{path}", base.as_str().trim_end_matches('/'))]),
        PublicUrl::NotGiven => Some(manifest.webhook_urls().map(str::to_owned).collect()),
        PublicUrl::Wrong => None,
    }
}

fn check_audiences(
    keys: &Section<'_>,
    audiences: &[String],
    manifest: Option<&Manifest>,
    public_url: PublicUrl<'_>,
) {
    let Some(manifest) = manifest else { return };
    let (at, key) = (keys.position("audience"), keys.key.child("audience"));
    if audiences.is_empty() && !keys.has("audience") && !matches!(public_url, PublicUrl::Wrong) {
        keys.doc.mistake(at, key, Problem::NoAudience);
    } else if let Some(caution) = uncalled(audiences, manifest) {
        keys.doc.warning(at, key, caution);
    }
}

/// An audience that is written out is taken to be meant, whatever its path.
fn check_path(
    keys: &Section<'_>,
    path: Option<&str>,
    manifest: Option<&Manifest>,
    public_url: PublicUrl<'_>,
) {
    let (Some(path), Some(manifest)) = (path, manifest) else { return };
    if keys.has("audience") {
        return;
    }
    if let Some(caution) = unserved(path, public_url, manifest) {
        keys.doc.warning(keys.position("path"), keys.key.child("path"), caution);
    }
}

/// Where nothing but the manifest says what Bkper calls: if it calls no URL with the hook's path, something is not as
/// it was meant.
pub(super) fn unserved(path: &str, public_url: PublicUrl<'_>, manifest: &Manifest) -> Option<Caution> {
    let called: Vec<&str> = manifest.webhook_urls().collect();
    let is_served = |url: &&str| Url::parse(url).is_ok_and(|url| url.path() == path);
    if !matches!(public_url, PublicUrl::NotGiven) || called.is_empty() || called.iter().any(is_served) {
        return None;
    }
    Some(Caution::OtherPath { called: called.join(" and "), served: path.to_owned() })
}

/// Bkper calls the URLs of the manifest. If no call for them would be taken, something is not as it was meant.
pub(super) fn uncalled(audiences: &[String], manifest: &Manifest) -> Option<Caution> {
    let called: Vec<&str> = manifest.webhook_urls().collect();
    if called.is_empty() || called.iter().any(|url| audiences.iter().any(|audience| audience == url)) {
        return None;
    }
    Some(Caution::OtherAudience { called: called.join(" and "), taken: audiences.join(" and ") })
}
