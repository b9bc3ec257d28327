//! Packages that a handler names, and that nobody has installed: the most usual reason why a new one does not start.

use std::path::{Path, PathBuf};

use bookhook::config::{HandlerConfig, HookConfig};
use bookhook::handlers::process::CommandLine;

use crate::inert::one_line;

/// What is missing for the hooks, and what installs it.
pub(super) fn missing_for(hooks: &[HookConfig]) -> impl Iterator<Item = String> {
    hooks.iter().filter_map(|hook| match &hook.handler {
        HandlerConfig::Run(setup) => missing(&setup.command),
        HandlerConfig::Exec(command) => missing(command),
        HandlerConfig::Http(_) => None,
    })
}

/// What is missing for this command, and what installs it.
pub(super) fn missing(command: &CommandLine) -> Option<String> {
    let folder = &command.folder;
    let todo = of_node(folder).or_else(|| of_python(command))?;
    let shown: PathBuf = folder.components().collect();
    let shown =
        if shown.as_os_str().is_empty() { ".".to_owned() } else { one_line(&shown.display().to_string()) };
    Some(format!("the packages of {shown} are not installed: run {todo} there"))
}

fn of_node(folder: &Path) -> Option<&'static str> {
    let manifest = std::fs::read(folder.join("package.json")).ok()?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).ok()?;
    let names_any = |kind: &str| manifest[kind].as_object().is_some_and(|packages| !packages.is_empty());
    let is_needed = names_any("dependencies") || names_any("devDependencies");
    // Those of a workspace are in one of the folders above.
    let whole = std::path::absolute(folder).ok()?;
    let is_installed = whole.ancestors().any(|folder| folder.join("node_modules").is_dir());
    let has_lock = folder.join("package-lock.json").exists();
    (is_needed && !is_installed).then_some(if has_lock { "`npm ci`" } else { "`npm install`" })
}

fn of_python(command: &CommandLine) -> Option<&'static str> {
    let is_missing = command.program.starts_with(".venv/") && !command.folder.join(".venv").exists();
    (is_missing && command.folder.join("requirements.txt").exists())
        .then_some("`python3 -m venv .venv` and `.venv/bin/pip install --requirement requirements.txt`")
}
