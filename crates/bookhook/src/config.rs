//! The configuration: `bookhook.yaml`, the manifests that it names, and the environment, as checked values.
//!
//! Whatever is wrong is told with file, line, column, key, and what to do about it, all of it at once
//! ([`ConfigErrors`]). What is merely odd is a [`Warning`]. Nothing here opens a socket or a journal, and the
//! environment is passed in.
//!
//! Every key is documented at the field that it is read into, and in `docs/configuration.md`.

mod app;
mod bkper;
mod command;
mod environment;
mod expand;
mod finding;
mod handler;
mod hook;
mod manifest;
mod policy;
mod problem;
mod section;
mod suggest;
mod tree;
mod values;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bookhook_journal::PostgresAddress;
use bookhook_model::Retention;
use secrecy::SecretString;
use url::Url;

use self::hook::PublicUrl;
use self::section::{Document, Findings, Manner, Section};

pub use self::app::{AppHandler, AppOverrides};
pub use self::bkper::{BkperSource, Jwks, OwnEvents, Verification};
pub use self::environment::{Env, SealingKey};
pub use self::finding::{ConfigErrors, Finding, Mistake, Place, Position, Warning};
pub use self::handler::HandlerConfig;
pub(crate) use self::hook::default_path;
pub use self::hook::{HookConfig, Source};
pub use self::manifest::Manifest;
pub use self::problem::{Caution, FileFault, Misfit, Problem};

/// What a host is to do.
#[derive(Debug)]
pub struct Config {
    /// `listen`: the address of the public door. Default `0.0.0.0:8080`; the environment's `PORT`, when set, wins over
    /// the port.
    pub listen: SocketAddr,
    /// `public_url`: what callers put before a hook's path; the base of the audience in signed calls.
    pub public_url: Option<Url>,
    /// `journal`: where deliveries are recorded. Default `sqlite:bookhook.db`.
    pub journal: JournalLocation,
    /// `lease`: after so long a silent host's work is taken over by another. Default `10s`. Of use only for a journal
    /// that hosts share.
    pub lease: Duration,
    /// `keep` and `keep_max`: how long, and in how many bytes of the journal, deliveries that are settled or unmatched are
    /// kept. Default `30d` and `10GiB`; `off` is no limit.
    pub retention: Retention,
    /// `console`: the operators' door; `None` when it is `off`.
    pub console: Option<ConsoleConfig>,
    /// `hooks`: the hooks, in the order of the file.
    pub hooks: Vec<HookConfig>,
    /// The environment's `BKPER_API_URL`: where handlers in Rust find Bkper's API, such as a sandbox; Bkper itself
    /// without it.
    pub api_url: Option<Url>,
    /// The environment's `BOOKHOOK_KEY`: the key that tokens are sealed with.
    pub key: Option<SealingKey>,
}

/// Where deliveries are recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalLocation {
    /// `sqlite:PATH`: in an `SQLite` file.
    Sqlite(PathBuf),
    /// `postgres://USER@HOST/DATABASE`: in a database, which hosts may share.
    Postgres(PostgresAddress),
    /// `memory`: nowhere. For trials.
    Memory,
}

/// The operators' door.
#[derive(Debug, Clone)]
pub struct ConsoleConfig {
    /// `console.listen`: its address, or `off`. Default `127.0.0.1:8081`.
    pub listen: SocketAddr,
    /// Whether the configuration says that address. Where it does not, and another program listens there, the host does
    /// without the door.
    pub is_told: bool,
    /// `console.token`: what operators identify themselves with. Required unless `listen` is a loopback address.
    pub token: Option<SecretString>,
}

impl Default for ConsoleConfig {
    fn default() -> Self {
        Self { listen: CONSOLE_LISTEN, is_told: false, token: None }
    }
}

/// A configuration that can be served, and what is odd about it.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// What the operator should know.
    pub warnings: Vec<Warning>,
}

const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8080);
const CONSOLE_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8081);
const LEASE: Duration = Duration::from_secs(10);
const JOURNAL: &str = "bookhook.db";

impl Config {
    /// Reads a configuration file. Relative paths in it begin at its folder.
    pub fn load(path: &Path, env: Env<'_>) -> Result<Loaded, ConfigErrors> {
        Self::load_file(path, None, env)
    }

    /// The same for a host that callers reach at `public_url`, whatever the file says.
    pub fn load_at(path: &Path, public_url: Url, env: Env<'_>) -> Result<Loaded, ConfigErrors> {
        Self::load_file(path, Some(public_url), env)
    }

    fn load_file(path: &Path, public_url: Option<Url>, env: Env<'_>) -> Result<Loaded, ConfigErrors> {
        let findings = Findings::default();
        let config = match std::fs::read_to_string(path) {
            Ok(text) => read(path, &text, public_url, env, &findings),
            Err(error) => {
                findings.mistake(Place::of_file(path), unreadable(error));
                None
            }
        };
        loaded(config, findings)
    }

    /// What the environment alone says: no hooks, and the default for every key.
    pub fn from_env(env: Env<'_>) -> Result<Loaded, ConfigErrors> {
        let findings = Findings::default();
        let config = Self::of_environment(env, &findings);
        config.journal.warn(env, &findings, Place::Variable(environment::CLOUD_RUN_SERVICE));
        loaded(Some(config), findings)
    }

