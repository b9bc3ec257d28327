//! What the environment says by itself, without being asked by the configuration file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use secrecy::{SecretBox, SecretString};
use url::Url;

use super::finding::Place;
use super::problem::{Misfit, Problem};
use super::section::Findings;
use super::values;

/// How the environment is looked up; reading it is left to the edge of the program.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The key that tokens are sealed with.
pub type SealingKey = SecretBox<[u8; 32]>;

const PORT: &str = "PORT";
const KEY: &str = "BOOKHOOK_KEY";
pub(super) const CONSOLE_TOKEN: &str = "BOOKHOOK_CONSOLE_TOKEN";
const POSTGRES_PASSWORD: &str = "PGPASSWORD";
const API_URL: &str = "BKPER_API_URL";
/// Cloud Run sets it.
pub(super) const CLOUD_RUN_SERVICE: &str = "K_SERVICE";

pub(super) fn is_cloud_run(env: Env<'_>) -> bool {
    set(env, CLOUD_RUN_SERVICE).is_some()
}

/// The port that a platform wants the host to listen on.
pub(super) fn port(env: Env<'_>, findings: &Findings) -> Option<u16> {
    value(PORT, values::port, env, findings)
}

/// Where Bkper's API is, for handlers in Rust.
pub(super) fn api_url(env: Env<'_>, findings: &Findings) -> Option<Url> {
    value(API_URL, values::api_url, env, findings)
}

/// What operators identify themselves with, where no configuration file says it.
pub(super) fn console_token(env: Env<'_>) -> Option<SecretString> {
    set(env, CONSOLE_TOKEN).map(SecretString::from)
}

fn value<T>(
    name: &'static str,
    read: fn(&str) -> Result<T, Misfit>,
    env: Env<'_>,
    findings: &Findings,
) -> Option<T> {
    let written = set(env, name)?;
    let noted = |misfit| {
        findings.mistake(Place::Variable(name), Problem::Misfit { written: written.clone(), misfit });
    };
    read(&written).map_err(noted).ok()
}

pub(super) fn sealing_key(env: Env<'_>, findings: &Findings) -> Option<SealingKey> {
    let written = Zeroizing::new(set(env, KEY)?);
    let noted = |found| findings.mistake(Place::Variable(KEY), Problem::BadKey { found });
    let bytes = STANDARD.decode(written.trim()).map(Zeroizing::new).map_err(|_| noted(None)).ok()?;
    if bytes.len() != 32 {
        noted(Some(bytes.len()));
        return None;
    }
    Some(SealingKey::init_with_mut(|key| key.copy_from_slice(&bytes)))
}

/// What PostgreSQL's own programs take a password from.
pub(super) fn postgres_password(env: Env<'_>) -> Option<SecretString> {
    set(env, POSTGRES_PASSWORD).map(SecretString::from)
}

/// A variable that is set to nothing is not set.
fn set(env: Env<'_>, name: &str) -> Option<String> {
    env(name).filter(|value| !value.is_empty())
}
