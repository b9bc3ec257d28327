//! Bookhook: with a function as its handler, by the library; in front of other handlers, as the program that people run.

use std::ffi::OsStr;
use std::fs;
use std::iter;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command as BlockingCommand;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bookhook::config::{Config, JournalLocation, Jwks, Verification};
use bookhook::model::Policy;
use bookhook::{EventType, Hook, Host, Response};
use bookhook_sandbox::google::Signer;
use clap::ValueEnum;
use serde_json::{Map, Value, json};
use tokio::process::Command;

use crate::request;

/// As many as there are connections, so that only events of the same book wait for each other.
pub(crate) const MANY_LANES: usize = 256;

/// What callers of a host that is stuck wait before they are sent away.
pub(crate) const STUCK_DEADLINE: Duration = Duration::from_millis(500);
const STUCK_FOR: Duration = Duration::from_hours(1);

/// A host with a function as its handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Native {
    /// Its journal is in memory.
    InMemory,
    /// Its journal is in a SQLite file.
    OnDisk,
    /// The same, with the default policy, and a handler that does not answer.
    Stuck,
}

/// Builds the program, so that no old one is measured, and says where it is.
pub(crate) fn build_program() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = BlockingCommand::new(cargo)
        .args(["build", "--release", "--quiet", "--package", "bookhook-cli"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .context("cannot run cargo")?;
    ensure!(status.success(), "the program `bookhook` does not build");
    let program = std::env::current_exe()?.with_file_name("bookhook");
    ensure!(program.exists(), "there is no program `bookhook` beside {}", program.display());
    Ok(program)
}

/// What handles the events of `bookhook serve`.
pub(crate) enum Behind {
    /// A server at this address.
    Http(SocketAddr),
    /// A server that this command starts at the `PORT` that it is given.
    Run(Command),
    /// This program, once an event.
    Exec(PathBuf),
}

/// `bookhook serve`, with its journal in `folder`, so many lanes, and this behind it.
pub(crate) fn in_front_of(
    behind: &Behind,
    lanes: usize,
    program: &Path,
    listen: SocketAddr,
    folder: &Path,
    signer: &Signer,
) -> Result<Command> {
    write_app(folder, signer)?;
    let config = folder.join("bookhook.yaml");
    write(&config, &configuration(listen, lanes, &handler(behind)?))?;
    let mut command = Command::new(program);
    command.args(["serve", "--config"]).arg(config).env_remove("PORT");
    Ok(command)
}

/// As the configuration has it, in the form of JSON, which is YAML too.
fn handler(behind: &Behind) -> Result<String> {
    let handler = match behind {
        Behind::Http(address) => json!({ "http": format!("http://{address}/") }),
        Behind::Run(command) => json!({ "run": run_section(command.as_std())? }),
        Behind::Exec(script) => json!({ "exec": { "command": [script] } }),
    };
    Ok(handler.to_string())
}

fn run_section(command: &BlockingCommand) -> Result<Value> {
    let text = |text: &OsStr| text.to_str().map(str::to_owned).context("a path that is no text");
    let words = iter::once(command.get_program()).chain(command.get_args());
    let envs = command.get_envs().filter(|(name, _)| *name != "PORT");
    let envs = envs.filter_map(|(name, value)| Some((name, value?)));
    Ok(json!({
        "command": words.map(text).collect::<Result<Vec<_>>>()?,
        "cwd": command.get_current_dir(),
        "env": envs.map(|(name, value)| Ok((text(name)?, text(value)?.into()))).collect::<Result<Map<_, _>>>()?,
    }))
}

/// This program again, as a host with a function as its handler.
pub(crate) fn native(native: Native, listen: SocketAddr, folder: &Path, signer: &Signer) -> Result<Command> {
    write_app(folder, signer)?;
    let mut command = Command::new(std::env::current_exe()?);
    let kind = native.to_possible_value().context("every kind has a name")?;
    command.args(["serve-bookhook", kind.get_name()]).arg(listen.to_string()).arg(folder);
    Ok(command)
}

/// The host that [`native`] starts.
pub(crate) async fn serve(native: Native, listen: SocketAddr, folder: &Path) -> Result<()> {
    let journal = match native {
        Native::InMemory => JournalLocation::Memory,
        Native::OnDisk | Native::Stuck => JournalLocation::Sqlite(folder.join("journal.db")),
    };
    let config = Config { listen, journal, ..Config::from_env(&|_| None)?.config };
    let verification = Verification {
        service_account: Verification::SERVICE_ACCOUNT.to_owned(),
        issuer: Verification::ISSUER.to_owned(),
        audiences: vec![request::AUDIENCE.to_owned()],
        jwks: Jwks::File(folder.join("jwks.json")),
    };
    let hook = Hook::bkper(folder.join("bkper.yaml"))?.verify(verification);
    let hook = match native {
        Native::InMemory | Native::OnDisk => hook
            .policy(Policy { concurrency: MANY_LANES, ..Policy::default() })
            .on(EventType::TransactionChecked, async |_| Ok(Response::result("CHECKED: 1000.00"))),
        Native::Stuck => hook
            .policy(Policy { deadline: STUCK_DEADLINE, timeout: STUCK_FOR, ..Policy::default() })
            .on(EventType::TransactionChecked, async |_| {
                tokio::time::sleep(STUCK_FOR).await;
                Ok(Response::suppressed())
            }),
    };
    Host::new(config).hook(hook).serve().await
}

/// The app's manifest and the keys by which its callers are verified.
pub(super) fn write_app(folder: &Path, signer: &Signer) -> Result<()> {
    let manifest = format!("id: {}\nname: Bench\nevents: [TRANSACTION_CHECKED]\n", request::AGENT);
    write(&folder.join("bkper.yaml"), &manifest)?;
    write(&folder.join("jwks.json"), &signer.jwks().to_string())
}

fn configuration(listen: SocketAddr, lanes: usize, handler: &str) -> String {
    format!(
        "listen: {listen}
journal: sqlite:journal.db
console:
  listen: off
hooks:
  {name}:
    source:
      bkper:
        manifest: ./bkper.yaml
        audience: {audience}
        jwks_url: file:jwks.json
    handler: {handler}
    concurrency: {lanes}
",
        name = request::AGENT,
        audience = request::AUDIENCE,
    )
}

fn write(path: &Path, content: &str) -> Result<()> {
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}
