//! The host: the real program, killed and started again on the same journal and port.

use std::fs::{self, File, OpenOptions};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use bookhook::journal::Location;
use bookhook_testkit::wait::in_time;
use bookhook_testkit::{Bkper, eventually};
use jiff::Timestamp;
use tokio::process::Child;

use crate::chance::Chance;
use crate::events::TOKEN_START;
use crate::home::Home;

const PUBLIC_URL: &str = "https://hooks.example.com";
const PATH: &str = "/hooks/tax-bot";

/// All hosts that share a journal have it. 32 bytes.
const SHARED_KEY: &str = "dG9ydHVyZS10b3J0dXJlLXRvcnR1cmUtdG9ydHVyZSE=";

/// After so long a host that is silent is taken for dead.
const LEASE_SECONDS: u64 = 2;

/// How much of the log is shown when something goes wrong.
const LOG_SHOWN: usize = 4_000;

/// When callers are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// With the handler's response. Some wait in vain, and are asked to come back.
    Result,
    /// The same, and callers wait for longer than a lease, as they do where hosts share a journal.
    PatientResult,
    /// As soon as the event is on disk.
    Accepted,
}

impl Reply {
    /// The hook's keys.
    fn keys(self) -> &'static str {
        match self {
            Self::Result => "    deadline: 250ms\n    queue: 120\n",
            Self::PatientResult => "    deadline: 3s\n    queue: 5000\n",
            Self::Accepted => {
                "    reply: accepted\n    queue: 5000\n    retry: {first: 50ms, max: 300ms, max_runs: 1000}\n"
            }
        }
    }
}

/// A host, through all of its lives.
pub(crate) struct Host {
    home: Home,
    bkper: Arc<Bkper>,
    address: SocketAddr,
    process: Child,
    /// When each life began.
    lives: Vec<Timestamp>,
    /// Where the log of this life begins.
    log_begins: usize,
}

impl Host {
    /// The first life. In the handler's URL, `${LIFE}` is the number of the host's life.
    pub(crate) fn start(home: Home, handler: &str, reply: Reply, chance: &mut Chance) -> Self {
        let bkper = Arc::new(Bkper::calling(&format!("{PUBLIC_URL}{PATH}")));
        Self::called_by(bkper, home, handler, reply, chance)
    }

    /// One that the same Bkper calls, under the same public address.
    pub(crate) fn start_beside(&self, home: Home, handler: &str, reply: Reply, chance: &mut Chance) -> Self {
        Self::called_by(Arc::clone(&self.bkper), home, handler, reply, chance)
    }

    fn called_by(bkper: Arc<Bkper>, home: Home, handler: &str, reply: Reply, chance: &mut Chance) -> Self {
        let address = free_address(chance);
        let folder = home.folder();
        fs::write(folder.join("bkper.yaml"), "id: tax-bot\nevents: [TRANSACTION_CHECKED]\n").unwrap();
        let text = configuration(address, &bkper.jwks_file(), &home.journal(), handler, reply);
        fs::write(folder.join("bookhook.yaml"), text).unwrap();
        let lives = vec![Timestamp::now()];
        let process = spawn(&home, 0);
        Self { home, bkper, address, process, lives, log_begins: 0 }
    }

