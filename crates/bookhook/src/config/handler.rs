//! What handles a hook's events.

use std::fmt;

use bookhook_handlers::process::CommandLine;
use url::Url;

use super::section::{Kinds, Section};
use super::{command, values};

/// What handles a hook's events.
#[derive(Debug, Clone)]
pub enum HandlerConfig {
    /// `http`: a server that gets them posted.
    Http(Url),
    /// `exec`: a command that is started for each event.
    Exec(CommandLine),
}

const HANDLERS: Kinds = Kinds { what: "handler", here: &["http", "exec"], later: &["run", "relay", "store"] };

/// Reads one handler. What it returns is whole only if nothing was noted.
pub(super) fn read(mut kinds: Section<'_>) -> Option<HandlerConfig> {
    match kinds.choice(&HANDLERS)? {
        "exec" => kinds.section("exec").and_then(exec),
        _ => kinds.value("http", values::http_url).map(HandlerConfig::Http),
    }
}

fn exec(mut keys: Section<'_>) -> Option<HandlerConfig> {
    let command = command::read(&mut keys);
    keys.finish();
    command.map(HandlerConfig::Exec)
}

/// As people see it, without secrets.
impl fmt::Display for HandlerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(url) => write!(f, "{url}"),
            Self::Exec(command) => write!(f, "exec {command}"),
        }
    }
}
