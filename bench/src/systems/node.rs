//! Handlers on Node, as people run them today.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command as BlockingCommand;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

/// Node, with the packages that the handlers need.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    folder: PathBuf,
    version: String,
}

impl Node {
    /// Installs the packages, unless they are there. `None` when the machine has no Node.
    pub(crate) fn find() -> Result<Option<Self>> {
        let Ok(output) = BlockingCommand::new("node").arg("--version").output() else { return Ok(None) };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("node");
        install(&folder)?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(Some(Self { folder, version }))
    }

    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// `@google-cloud/functions-framework`.
    pub(crate) fn functions(&self, address: SocketAddr) -> Command {
        let mut command = self.command();
        command
            .arg("node_modules/@google-cloud/functions-framework/build/src/main.js")
            .args(["--target=doPost", "--source=functions.js"])
            .env("PORT", address.port().to_string());
        command
    }

    /// Hono.
    pub(crate) fn hono(&self, address: SocketAddr) -> Command {
        let mut command = self.command();
        command.arg("hono.js").env("PORT", address.port().to_string());
        command
    }

    fn command(&self) -> Command {
        let mut command = Command::new("node");
        command.current_dir(&self.folder).env("NODE_ENV", "production");
        command
    }
}

/// The packages that this folder's lock file names, unless they are there.
pub(super) fn install(folder: &Path) -> Result<()> {
    if folder.join("node_modules/.package-lock.json").exists() {
        return Ok(());
    }
    let output = BlockingCommand::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(folder)
        .output()
        .context("Node is here, but `npm` cannot be run")?;
    let trouble = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`npm ci` in {} failed:\n{trouble}", folder.display());
    Ok(())
}