    pub(crate) fn url(&self) -> String {
        url_at(self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How Bkper identifies itself to this host; good for an hour.
    pub(crate) fn identity(&self) -> String {
        format!("Bearer {}", self.bkper.sign(&self.bkper.claims()))
    }

    /// Takes the process away between two of its instructions, and starts the next.
    pub(crate) async fn kill_and_start_again(&mut self) {
        self.kill().await;
        self.start_again();
        // All that the last life had written: the next one has not moved it yet, or only just.
        let log = self.home.journal_folder().join("bookhook.db-wal");
        if log.exists() {
            assert_no_token_in(&log);
        }
    }

    pub(crate) async fn kill(&mut self) {
        assert_eq!(self.process.try_wait().unwrap(), None, "it ended by itself; it said:\n{}", self.log());
        self.process.kill().await.unwrap();
    }

    pub(crate) fn start_again(&mut self) {
        // What the last life has received was received before this.
        let began = Timestamp::now();
        self.log_begins = self.whole_log().len();
        self.process = spawn(&self.home, self.lives.len());
        self.lives.push(began);
    }

    /// Asks it to end, which it does when its runs are settled.
    pub(crate) async fn stop(&mut self) {
        self.signal("-TERM");
        let ended = in_time("the host to end", self.ended()).await;
        assert!(ended.success(), "{ended}; it said:\n{}", self.log());
    }

    /// It does nothing any more, and holds on to all it has.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    /// It goes on as if nothing had been.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.process.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        self.process.wait().await.unwrap()
    }

    /// What `/readyz` says, if anybody answers.
    pub(crate) async fn readiness(&self) -> Option<(u16, String)> {
        let response = reqwest::get(format!("http://{}/readyz", self.address)).await.ok()?;
        Some((response.status().as_u16(), response.text().await.ok()?))
    }

    /// Waits until it says this of its readiness.
    pub(crate) async fn until_ready_is(&self, status: u16) -> String {
        eventually(&format!("{status} of /readyz"), async || {
            self.readiness().await.filter(|(found, _)| *found == status).map(|(_, text)| text)
        })
        .await
    }

    /// When each life began; the last one goes on.
    pub(crate) fn lives(&self) -> &[Timestamp] {
        &self.lives
    }

    pub(crate) fn home(&self) -> &Home {
        &self.home
    }

    pub(crate) fn journal(&self) -> Location {
        self.home.journal()
    }

    /// The end of what it has said.
    pub(crate) fn log(&self) -> String {
        let text = self.whole_log();
        let start = text.len().saturating_sub(LOG_SHOWN);
        text.get(start..).unwrap_or(&text).to_owned()
    }

    /// What it has said in this life.
    pub(crate) fn log_of_this_life(&self) -> String {
        self.whole_log().split_off(self.log_begins)
    }

    /// How often it has said this, in all its lives.
    pub(crate) fn times_told(&self, what: &str) -> usize {
        self.whole_log().matches(what).count()
    }

    fn whole_log(&self) -> String {
        fs::read_to_string(self.home.folder().join("log")).unwrap()
    }

    /// Waits until it either serves, or has refused to: then, why.
    pub(crate) async fn until_it_serves(&mut self) -> Result<(), String> {
        eventually("the host to serve or to end", async || match self.process.try_wait().unwrap() {
            Some(status) => {
                assert_eq!(status.code(), Some(1), "it said:\n{}", self.log());
                Some(Err(self.log_of_this_life()))
            }
            None => self.readiness().await.map(|_| Ok(())),
        })
        .await
    }

    /// The journal, what lies beside it, and the host's log.
    pub(crate) fn assert_no_token_in_its_files(&self) {
        self.home.files().iter().for_each(|path| assert_no_token_in(path));
    }
}

/// The hook, where a host listens, or somebody before it.
pub(crate) fn url_at(address: SocketAddr) -> String {
    format!("http://{address}{PATH}")
}

fn assert_no_token_in(path: &Path) {
    let content = fs::read(path).unwrap();
    assert!(
        !String::from_utf8_lossy(&content).contains(TOKEN_START),
        "a user's token is in {}",
        path.display()
    );
}

fn configuration(
    address: SocketAddr,
    keys: &Path,
    journal: &Location,
    handler: &str,
    reply: Reply,
) -> String {
    let (keys, more) = (keys.display(), reply.keys());
    format!(
        "\
listen: {address}
public_url: {PUBLIC_URL}
journal: {journal}
lease: {LEASE_SECONDS}s
console: {{listen: \"off\"}}
hooks:
  tax-bot:
    source: {{bkper: {{manifest: bkper.yaml, jwks_url: \"file:{keys}\"}}}}
    handler: {{http: \"{handler}\"}}
    concurrency: 16
{more}"
    )
}

fn spawn(home: &Home, life: usize) -> Child {
    let log: File = OpenOptions::new().create(true).append(true).open(home.folder().join("log")).unwrap();
    let mut command = home.command(env!("CARGO_BIN_EXE_bookhook"));
    command
        .args(["serve", "--config"])
        .arg(home.folder().join("bookhook.yaml"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LIFE", life.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log);
    if home.shares_its_journal() {
        command.env("BOOKHOOK_KEY", SHARED_KEY);
    }
    command.spawn().unwrap()
}

/// A port that systems give to nobody who does not ask for it by its number. Of the others, a caller's own end of a
/// connection could take it while the host is down.
pub(crate) fn free_address(chance: &mut Chance) -> SocketAddr {
    loop {
        let port = u16::try_from(10_000 + chance.up_to(20_000)).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
