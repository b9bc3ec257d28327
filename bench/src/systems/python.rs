//! The handler in Python, as the example for Flask serves it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command as BlockingCommand;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

/// Python, with the packages that the handler needs.
#[derive(Debug, Clone)]
pub(crate) struct Python {
    interpreter: PathBuf,
    folder: PathBuf,
}

impl Python {
    /// Makes a virtual environment with the packages of the example, unless it is there. `None` when the machine has no
    /// Python.
    pub(crate) fn find() -> Result<Option<Self>> {
        if BlockingCommand::new("python3").arg("--version").output().is_err() {
            return Ok(None);
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
        let interpreter = folder.join(".venv/bin/python");
        if !folder.join(".venv/lib").exists() {
            let packages = folder.join("../../examples/flask/requirements.txt");
            run(BlockingCommand::new("python3").args(["-m", "venv", ".venv"]).current_dir(&folder))?;
            run(BlockingCommand::new(&interpreter)
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
                .arg(packages))?;
        }
        Ok(Some(Self { interpreter, folder }))
    }

    /// Flask under waitress.
    pub(crate) fn flask(&self, address: SocketAddr) -> Command {
        let mut command = Command::new(&self.interpreter);
        command.current_dir(&self.folder).arg("app.py").env("PORT", address.port().to_string());
        command
    }
}

fn run(command: &mut BlockingCommand) -> Result<()> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    let trouble = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed:\n{trouble}");
    Ok(())
}
