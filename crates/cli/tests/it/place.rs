//! A folder of its own in which the program is run, with an environment of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::steady::steady;

const PATIENCE: Duration = Duration::from_secs(30);

/// Where a test runs the program.
pub(crate) struct Place {
    folder: TempDir,
}

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Everything that can be seen of it, without what differs between two runs.
    pub(crate) fn seen(&self) -> String {
        let part = |name: &str, text: &str| {
            if text.is_empty() { String::new() } else { format!("--- {name}\n{text}") }
        };
        steady(&format!("exit {}\n{}{}", self.status, part("out", &self.out), part("err", &self.err)))
    }

    /// The lines of JSON that it printed.
    pub(crate) fn json(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> &Self {
        std::fs::write(self.path(name), text).unwrap();
        self
    }

    /// What a process writes to this file, in one line.
    pub(crate) fn until_written(&self, name: &str) -> String {
        eventually(name, || {
            let text = std::fs::read_to_string(self.path(name)).ok()?;
            text.strip_suffix('\n').map(str::to_owned)
        })
    }

    /// A folder with the manifest of `tax-bot`.
    pub(crate) fn with_app() -> Self {
        let place = Self::new();
        place.write("bkper.yaml", "id: tax-bot\nevents: [TRANSACTION_CHECKED, TRANSACTION_POSTED]\n");
        place
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[])
    }

    pub(crate) fn run_with(&self, args: &[&str], env: &[(&str, &str)]) -> Ran {
        let output = self.command(args).envs(env.iter().copied()).stdin(Stdio::null()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { status: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs it with a standard output that nobody reads.
    pub(crate) fn run_unread(&self, args: &[&str]) -> Ran {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output =
            self.command(args).stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        Ran { status: output.status.code().unwrap(), out: String::new(), err }
    }

    /// Starts something that goes on, and gives its lines as they come.
    pub(crate) fn start(&self, args: &[&str]) -> Running {
        self.start_with(args, &[])
    }

    pub(crate) fn start_with(&self, args: &[&str], env: &[(&str, &str)]) -> Running {
        let mut command = self.command(args);
        command.envs(env.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = lines(child.stdout.take().unwrap());
        let err = lines(child.stderr.take().unwrap());
        Running { child, out, err }
    }

    /// A host for the app, which trusts this place's sandbox.
    pub(crate) fn host(&self, handler: &str) -> Host {
        let here = "127.0.0.1:0";
        let args = [
            &["serve", "--app", "bkper.yaml", "--listen", here, "--console", here, "--trust-sandbox"][..],
            &["--to", handler],
        ]
        .concat();
        let running = self.start(&args);
        let line = running.err_line("listens on");
        let url = format!("{}/hooks/tax-bot", line.split_whitespace().last().unwrap());
        Host { running, url }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bookhook"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .env("XDG_STATE_HOME", self.path("state"))
            .env("TZ", "UTC");
        command
    }
}

/// Waits until the process with this id has ended, whoever may have to ask for its status.
pub(crate) fn until_gone(id: &str) {
    eventually("a process to end", || {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"));
        stat.map_or(true, |stat| stat.contains(") Z ")).then_some(())
    });
}

pub(crate) fn eventually<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "it was not seen in time: {what}");
        std::thread::yield_now();
    }
}

/// A process that goes on; killed when dropped.
pub(crate) struct Running {
    child: Child,
    out: Receiver<String>,
    err: Receiver<String>,
}

impl Running {
    /// Waits for a line of data that contains this.
    pub(crate) fn out_line(&self, containing: &str) -> String {
        line(&self.out, containing)
    }

    /// Waits for a further line for each of these, in whatever order they come.
    pub(crate) fn out_lines(&self, containing: &[&str]) {
        let mut missing = containing.to_vec();
        while !missing.is_empty() {
            let line =
                self.out.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no lines with {missing:?}"));
            missing.retain(|wanted| !line.contains(wanted));
        }
    }

    /// Waits for another line that contains this.
    pub(crate) fn err_line(&self, containing: &str) -> String {
        line(&self.err, containing)
    }

    /// Types a line into it.
    pub(crate) fn type_line(&self, line: &str) {
        let mut stdin = self.child.stdin.as_ref().unwrap();
        stdin.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Sends it a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Asks it to end, and gives its exit status.
    pub(crate) fn end(self) -> i32 {
        self.signal("TERM");
        self.ended()
    }

    /// Waits until it has ended, and gives its exit status.
    pub(crate) fn ended(mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A host and its hook's URL.
pub(crate) struct Host {
    pub(crate) running: Running,
    pub(crate) url: String,
}

fn lines(from: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

fn line(lines: &Receiver<String>, containing: &str) -> String {
    loop {
        let line = lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no line with `{containing}`"));
        if line.contains(containing) {
            return line;
        }
    }
}
