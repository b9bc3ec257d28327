//! What handles a hook's events.

use std::fmt;

use bookhook_handlers::process::CommandLine;
use bookhook_handlers::run::{Readiness, RestartPolicy, ServerSetup};
use url::Url;

use super::section::{Kinds, Section};
use super::{command, values};

const RESTARTS_MAX: u64 = 1_000;

/// What handles a hook's events.
#[derive(Debug, Clone)]
pub enum HandlerConfig {
    /// `http`: a server that gets them posted.
    Http(Url),
    /// `run`: a server that the host starts and keeps running.
    Run(ServerSetup),
    /// `exec`: a command that is started for each event.
    Exec(CommandLine),
}

const HANDLERS: Kinds = Kinds { what: "handler", here: &["http", "run", "exec"], later: &["relay", "store"] };

/// Reads one handler. What it returns is whole only if nothing was noted.
pub(super) fn read(mut kinds: Section<'_>) -> Option<HandlerConfig> {
    match kinds.choice(&HANDLERS)? {
        "run" => kinds.section("run").and_then(run),
        "exec" => kinds.section("exec").and_then(exec),
        _ => kinds.value("http", values::http_url).map(HandlerConfig::Http),
    }
}

fn run(mut keys: Section<'_>) -> Option<HandlerConfig> {
    let command = command::read(&mut keys, &["PORT"]);
    let path = keys.value("path", values::server_path).unwrap_or_else(|| "/".to_owned());
    let ready = keys.section("ready").map(readiness).unwrap_or_default();
    let restart = keys.section("restart").map(restart).unwrap_or_default();
    keys.finish();
    Some(HandlerConfig::Run(ServerSetup { command: command?, path, ready, restart }))
}

fn readiness(mut keys: Section<'_>) -> Readiness {
    let default = Readiness::default();
    let readiness = Readiness {
        path: keys.value("path", values::server_path),
        timeout: keys.value("timeout", values::duration).unwrap_or(default.timeout),
    };
    keys.finish();
    readiness
}

fn restart(mut keys: Section<'_>) -> RestartPolicy {
    let default = RestartPolicy::default();
    let max = keys.value("max", values::duration).unwrap_or(default.max);
    let policy = RestartPolicy {
        first: keys.value("first", values::duration_up_to(max)).unwrap_or(default.first.min(max)),
        max,
        max_restarts: keys.value("max_restarts", values::count(RESTARTS_MAX)).unwrap_or(default.max_restarts),
        within: keys.value("within", values::duration).unwrap_or(default.within),
    };
    keys.finish();
    policy
}

fn exec(mut keys: Section<'_>) -> Option<HandlerConfig> {
    let command = command::read(&mut keys, &[]);
    keys.finish();
    command.map(HandlerConfig::Exec)
}

/// As people see it, without secrets.
impl fmt::Display for HandlerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(url) => write!(f, "{url}"),
            Self::Run(setup) => write!(f, "run {}", setup.command),
            Self::Exec(command) => write!(f, "exec {command}"),
        }
    }
}
