//! Node and the packages of `tests/node`, which judge the sandbox from outside.

use std::path::PathBuf;

use tokio::process::Command;

/// The folder of the scripts and their packages.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/node")
}

/// Node with one of the scripts.
pub(crate) fn script(name: &str) -> Command {
    let folder = folder();
    assert!(
        folder.join("node_modules").is_dir(),
        "the packages are not installed: run `npm ci` in {}, or `cargo xtask test`, which does",
        folder.display()
    );
    let mut command = Command::new("node");
    command.arg(folder.join(name)).kill_on_drop(true);
    command
}
