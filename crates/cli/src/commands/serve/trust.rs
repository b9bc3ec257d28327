//! `--trust-sandbox`: for development, the local sandbox's key stands in for Google's.

use std::net::TcpListener;
use std::path::Path;

use anyhow::Context;
use bookhook::config::{Config, Jwks, Manifest, Source};

use crate::args::ServeArgs;
use crate::sandbox_key::SandboxKey;

/// What calls are for, where nothing else says so. Which port that is, [`sandbox`] adds.
const THIS_MACHINE: &str = "http://127.0.0.1";

/// The public URL of an app for which nobody gave one.
pub(super) fn stand_in_url(args: &ServeArgs, app: &Path) -> Option<&'static str> {
    let is_named = || Manifest::load(app).is_ok_and(|(manifest, _)| manifest.webhook_urls().next().is_some());
    (args.trust_sandbox && !is_named()).then_some(THIS_MACHINE)
}

/// Takes calls to this machine that the sandbox has signed, besides those to the configured URL.
pub(super) fn sandbox(config: &mut Config, args: &ServeArgs) -> anyhow::Result<()> {
    let key = SandboxKey::open(args.key.clone())?;
    settle_port(config)?;
    let port = config.listen.port();
    if config.public_url.as_ref().is_some_and(|url| url.as_str().trim_end_matches('/') == THIS_MACHINE) {
        config.public_url = None;
    }
    for hook in &mut config.hooks {
        let Source::Bkper(source) = &mut hook.source;
        if let Some(verification) = &mut source.verify {
            verification.jwks = Jwks::File(key.jwks.clone());
            for host in ["127.0.0.1", "localhost"] {
                verification.audiences.push(format!("http://{host}:{port}{}", hook.path));
            }
        }
    }
    Ok(())
}

/// What calls are for is known before the host listens; so a port that the system is to choose is chosen now.
fn settle_port(config: &mut Config) -> anyhow::Result<()> {
    if config.listen.port() == 0 {
        let free = TcpListener::bind(config.listen);
        config.listen = free.with_context(|| format!("cannot listen on {}", config.listen))?.local_addr()?;
    }
    Ok(())
}