    fn of_environment(env: Env<'_>, findings: &Findings) -> Self {
        Self {
            listen: at_port(LISTEN, environment::port(env, findings)),
            public_url: None,
            journal: JournalLocation::Sqlite(PathBuf::from(JOURNAL)),
            lease: LEASE,
            retention: Retention::default(),
            console: Some(ConsoleConfig {
                token: environment::console_token(env),
                ..ConsoleConfig::default()
            }),
            hooks: Vec::new(),
            api_url: environment::api_url(env, findings),
            key: environment::sealing_key(env, findings),
        }
    }
}

impl JournalLocation {
    /// Notes what the operator should know about it.
    fn warn(&self, env: Env<'_>, findings: &Findings, place: Place) {
        match self {
            Self::Memory => findings.warning(place, Caution::InMemory),
            Self::Sqlite(_) if environment::is_cloud_run(env) => {
                findings.warning(place, Caution::DiskDoesNotLast);
            }
            Self::Sqlite(_) | Self::Postgres(_) => {}
        }
    }

    /// With what the environment adds to it.
    fn completed(self, env: Env<'_>) -> Self {
        let Self::Postgres(address) = self else { return self };
        let password = environment::postgres_password(env).filter(|_| !address.has_password());
        Self::Postgres(match password {
            Some(password) => address.with_password(&password),
            None => address,
        })
    }
}

fn at_port(address: SocketAddr, port: Option<u16>) -> SocketAddr {
    SocketAddr::new(address.ip(), port.unwrap_or(address.port()))
}

fn loaded(config: Option<Config>, findings: Findings) -> Result<Loaded, ConfigErrors> {
    findings.verdict(config).map(|(config, warnings)| Loaded { config, warnings })
}

fn unreadable(error: std::io::Error) -> Problem {
    match FileFault::from(error) {
        FileFault::Missing => Problem::NoConfiguration,
        fault => Problem::Unreadable(fault),
    }
}

fn read(
    file: &Path,
    text: &str,
    public_url: Option<Url>,
    env: Env<'_>,
    findings: &Findings,
) -> Option<Config> {
    let port = environment::port(env, findings);
    let api_url = environment::api_url(env, findings);
    let key = environment::sealing_key(env, findings);
    let (document, root) = Document::parse(file, text, Manner::Configuration(env), findings);
    let root = root?;
    let mut keys = Section::root(&document, &root)?;
    let written_url = keys.value("public_url", values::base_url);
    let public_url = public_url.or(written_url);
    let config = Config {
        listen: at_port(keys.value("listen", values::address).unwrap_or(LISTEN), port),
        journal: journal(&mut keys, env),
        lease: keys.value("lease", values::lease).unwrap_or(LEASE),
        retention: retention(&mut keys),
        console: keys.section("console").map_or(Some(ConsoleConfig::default()), console),
        hooks: hooks(&mut keys, public_url.as_ref()),
        public_url,
        api_url,
        key,
    };
    keys.finish();
    Some(config)
}

fn journal(keys: &mut Section<'_>, env: Env<'_>) -> JournalLocation {
    let address = |text: &str| text.trim().parse().map(JournalLocation::Postgres);
    let journal = match keys.value_or_secret("journal", values::journal, address, Problem::SecretJournal) {
        Some(JournalLocation::Sqlite(path)) => JournalLocation::Sqlite(keys.doc.beside(&path)),
        Some(other) => other.completed(env),
        None => JournalLocation::Sqlite(keys.doc.beside(Path::new(JOURNAL))),
    };
    journal.warn(env, keys.doc.findings, keys.place("journal"));
    journal
}

fn retention(keys: &mut Section<'_>) -> Retention {
    let default = Retention::default();
    Retention {
        keep: keys.value("keep", values::keep).unwrap_or(default.keep),
        bytes_max: keys.value("keep_max", values::keep_max).unwrap_or(default.bytes_max),
    }
}

fn console(mut keys: Section<'_>) -> Option<ConsoleConfig> {
    let is_told = keys.has("listen");
    let listen = keys.value("listen", values::console_address).unwrap_or(Some(CONSOLE_LISTEN));
    let token = keys.secret("token");
    if let Some(listen) = listen.filter(|listen| !listen.ip().is_loopback() && !keys.has("token")) {
        keys.doc.mistake(keys.at, keys.key.child("token"), Problem::NoConsoleToken { listen });
    }
    keys.finish();
    listen.map(|listen| ConsoleConfig { listen, is_told, token })
}

fn hooks(keys: &mut Section<'_>, public_url: Option<&Url>) -> Vec<HookConfig> {
    let public_url = match public_url {
        Some(url) => PublicUrl::Given(url),
        None if keys.has("public_url") => PublicUrl::Wrong,
        None => PublicUrl::NotGiven,
    };
    let sections = keys.section("hooks").map(|hooks| hooks.sections()).unwrap_or_default();
    if sections.is_empty() {
        keys.doc.findings.warning(keys.place("hooks"), Caution::NoHooks);
    }
    let mut hooks: Vec<HookConfig> = Vec::new();
    for (name, section) in sections {
        let document = section.doc;
        let Some(hook) = hook::read(&name, section, public_url) else { continue };
        if let Some(other) = hooks.iter().find(|other| other.path == hook.path) {
            let (path, hook) = (hook.path.clone(), other.name.clone());
            document.mistake(name.at, name.key, Problem::TakenPath { path, hook });
        }
        hooks.push(hook);
    }
    hooks
}
