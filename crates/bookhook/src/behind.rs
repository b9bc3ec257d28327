//! A host that is the handler of another one, which starts it as its server (`run`): so a program in Rust is developed as any
//! other handler is.
//!
//! The host in front has verified who calls, keeps the event, waits for the response, and knows when to run again. So this
//! one listens on this machine alone, takes whatever comes, and keeps nothing.

use std::net::{Ipv4Addr, SocketAddr};

use crate::config::{Config, ConfigErrors, Env, JournalLocation};
use crate::hook::{Hook, Verify};

/// The hook whose handler this program is; the host in front tells it.
const HOOK: &str = "BOOKHOOK_HOOK";
/// Where hosts post events to their servers.
const PATH: &str = "/";

pub(crate) fn is_told(env: Env<'_>) -> bool {
    env(HOOK).is_some()
}

/// A file here is the configuration of the host in front.
pub(crate) fn config(env: Env<'_>) -> Result<Config, ConfigErrors> {
    let config = Config::from_env(env)?.config;
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, config.listen.port()));
    Ok(Config { listen, journal: JournalLocation::Memory, console: None, ..config })
}

/// The deadline is the other host's to watch.
pub(crate) fn hook(mut hook: Hook) -> Hook {
    hook.path = Some(PATH.to_owned());
    hook.verify = Verify::No;
    hook.policy.deadline = hook.policy.timeout;
    hook
}
