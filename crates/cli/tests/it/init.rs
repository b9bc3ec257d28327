//! New projects do what they say.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dev::{curl_of, pasted, start_with};
use crate::place::{Place, Ran};

/// The program's own folder: projects call it by its name.
fn path() -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_bookhook"));
    format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap())
}

/// A new project, and where it is.
fn init(place: &Place, language: &str, folder: &str) -> (Ran, PathBuf) {
    let ran = place.run(&["init", language, folder]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    (ran, place.path(folder))
}

/// The project's test passes, and `bookhook dev` serves it.
fn does_what_it_says(place: &Place, project: &Path, test: &str, env: &[(&str, &str)]) {
    let path = path();
    let env = [&[("PATH", path.as_str())], env].concat();
    let mut command = Command::new("sh");
    command.args(["-c", test]).current_dir(project);
    command.env_clear().env("XDG_STATE_HOME", place.path("state"));
    let tested = command.envs(env.iter().copied()).output().unwrap();
    let told = String::from_utf8_lossy(&tested.stdout) + String::from_utf8_lossy(&tested.stderr);
    assert!(tested.status.success(), "{test}: {told}");

    let running = start_with(place, &[project.to_str().unwrap()], &env);
    let curl = curl_of(&running);
    running.err_line("the handler is ready");
    pasted(&curl);
    running.out_line("TRANSACTION_CHECKED → tax-on-sales  result  TAX: 20.00");
    running.type_line("q");
    assert_eq!(running.ended(), 0);
}

/// The packages that the example has, with the same versions.
fn install(project: &Path, example: &str, packages: &str) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let installed = examples.join(example).join(packages).canonicalize();
    let installed = installed.unwrap_or_else(|_| {
        panic!("the packages of examples/{example} are missing: `cargo xtask test` installs them")
    });
    symlink(installed, project.join(packages)).unwrap();
}

#[test]
fn a_project_in_typescript_does_what_it_says() {
    let place = Place::new();
    let (_, project) = init(&place, "hono", "Tax on Sales");
    install(&project, "hono", "node_modules");
    does_what_it_says(&place, &project, "npm test", &[]);
}

#[test]
fn a_project_with_functions_framework_does_what_it_says() {
    let place = Place::new();
    let (_, project) = init(&place, "functions", "tax-on-sales");
    install(&project, "functions", "node_modules");
    does_what_it_says(&place, &project, "npm test", &[]);
}

#[test]
fn a_project_in_python_does_what_it_says() {
    let place = Place::new();
    let (_, project) = init(&place, "python", "apps/tax_on_sales");
    install(&project, "flask", ".venv");
    does_what_it_says(&place, &project, ".venv/bin/python -m unittest", &[]);
}

/// What is built already for this workspace is not built again: with the same settings it is the same.
#[test]
fn a_project_in_rust_does_what_it_says() {
    let place = Place::new();
    let (_, project) = init(&place, "rust", "tax-on-sales");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_str().unwrap();
    let settings =
        "[profile.dev]\ndebug = \"line-tables-only\"\n[profile.dev.package.\"*\"]\nopt-level = 1\n";
    let config = project.join(".cargo/config.toml");
    fs::write(&config, fs::read_to_string(&config).unwrap() + settings).unwrap();
    let kept = ["HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "CARGO_INCREMENTAL", "RUSTFLAGS"];
    let kept = kept.map(|name| (name, std::env::var(name).unwrap_or_default()));
    let kept = kept.iter().filter(|(_, value)| !value.is_empty());
    let given = [("CARGO_TARGET_DIR", target), ("CARGO_NET_OFFLINE", "true")];
    let env: Vec<_> = kept.map(|(name, value)| (*name, value.as_str())).chain(given).collect();
    does_what_it_says(&place, &project, "cargo test && cargo build", &env);
}

#[test]
fn what_is_there_is_not_overwritten() {
    let place = Place::new();
    fs::create_dir(place.path("app")).unwrap();
    place.write("app/notes.txt", "mine");
    let ran = place.run(&["init", "hono", "app"]);
    assert_eq!(ran.status, 2);
    assert_eq!(
        ran.err,
        "error: app is not empty: there is notes.txt in it\n\nhint: name a folder that is new or empty; nothing is overwritten\n"
    );
    assert_eq!(fs::read_dir(place.path("app")).unwrap().count(), 1);
    let ran = place.run(&["init", "hono", "app/notes.txt"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("app/notes.txt is a file"), "{}", ran.err);
}

#[test]
fn a_new_repository_counts_as_empty() {
    let place = Place::new();
    fs::create_dir_all(place.path("app/.git")).unwrap();
    init(&place, "python", "app");
    assert!(place.path("app/bkper.yaml").exists());
}

#[test]
fn a_folder_after_which_no_app_can_be_called_is_refused() {
    let place = Place::new();
    let ran = place.run(&["init", "hono", "日本"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("no app can be called after `日本`"), "{}", ran.err);
    assert!(!place.path("日本").exists());
}

#[test]
fn the_readme_shows_what_is_written() {
    let place = Place::new();
    let (ran, project) = init(&place, "hono", "tax-bot");
    let readme = include_str!("../../../../README.md");
    assert!(readme.contains(&format!("$ bookhook init hono tax-bot\n{}", ran.err)), "{}", ran.err);
    let own = fs::read_to_string(project.join("README.md")).unwrap();
    let (_, commands) = ran.err.split_once("cd tax-bot\n").unwrap();
    let commands: Vec<&str> = commands.lines().map(str::trim).collect();
    assert!(own.contains(&format!("```sh\n{}\n```", commands.join("\n"))), "{own}");
}
