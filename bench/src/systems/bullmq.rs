//! What a team would build instead of accepted hooks: Node with `BullMQ`, on a Redis that syncs every write.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command as BlockingCommand, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::process::free_address;

use super::node;

/// So long Redis may take to start.
const START_MAX: Duration = Duration::from_secs(10);
const START_POLL: Duration = Duration::from_millis(10);

/// `BullMQ`, with the packages that it needs.
#[derive(Debug, Clone)]
pub(crate) struct BullMq {
    folder: PathBuf,
}

impl BullMq {
    /// Installs the packages, unless they are there. `None` when the machine has no Node or no Redis.
    pub(crate) fn find() -> Result<Option<Self>> {
        let has = |program: &str| BlockingCommand::new(program).arg("--version").output().is_ok();
        if !has("node") || !has("redis-server") {
            return Ok(None);
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("bullmq");
        node::install(&folder)?;
        Ok(Some(Self { folder }))
    }

    /// What takes events and queues them.
    pub(crate) fn endpoint(&self, listen: SocketAddr, redis: &Redis) -> Command {
        self.role("endpoint", listen, redis)
    }

    /// What handles them.
    pub(crate) fn worker(&self, listen: SocketAddr, redis: &Redis) -> Command {
        self.role("worker", listen, redis)
    }

    fn role(&self, role: &str, listen: SocketAddr, redis: &Redis) -> Command {
        let mut command = Command::new("node");
        command
            .current_dir(&self.folder)
            .args(["server.js", role])
            .env("NODE_ENV", "production")
            .env("PORT", listen.port().to_string())
            .env("REDIS_PORT", redis.address.port().to_string());
        command
    }
}

/// A server that ends when this is dropped.
pub(crate) struct Redis {
    _process: Child,
    address: SocketAddr,
}

impl Redis {
    /// With its data in this folder, every write synced before it is answered.
    pub(crate) async fn start(folder: &Path) -> Result<Self> {
        let address = free_address()?;
        let log = fs::File::create(folder.join("redis.log")).context("cannot make the log of Redis")?;
        let process = Command::new("redis-server")
            .args(["--bind", &Ipv4Addr::LOCALHOST.to_string(), "--port", &address.port().to_string()])
            .args(["--appendonly", "yes", "--appendfsync", "always", "--save", "", "--dir"])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(log)
            .kill_on_drop(true)
            .spawn()
            .context("cannot start redis-server")?;
        let until = Instant::now() + START_MAX;
        while !answers(address).await.unwrap_or(false) {
            ensure!(Instant::now() < until, "redis-server does not answer");
            tokio::time::sleep(START_POLL).await;
        }
        Ok(Self { _process: process, address })
    }
}

async fn answers(address: SocketAddr) -> std::io::Result<bool> {
    let mut connection = TcpStream::connect(address).await?;
    connection.write_all(b"PING\r\n").await?;
    let mut answer = [0; 5];
    connection.read_exact(&mut answer).await?;
    Ok(answer == *b"+PONG")
}
