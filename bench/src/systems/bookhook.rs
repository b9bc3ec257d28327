//! Bookhook: with a function as its handler, by the library; in front of other handlers, as the program that people run.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command as BlockingCommand;

use anyhow::{Context, Result, bail, ensure};
use bookhook_sandbox::google::Signer;
use tokio::process::Command;

use super::Journal;
use crate::request;

/// Whether the rows with Bookhook can be measured yet.
pub(crate) const IS_WIRED: bool = false;

/// Builds the program, so that no old one is measured, and says where it is.
pub(crate) fn build_program() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = BlockingCommand::new(cargo)
        .args(["build", "--release", "--quiet", "--package", "bookhook-cli"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .context("cannot run cargo")?;
    ensure!(status.success(), "the program `bookhook` does not build");
    let program = std::env::current_exe()?.with_file_name("bookhook");
    ensure!(program.exists(), "there is no program `bookhook` beside {}", program.display());
    Ok(program)
}

/// `bookhook serve`, with its journal in `folder`, in front of the handler at this address.
pub(crate) fn in_front_of(
    handler: SocketAddr,
    program: &Path,
    listen: SocketAddr,
    folder: &Path,
    signer: &Signer,
) -> Result<Command> {
    write_app(folder, signer)?;
    let config = folder.join("bookhook.yaml");
    write(&config, &configuration(listen, handler))?;
    let mut command = Command::new(program);
    command.args(["serve", "--config"]).arg(config).env_remove("PORT");
    Ok(command)
}

/// This program again, as a host with a function as its handler.
pub(crate) fn native(
    journal: Journal,
    listen: SocketAddr,
    folder: &Path,
    signer: &Signer,
) -> Result<Command> {
    write_app(folder, signer)?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("serve-bookhook").arg(listen.to_string()).arg("--folder").arg(folder);
    if journal == Journal::Memory {
        command.arg("--in-memory");
    }
    Ok(command)
}

/// The host that [`native`] starts.
pub(crate) fn serve(_listen: SocketAddr, _folder: &Path, _in_memory: bool) -> Result<()> {
    bail!("this row is not wired yet")
}

/// The app's manifest and the keys by which its callers are verified.
fn write_app(folder: &Path, signer: &Signer) -> Result<()> {
    let manifest = format!("id: {}\nname: Bench\nevents: [TRANSACTION_CHECKED]\n", request::AGENT);
    write(&folder.join("bkper.yaml"), &manifest)?;
    write(&folder.join("jwks.json"), &signer.jwks().to_string())
}

fn configuration(listen: SocketAddr, handler: SocketAddr) -> String {
    format!(
        "listen: {listen}
journal: sqlite:journal.db
console:
  listen: off
hooks:
  bench:
    source:
      bkper:
        manifest: ./bkper.yaml
        audience: {audience}
        jwks_url: file:jwks.json
    handler:
      http: http://{handler}/
    concurrency: 256
",
        audience = request::AUDIENCE,
    )
}

fn write(path: &Path, content: &str) -> Result<()> {
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}
