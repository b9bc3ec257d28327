//! Bookhook for `bench accepted`: a host with a function as its handler, and room for very many deliveries that wait.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use bookhook::config::{Config, JournalLocation, Jwks, Verification};
use bookhook::journal::Location;
use bookhook::model::Policy;
use bookhook::model::policy::{LaneRule, Reply};
use bookhook::{EventType, Hook, Host, Response};
use bookhook_sandbox::google::Signer;
use clap::Args;
use tokio::process::Command;

use crate::request;

use super::bookhook::write_app;

/// The key that tokens are sealed with: hosts that share a database need the same. It protects nothing here.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
/// Deliveries that may wait.
const QUEUE: usize = 1_000_000;
/// No handler is given up for being slow.
const TIMEOUT: Duration = Duration::from_hours(2);

/// How such a host is to be.
#[derive(Debug, Clone, Args)]
pub(crate) struct Queue {
    /// Where its journal is, as a configuration has it
    #[arg(long)]
    pub(crate) journal: String,
    /// How many deliveries run side by side
    #[arg(long)]
    pub(crate) concurrency: usize,
    /// How long its handler takes
    #[arg(long)]
    pub(crate) handler_ms: u64,
    /// `lane: none`
    #[arg(long)]
    pub(crate) without_lanes: bool,
    /// `reply: result`
    #[arg(long)]
    pub(crate) with_result: bool,
}

impl Queue {
    /// As most rows have it: accepted events, the default number of lanes, and a handler that takes no time.
    pub(crate) fn at(journal: String) -> Self {
        Self {
            journal,
            concurrency: Policy::default().concurrency,
            handler_ms: 0,
            without_lanes: false,
            with_result: false,
        }
    }

    /// This program again, as such a host.
    pub(crate) fn command(&self, listen: SocketAddr, folder: &Path, signer: &Signer) -> Result<Command> {
        write_app(folder, signer)?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve-queue").arg(listen.to_string()).arg(folder);
        command.args(["--journal", &self.journal]);
        command.args(["--concurrency", &self.concurrency.to_string()]);
        command.args(["--handler-ms", &self.handler_ms.to_string()]);
        command.args(self.without_lanes.then_some("--without-lanes"));
        command.args(self.with_result.then_some("--with-result"));
        Ok(command)
    }

    /// The host that [`Self::command`] starts.
    pub(crate) async fn serve(self, listen: SocketAddr, folder: &Path) -> Result<()> {
        let environment = |name: &str| (name == "BOOKHOOK_KEY").then(|| KEY.to_owned());
        let journal = match self.journal.parse().context("--journal")? {
            Location::Sqlite(path) => JournalLocation::Sqlite(path),
            Location::Postgres(address) => JournalLocation::Postgres(address),
            Location::Memory => JournalLocation::Memory,
        };
        let config = Config { listen, journal, console: None, ..Config::from_env(&environment)?.config };
        let verification = Verification {
            service_account: Verification::SERVICE_ACCOUNT.to_owned(),
            issuer: Verification::ISSUER.to_owned(),
            audiences: vec![request::AUDIENCE.to_owned()],
            jwks: Jwks::File(folder.join("jwks.json")),
        };
        let delay = Duration::from_millis(self.handler_ms);
        let hook = Hook::bkper(folder.join("bkper.yaml"))?
            .verify(verification)
            .policy(self.policy())
            .on(EventType::TransactionChecked, move |_| handle(delay));
        Host::new(config).hook(hook).serve().await
    }

    fn policy(&self) -> Policy {
        Policy {
            reply: if self.with_result { Reply::Result } else { Reply::Accepted },
            lane: if self.without_lanes { LaneRule::None } else { LaneRule::Book },
            concurrency: self.concurrency,
            queue: QUEUE,
            timeout: TIMEOUT,
            ..Policy::default()
        }
    }
}

async fn handle(delay: Duration) -> Result<Response> {
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    Ok(Response::result("CHECKED: 1000.00"))
}
