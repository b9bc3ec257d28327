//! `bookhook check`: what a host would find out when it starts, and later.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use bookhook::config::{
    BkperSource, Config, ConfigErrors, HandlerConfig, HookConfig, JournalLocation, Jwks, Loaded, Source,
};
use bookhook::handlers::process::CommandLine;
use bookhook::handlers::run::ServerSetup;
use bookhook::journal::{Location, OpenError, Reader};
use bookhook::model::HookName;
use tokio::net::TcpStream;

use crate::exit::{ExitStatus, Outcome};
use crate::journal;
use crate::printer::Printer;
use crate::style::{BAD, GOOD, WARNING, painted};

/// How long something may take to be reached.
const PATIENCE: Duration = Duration::from_secs(5);

/// Checks it all, a line for each thing.
pub(crate) async fn check(config: &Path, printer: Printer) -> Outcome {
    let mut report = Report { printer, worst: ExitStatus::Done };
    match Config::load(config, &|name| std::env::var(name).ok()) {
        Ok(loaded) => check_loaded(config, &loaded, &mut report).await?,
        Err(errors) => report.mistakes(&errors)?,
    }
    Ok(report.worst)
}

/// What was found so far.
struct Report {
    printer: Printer,
    worst: ExitStatus,
}

impl Report {
    fn ok(&self, what: impl Display) -> io::Result<()> {
        self.printer.line(format_args!("{}       {what}", painted("ok", GOOD)))
    }

    fn warning(&self, what: impl Display) -> io::Result<()> {
        self.printer.line(format_args!("{}  {what}", painted("warning", WARNING)))
    }

    /// Something outside of the configuration does not work.
    fn failed(&mut self, what: impl Display) -> io::Result<()> {
        self.worst = ExitStatus::Failed;
        self.printer.line(format_args!("{}  {what}", painted("mistake", BAD)))
    }

    /// The configuration is wrong.
    fn mistakes(&mut self, errors: &ConfigErrors) -> io::Result<()> {
        self.worst = ExitStatus::Misused;
        errors
            .iter()
            .try_for_each(|error| self.printer.line(format_args!("{}  {error}", painted("mistake", BAD))))
    }
}

async fn check_loaded(path: &Path, loaded: &Loaded, report: &mut Report) -> io::Result<()> {
    let Loaded { config, warnings } = loaded;
    report.ok(format_args!("{}: {}", path.display(), count(config.hooks.len(), "hook")))?;
    warnings.iter().try_for_each(|warning| report.warning(warning))?;
    match (&config.key, &config.journal) {
        (Some(_), _) => report.ok("BOOKHOOK_KEY: 32 bytes")?,
        (None, JournalLocation::Postgres(_)) => report.failed(OpenError::KeyNeeded)?,
        (None, _) => {}
    }
    check_journal(&config.journal, report).await?;
    for hook in &config.hooks {
        check_hook(hook, report).await?;
    }
    Ok(())
}

async fn check_hook(hook: &HookConfig, report: &mut Report) -> io::Result<()> {
    let name = &hook.name;
    let Source::Bkper(source) = &hook.source;
    let manifest = &source.manifest;
    let events = count(manifest.events.len(), "event type");
    report.ok(format_args!("{name}: {} is app `{}` with {events}", manifest.file.display(), manifest.id))?;
    check_keys(hook, source, report).await?;
    match &hook.handler {
        HandlerConfig::Http(url) => {
            let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
            let place = (host, url.port_or_known_default().unwrap_or(80));
            check_server(name, url, place, report).await
        }
        HandlerConfig::Run(ServerSetup { command, .. }) | HandlerConfig::Exec(command) => {
            check_command(name, command, report)
        }
    }
}

async fn check_server(
    name: &HookName,
    url: impl Display,
    place: (&str, u16),
    report: &mut Report,
) -> io::Result<()> {
    match within(TcpStream::connect(place)).await {
        Ok(_) => report.ok(format_args!("{name}: handler {url} listens")),
        Err(error) => {
            report.failed(format_args!("{name}: handler {url} cannot be reached: {error:#}; start it"))
        }
    }
}

fn check_command(name: &HookName, command: &CommandLine, report: &mut Report) -> io::Result<()> {
    match command.find() {
        Ok(path) => report.ok(format_args!("{name}: handler `{}` is {}", command.program, path.display())),
        Err(error) => report.failed(format_args!("{name}: handler `{}`: {error}", command.program)),
    }
}

async fn check_keys(hook: &HookConfig, source: &BkperSource, report: &mut Report) -> io::Result<()> {
    let name = &hook.name;
    let Some(verification) = &source.verify else { return Ok(()) };
    let (place, read) = match &verification.jwks {
        Jwks::File(path) => (format!("file:{}", path.display()), read_keys(path)),
        Jwks::Url(url) => (url.to_string(), within(fetch_keys(url.as_str())).await),
    };
    match read {
        Ok(keys) => report.ok(format_args!("{name}: {} of its callers at {place}", count(keys, "key"))),
        Err(error) => {
            report.failed(format_args!("{name}: its callers' keys cannot be read from {place}: {error:#}"))
        }
    }
}

fn read_keys(path: &Path) -> anyhow::Result<usize> {
    count_keys(&std::fs::read(path)?)
}

async fn fetch_keys(url: &str) -> anyhow::Result<usize> {
    let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
    let response = client.get(url).send().await.map_err(reqwest::Error::without_url)?;
    let response = response.error_for_status().map_err(reqwest::Error::without_url)?;
    count_keys(&response.bytes().await?)
}

fn count_keys(jwks: &[u8]) -> anyhow::Result<usize> {
    let jwks: serde_json::Value = serde_json::from_slice(jwks).context("it is not JSON")?;
    let keys = jwks["keys"].as_array().context("it is no JWK set: `keys` is missing")?;
    anyhow::ensure!(!keys.is_empty(), "there is no key in it");
    Ok(keys.len())
}

async fn check_journal(location: &JournalLocation, report: &mut Report) -> io::Result<()> {
    let location = journal::of_configured(location);
    if location == Location::Memory {
        return Ok(());
    }
    match (Reader::open(&location).await, &location) {
        (Ok(_), _) => report.ok(format_args!("journal {location}")),
        (Err(OpenError::Missing { .. }), Location::Sqlite(path)) => check_folder(path, report),
        (Err(OpenError::Missing { .. }), _) => {
            report.ok(format_args!("journal {location} is made at the first start"))
        }
        (Err(error), _) => report.failed(format_args!("{:#}", anyhow::Error::new(error))),
    }
}

/// A journal that is not there is made at the first start, if it can be.
fn check_folder(path: &Path, report: &mut Report) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match tempfile::NamedTempFile::new_in(folder) {
        Ok(_) => report.ok(format_args!("journal sqlite:{} is made at the first start", path.display())),
        Err(error) => {
            report.failed(format_args!("the journal cannot be made in {}: {error}", folder.display()))
        }
    }
}

async fn within<T, E: Into<anyhow::Error>>(doing: impl Future<Output = Result<T, E>>) -> anyhow::Result<T> {
    tokio::time::timeout(PATIENCE, doing).await.context("no answer in time")?.map_err(Into::into)
}

fn count(number: usize, of_what: &str) -> String {
    if number == 1 { format!("1 {of_what}") } else { format!("{number} {of_what}s") }
}
