//! The host: the real program, killed and started again on the same journal and port.

use std::fs::{self, File, OpenOptions};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;

use bookhook::journal::Location;
use bookhook_testkit::Bkper;
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::chance::Chance;
use crate::events::TOKEN_START;

const PUBLIC_URL: &str = "https://hooks.example.com";
const PATH: &str = "/hooks/tax-bot";

/// How much of the log is shown when something goes wrong.
const LOG_SHOWN: usize = 4_000;

/// A host, through all of its lives.
pub(crate) struct Host {
    folder: TempDir,
    bkper: Bkper,
    address: SocketAddr,
    process: Child,
    /// When each life began.
    lives: Vec<Timestamp>,
}

impl Host {
    /// The first life.
    pub(crate) fn start(handler: SocketAddr, chance: &mut Chance) -> Self {
        let folder = TempDir::new().unwrap();
        let bkper = Bkper::calling(&format!("{PUBLIC_URL}{PATH}"));
        let address = free_address(chance);
        let keys = bkper.jwks_file();
        fs::write(folder.path().join("bkper.yaml"), "id: tax-bot\nevents: [TRANSACTION_CHECKED]\n").unwrap();
        fs::write(folder.path().join("bookhook.yaml"), configuration(address, &keys, handler)).unwrap();
        let lives = vec![Timestamp::now()];
        let process = spawn(&folder, 0);
        Self { folder, bkper, address, process, lives }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }

    /// How Bkper identifies itself to this host; good for an hour.
    pub(crate) fn identity(&self) -> String {
        format!("Bearer {}", self.bkper.sign(&self.bkper.claims()))
    }

    /// Takes the process away between two of its instructions, and starts the next.
    pub(crate) async fn kill_and_start_again(&mut self) {
        self.kill().await;
        // What the last life has received was received before this.
        let began = Timestamp::now();
        self.process = spawn(&self.folder, self.lives.len());
        self.lives.push(began);
        // All that the last life had written: the next one has not moved it yet, or only just.
        assert_no_token_in(&self.folder.path().join("bookhook.db-wal"));
    }

    pub(crate) async fn kill(&mut self) {
        assert_eq!(self.process.try_wait().unwrap(), None, "it ended by itself; it said:\n{}", self.log());
        self.process.kill().await.unwrap();
    }

    /// Waits until it has ended, which it should not by itself.
    pub(crate) async fn ended(&mut self) {
        self.process.wait().await.unwrap();
    }

    /// When each life began; the last one goes on.
    pub(crate) fn lives(&self) -> &[Timestamp] {
        &self.lives
    }

    pub(crate) fn journal(&self) -> Location {
        Location::Sqlite(self.folder.path().join("bookhook.db"))
    }

    /// The end of what it has said.
    pub(crate) fn log(&self) -> String {
        let text = fs::read_to_string(self.folder.path().join("log")).unwrap();
        let start = text.len().saturating_sub(LOG_SHOWN);
        text.get(start..).unwrap_or(&text).to_owned()
    }

    /// The journal, what lies beside it, and the host's log.
    pub(crate) fn assert_no_token_in_its_files(&self) {
        for entry in fs::read_dir(self.folder.path()).unwrap() {
            assert_no_token_in(&entry.unwrap().path());
        }
    }
}

fn assert_no_token_in(path: &Path) {
    let content = fs::read(path).unwrap();
    assert!(
        !String::from_utf8_lossy(&content).contains(TOKEN_START),
        "a user's token is in {}",
        path.display()
    );
}

fn configuration(address: SocketAddr, keys: &Path, handler: SocketAddr) -> String {
    let keys = keys.display();
    format!(
        "\
listen: {address}
public_url: {PUBLIC_URL}
journal: sqlite:bookhook.db
console: {{listen: \"off\"}}
hooks:
  tax-bot:
    source: {{bkper: {{manifest: bkper.yaml, jwks_url: \"file:{keys}\"}}}}
    handler: {{http: \"http://{handler}/lives/${{LIFE}}\"}}
    deadline: 250ms
    concurrency: 16
    queue: 120
"
    )
}

fn spawn(folder: &TempDir, life: usize) -> Child {
    let log: File = OpenOptions::new().create(true).append(true).open(folder.path().join("log")).unwrap();
    Command::new(env!("CARGO_BIN_EXE_bookhook"))
        .args(["serve", "--config", "bookhook.yaml"])
        .current_dir(folder.path())
        .env_clear()
        .env("LIFE", life.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// A port that systems give to nobody who does not ask for it by its number. Of the others, a caller's own end of a
/// connection could take it while the host is down.
fn free_address(chance: &mut Chance) -> SocketAddr {
    loop {
        let port = u16::try_from(10_000 + chance.up_to(20_000)).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
