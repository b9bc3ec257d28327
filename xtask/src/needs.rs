//! What the tests need beyond Rust, installed where it is missing: Node and Python, and the packages of their folders;
//! and PostgreSQL.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{postgres, run, say};

/// Folders with a `package.json` that tests use.
const NODE_FOLDERS: &[&str] = &["crates/sandbox/tests/node", "examples/functions", "examples/hono"];
/// The oldest Node that the packages run on.
const LEAST_NODE: u32 = 18;
/// Folders with a `requirements.txt` that tests use; each gets a virtual environment of its own, `.venv`.
const PYTHON_FOLDERS: &[&str] = &["examples/flask"];

/// Installs what is missing. With everything there it costs nothing, and needs no network.
pub(crate) fn install() -> Result<()> {
    node()?;
    NODE_FOLDERS.iter().try_for_each(|folder| packages(&root().join(folder)))?;
    postgres()?;
    python()?;
    PYTHON_FOLDERS.iter().try_for_each(|folder| environment(&root().join(folder)))
}

/// The server and, for its certificate, `openssl`.
pub(crate) fn postgres() -> Result<()> {
    if postgres::programs().is_none() {
        debian(&["postgresql"])?;
    }
    let has_openssl = Command::new("openssl").arg("version").output().is_ok_and(|out| out.status.success());
    if has_openssl { Ok(()) } else { debian(&["openssl"]) }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn node() -> Result<()> {
    if node_version().is_some_and(|version| version >= LEAST_NODE) && has("npm") {
        return Ok(());
    }
    debian(&["nodejs", "npm"])?;
    match node_version() {
        Some(version) if version >= LEAST_NODE => Ok(()),
        _ => bail!("the tests need Node {LEAST_NODE} or later, and this system's packages have none"),
    }
}

fn node_version() -> Option<u32> {
    let output = Command::new("node").arg("--version").output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn has(program: impl AsRef<OsStr>) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

fn debian(packages: &[&str]) -> Result<()> {
    say(&format!("xtask: installing {} with apt-get", packages.join(" ")));
    let apt = |arguments: &[&str]| {
        run(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(arguments))
    };
    apt(&["update", "-q"])
        .and_then(|()| apt(&[&["install", "-qy", "--no-install-recommends"], packages].concat()))
        .with_context(|| format!("install {} by hand, or run this as root on Debian", packages.join(" ")))
}

/// `npm ci`, unless the lock file has not changed since the last time.
fn packages(folder: &Path) -> Result<()> {
    let modified = |path: &str| folder.join(path).metadata().and_then(|data| data.modified()).ok();
    if modified("node_modules/.package-lock.json") >= modified("package-lock.json") {
        return Ok(());
    }
    say(&format!("xtask: npm ci in {}", folder.display()));
    run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder))
}

fn python() -> Result<()> {
    let has_venv = Command::new("python3").args(["-c", "import ensurepip, venv"]).output();
    if has_venv.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    debian(&["python3", "python3-venv"])
}

/// A virtual environment with what `requirements.txt` names, unless that has not changed since the last time: a copy of
/// it in the environment says so.
fn environment(folder: &Path) -> Result<()> {
    let (wanted, installed) = (folder.join("requirements.txt"), folder.join(".venv/requirements.txt"));
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    let interpreter = folder.join(".venv/bin/python");
    if read(&wanted) == read(&installed) && has(&interpreter) {
        return Ok(());
    }
    say(&format!("xtask: pip install in {}", folder.display()));
    run(Command::new("python3").args(["-m", "venv", "--clear", ".venv"]).current_dir(folder))?;
    run(Command::new(&interpreter)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(&wanted))?;
    std::fs::copy(&wanted, &installed).context("cannot note what is installed")?;
    Ok(())
}
