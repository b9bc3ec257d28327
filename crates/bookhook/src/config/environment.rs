//! What the environment says by itself, without being asked by the configuration file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretBox;
use secrecy::zeroize::Zeroizing;

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
/// Cloud Run sets it.
pub(super) const CLOUD_RUN_SERVICE: &str = "K_SERVICE";

pub(super) fn is_cloud_run(env: Env<'_>) -> bool {
    set(env, CLOUD_RUN_SERVICE).is_some()
}

/// The port that a platform wants the host to listen on.
pub(super) fn port(env: Env<'_>, findings: &Findings) -> Option<u16> {
    let written = set(env, PORT)?;
    let noted = |misfit: Misfit| {
        findings.mistake(Place::Variable(PORT), Problem::Misfit { written: written.clone(), misfit });
    };
    values::port(&written).map_err(noted).ok()
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

/// A variable that is set to nothing is not set.
fn set(env: Env<'_>, name: &str) -> Option<String> {
    env(name).filter(|value| !value.is_empty())
}
