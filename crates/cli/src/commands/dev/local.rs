//! What is different on the developer's machine: where the host listens, whom it trusts, and where handlers find Bkper.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use bookhook::config::{
    Config, ConsoleConfig, HandlerConfig, HookConfig, JournalLocation, Jwks, Source, Verification,
};
use bookhook::handlers::process::CommandLine;
use bookhook::handlers::run::RestartPolicy;
use bookhook_sandbox::Sandbox;
use url::Url;

use super::node::Preload;
use super::packages;
use crate::exit::Complaint;

/// Where handlers find Bkper's API.
const API: &str = "BKPER_API_URL";

/// Who develops wants to know soon that a handler does not start; a change of its files starts it again.
const RESTART: RestartPolicy = RestartPolicy {
    first: Duration::from_millis(250),
    max: Duration::from_secs(1),
    max_restarts: 2,
    within: Duration::from_secs(30),
};

/// Where the host listens. It is open as long as this lives: while one host takes the place of another, callers wait.
pub(super) struct Door {
    listener: TcpListener,
    address: SocketAddr,
    console: SocketAddr,
}

impl Door {
    /// This port; 0 stands for one that is free.
    pub(super) fn at(port: u16) -> Result<Self, Complaint> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let opened = TcpListener::bind(address).and_then(|listener| {
            let address = listener.local_addr()?;
            Ok(Self { listener, address, console: console_address()? })
        });
        opened.map_err(|error| taken(address, error))
    }

    /// What a host listens with.
    pub(super) fn listener(&self) -> io::Result<TcpListener> {
        self.listener.try_clone()
    }

    /// What is before the paths of hooks.
    pub(super) fn base(&self) -> Url {
        Url::parse(&self.url("")).expect("an address makes a URL")
    }

    /// The URL of this path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What calls of this path may be for: all names of this machine.
    fn audiences(&self, path: &str) -> Vec<String> {
        vec![self.url(path), format!("http://localhost:{}{path}", self.address.port())]
    }
}

/// Where the operators' door will be: where it always is, or, if another program is there, where there is room now.
fn console_address() -> io::Result<SocketAddr> {
    let usual = ConsoleConfig::default().listen;
    let here = |address| TcpListener::bind(address)?.local_addr();
    here(usual).or_else(|_| here(SocketAddr::new(usual.ip(), 0)))
}

/// The host's port is another program's.
fn taken(address: SocketAddr, error: io::Error) -> Complaint {
    Complaint::misused(anyhow::Error::new(error).context(format!("cannot listen on {address}")))
        .hint("another program listens there; name another port: --port PORT, or 0 for any that is free")
}

/// What hooks are put into.
pub(super) struct Surroundings {
    api: String,
    jwks: String,
    preload: Preload,
}

impl Surroundings {
    pub(super) fn of(sandbox: &Sandbox) -> anyhow::Result<Self> {
        Ok(Self { api: sandbox.url(), jwks: sandbox.jwks_url(), preload: Preload::write()? })
    }

    /// The host then trusts the sandbox and nobody else, leaves nothing behind, and its handlers call the sandbox.
    pub(super) fn put_around(&self, config: &mut Config, door: &Door) -> Result<(), Complaint> {
        config.public_url = None;
        config.journal = JournalLocation::Memory;
        config.console = Some(ConsoleConfig { listen: door.console, ..ConsoleConfig::default() });
        config.hooks.iter_mut().try_for_each(|hook| self.put_around_hook(hook, door))
    }

    fn put_around_hook(&self, hook: &mut HookConfig, door: &Door) -> Result<(), Complaint> {
        let Source::Bkper(source) = &mut hook.source;
        source.verify = Some(Verification {
            service_account: Verification::SERVICE_ACCOUNT.to_owned(),
            audiences: door.audiences(&hook.path),
            issuer: Verification::ISSUER.to_owned(),
            jwks: Jwks::Url(Url::parse(&self.jwks).expect("the sandbox's address makes a URL")),
        });
        match &mut hook.handler {
            HandlerConfig::Http(_) => Ok(()),
            HandlerConfig::Run(setup) => {
                setup.restart = RESTART;
                self.put_around_command(&mut setup.command)
            }
            HandlerConfig::Exec(command) => self.put_around_command(command),
        }
    }

    fn put_around_command(&self, command: &mut CommandLine) -> Result<(), Complaint> {
        command.environment.push((API.to_owned(), self.api.clone().into()));
        self.preload.put_around(command);
        let found = command.find().map(drop);
        found.map_err(|error| {
            let error = anyhow::Error::new(error).context("the handler cannot be started");
            Complaint { hint: packages::missing(command), ..Complaint::misused(error) }
        })
    }
}
