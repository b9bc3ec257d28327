//! `--trust-sandbox`: for development, the local sandbox's key stands in for Google's.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use bookhook::HostError;
use bookhook::config::{Config, Jwks, Manifest, Source};

use super::url_here;
use crate::args::ServeArgs;
use crate::exit::Complaint;
use crate::sandbox_key::SandboxKey;

/// What calls are for, where nothing else says so. Which port that is, [`sandbox`] adds.
const THIS_MACHINE: &str = "http://127.0.0.1";

/// The public URL of an app for which nobody gave one.
pub(super) fn stand_in_url(args: &ServeArgs, app: &Path) -> Option<&'static str> {
    let is_named = || Manifest::load(app).is_ok_and(|(manifest, _)| manifest.webhook_urls().next().is_some());
    (args.trust_sandbox && !is_named()).then_some(THIS_MACHINE)
}

/// Takes calls to this machine that the sandbox has signed, besides those to the configured URL. What such calls are for has
/// the address in it: so the listener is there before the host.
pub(super) fn sandbox(config: &mut Config, args: &ServeArgs) -> Result<TcpListener, Complaint> {
    let key = SandboxKey::open(args.key.clone()).map_err(Complaint::failed)?;
    let (listener, address) = listen(config.listen)?;
    let urls_here = urls_here(address);
    let stands_in = is_stand_in(config, args);
    if stands_in {
        config.public_url = None;
    }
    for hook in &mut config.hooks {
        let Source::Bkper(source) = &mut hook.source;
        if let Some(verification) = &mut source.verify {
            verification.jwks = Jwks::File(key.jwks.clone());
            if stands_in {
                verification.audiences.clear();
            }
            let here = urls_here.iter().map(|url| format!("{url}{}", hook.path));
            for audience in here {
                if !verification.audiences.contains(&audience) {
                    verification.audiences.push(audience);
                }
            }
        }
    }
    Ok(listener)
}

fn is_stand_in(config: &Config, args: &ServeArgs) -> bool {
    let is_this_machine = |url: &str| url.trim_end_matches('/') == THIS_MACHINE;
    args.app.is_some()
        && args.public_url.is_none()
        && config.public_url.as_ref().is_some_and(|url| is_this_machine(url.as_str()))
}

/// The URL that the banner shows, and the other names of this machine.
fn urls_here(listen: SocketAddr) -> Vec<String> {
    let mut urls = vec![url_here(listen)];
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("http://{host}:{}", listen.port());
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Complaint> {
    let opened = TcpListener::bind(address).and_then(|listener| {
        let address = listener.local_addr()?;
        Ok((listener, address))
    });
    opened.map_err(|source| super::complaint(HostError::Listen { address, source }))
}
