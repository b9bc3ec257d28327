//! A PostgreSQL server of the test's own, as it must be able to kill it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use bookhook_testkit::eventually;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::chance::Chance;
use crate::host::free_address;

/// Who runs the server where root may not.
const SERVER_USER: &str = "postgres";

pub(crate) struct Database {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
    process: Child,
    /// The process that was killed last: what it has said of itself is still there.
    killed: Option<String>,
}

impl Database {
    /// A cluster of its own, so that nobody else minds when its server is killed.
    pub(crate) async fn start(chance: &mut Chance) -> Self {
        let programs = programs().expect("there is no PostgreSQL here; `cargo xtask test` installs it");
        let (folder, port) = (TempDir::new().unwrap(), free_address(chance).port());
        if is_root() {
            assert!(run(Command::new("chown").arg(SERVER_USER).arg(folder.path())).await);
        }
        let data = folder.path().join("data");
        let cluster =
            ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--username=bookhook", "--pgdata"];
        assert!(run(as_server(&programs.join("initdb")).args(cluster).arg(data)).await);
        let process = spawn(&programs, folder.path(), port);
        let mut database = Self { programs, folder, port, process, killed: None };
        database.until_it_serves().await;
        database
    }

    /// As a host's configuration has it.
    pub(crate) fn address(&self) -> String {
        format!("postgres://bookhook@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }

    /// Its first process, with SIGKILL; the others end when they see that.
    pub(crate) async fn kill(&mut self) {
        self.killed = self.id();
        self.signal("-KILL").await;
        self.process.wait().await.unwrap();
    }

    /// It is refused for as long as a process of the last one is left.
    pub(crate) async fn start_again(&mut self) {
        self.process = spawn(&self.programs, self.folder.path(), self.port);
        self.until_it_serves().await;
    }

    /// It does when it says so in its file: it takes connections earlier, and turns them away.
    async fn until_it_serves(&mut self) {
        eventually("PostgreSQL to serve", async || {
            if self.process.try_wait().unwrap().is_some() {
                self.process = spawn(&self.programs, self.folder.path(), self.port);
            }
            (self.id() != self.killed && self.file_line(7)? == "ready").then_some(())
        })
        .await;
    }

    /// To the server, and not to the program that changed the user for it.
    async fn signal(&self, signal: &str) {
        assert!(run(Command::new("kill").args([signal, &self.id().unwrap()])).await);
    }

    /// A line of what the server says of itself; lines are filled up with blanks.
    fn file_line(&self, at: usize) -> Option<String> {
        let file = fs::read_to_string(self.folder.path().join("data/postmaster.pid")).ok()?;
        file.lines().nth(at).map(|line| line.trim_end().to_owned())
    }

    fn id(&self) -> Option<String> {
        self.file_line(0)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(id) = self.id() {
            let _ = std::process::Command::new("kill").args(["-INT", &id]).status();
        }
    }
}

/// On the path, or where Debian has them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin"));
    on_path.into_iter().chain(debian).find(|folder| folder.join("initdb").exists())
}

fn spawn(programs: &Path, folder: &Path, port: u16) -> Child {
    let sockets = format!("unix_socket_directories={}", folder.display());
    as_server(&programs.join("postgres"))
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", &sockets])
        .spawn()
        .unwrap()
}

async fn run(command: &mut Command) -> bool {
    command.status().await.unwrap().success()
}

/// PostgreSQL refuses to be run by root.
fn as_server(program: &Path) -> Command {
    let mut command = if is_root() { Command::new("runuser") } else { Command::new(program) };
    if is_root() {
        command.args(["-u", SERVER_USER, "--"]).arg(program);
    }
    command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}

fn is_root() -> bool {
    let id = std::process::Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
