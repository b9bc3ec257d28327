//! Systems run in processes of their own, so that what they use can be told from what the load generator uses.

use std::collections::HashMap;
use std::fs;
use std::iter;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::process::{Child, Command};

use crate::connection::Connection;

/// Long enough for a Node on a busy machine.
const START_MAX: Duration = Duration::from_secs(30);
/// How often it is tried whether a server is there; tokio's clock has no finer grain.
const START_POLL: Duration = Duration::from_millis(1);
/// Linux tells CPU time to everybody in hundredths of a second (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// An address of the loopback that nobody uses at the moment.
pub(crate) fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("cannot find a free port")?;
    Ok(listener.local_addr()?)
}

/// A server in a process of its own, which ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    first_200: Duration,
}

impl Server {
    /// Starts it and waits until it has answered 200 to this request. What it says goes to `log`.
    pub(crate) async fn start(
        mut command: Command,
        address: SocketAddr,
        request: &[u8],
        log: &Path,
    ) -> Result<Self> {
        let said = fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        command
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(said)
            .env("NO_COLOR", "1")
            .env_remove("RUST_LOG")
            .kill_on_drop(true);
        let begun = Instant::now();
        let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        let answered = wait_for_200(&mut child, address, request).await;
        let first_200 = begun.elapsed();
        answered.with_context(|| format!("it said:\n{}", fs::read_to_string(log).unwrap_or_default()))?;
        Ok(Self { child, address, first_200 })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// From exec to the first 200.
    pub(crate) fn first_200(&self) -> Duration {
        self.first_200
    }

    /// Ends it at once, as a crash would.
    pub(crate) async fn kill(mut self) -> Result<()> {
        self.child.kill().await.context("cannot end the server")
    }

    pub(crate) fn usage(&self) -> Result<Usage> {
        Usage::of(&self.id()?.to_string())
    }

    /// Of all that it has started, and that these have.
    pub(crate) fn usage_of_children(&self) -> Result<Usage> {
        Usage::of_children(self.id()?)
    }

    fn id(&self) -> Result<u32> {
        self.child.id().context("the server has ended")
    }
}

async fn wait_for_200(child: &mut Child, address: SocketAddr, request: &[u8]) -> Result<()> {
    let until = Instant::now() + START_MAX;
    loop {
        let answer = try_once(address, request).await;
        match answer {
            Ok(200) => return Ok(()),
            _ if Instant::now() < until => {}
            Ok(status) => bail!("the server answers {status}"),
            Err(error) => return Err(error.context("the server does not answer")),
        }
        if let Some(status) = child.try_wait()? {
            bail!("the server ended with {status}");
        }
        tokio::time::sleep(START_POLL).await;
    }
}

async fn try_once(address: SocketAddr, request: &[u8]) -> Result<u16> {
    Ok(Connection::open(address).await?.exchange(request).await?.status)
}

/// What a process has used so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    /// Time of the CPU, in the program and for it in the system.
    pub(crate) cpu: Duration,
    /// What is resident now.
    pub(crate) resident_bytes: u64,
    /// The most that ever was.
    pub(crate) peak_bytes: u64,
}

impl Usage {
    /// Of the process with this id, or of `self`.
    pub(crate) fn of(process: &str) -> Result<Self> {
        let read = |file: &str| {
            let path = format!("/proc/{process}/{file}");
            fs::read_to_string(&path).with_context(|| format!("cannot read {path}: has the process ended?"))
        };
        let (stat, status) = (read("stat")?, read("status")?);
        Ok(Self {
            cpu: cpu(&stat).context("/proc/PID/stat has not its usual form")?,
            resident_bytes: memory(&status, "VmRSS:").context("/proc/PID/status names no VmRSS")?,
            peak_bytes: memory(&status, "VmHWM:").context("/proc/PID/status names no VmHWM")?,
        })
    }

    /// Of all processes that have this one among their ancestors, together.
    fn of_children(ancestor: u32) -> Result<Self> {
        let parents = parents()?;
        let descends = |id: &u32| {
            iter::successors(parents.get(id).copied(), |id| parents.get(id).copied()).any(|id| id == ancestor)
        };
        let usages = parents.keys().filter(|id| descends(id)).filter_map(|id| Self::of(&id.to_string()).ok());
        let none = Self { cpu: Duration::ZERO, resident_bytes: 0, peak_bytes: 0 };
        Ok(usages.fold(none, |all, one| Self {
            cpu: all.cpu + one.cpu,
            resident_bytes: all.resident_bytes + one.resident_bytes,
            peak_bytes: all.peak_bytes + one.peak_bytes,
        }))
    }
}

/// The processes of the machine, and whose children they are.
fn parents() -> Result<HashMap<u32, u32>> {
    let entries = fs::read_dir("/proc").context("cannot read /proc")?;
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let parent = |id: u32| parent(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?);
    Ok(ids.filter_map(|id| Some((id, parent(id)?))).collect())
}

fn parent(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// User and system time: the 14th and 15th field, counted from behind the name, which may hold spaces.
fn cpu(stat: &str) -> Option<Duration> {
    let (_, behind_name) = stat.rsplit_once(')')?;
    let mut fields = behind_name.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u32>().ok();
    Some(TICK * (ticks()? + ticks()?))
}

fn memory(status: &str, key: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_knows_what_it_uses() {
        let usage = Usage::of("self").unwrap();
        assert!(usage.resident_bytes > 0 && usage.peak_bytes >= usage.resident_bytes);
    }

    #[test]
    fn cpu_time_is_read_past_a_name_with_spaces() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 1 2 3 4 150 50 0 0 20 0 1 0 9 10 11";
        assert_eq!(cpu(stat), Some(Duration::from_secs(2)));
        assert_eq!(parent(stat), Some(1));
    }
}
