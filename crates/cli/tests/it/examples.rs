//! Each example runs as its README says.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::place::{Place, Running};

/// What a README calls the sandbox and the host. Here they listen where there is room.
const SANDBOX: &str = "http://127.0.0.1:8090";
const HOST: &str = "http://127.0.0.1:8080";

#[test]
fn hono_runs_as_its_readme_says() {
    runs_as_its_readme_says("hono", "node_modules");
}

#[test]
fn functions_runs_as_its_readme_says() {
    runs_as_its_readme_says("functions", "node_modules");
}

#[test]
fn flask_runs_as_its_readme_says() {
    runs_as_its_readme_says("flask", ".venv");
}

#[test]
fn exec_runs_as_its_readme_says() {
    runs_as_its_readme_says("exec", "");
}

fn runs_as_its_readme_says(example: &str, packages: &str) {
    let place = Place::new();
    copy(example, packages, &place);
    let readme = fs::read_to_string(place.path("README.md")).unwrap();

    let sandbox = start(&place, &format!("{} --port 0", command(&readme, "bookhook sandbox")));
    let host = start(&place, &command(&readme, "bookhook serve").replace(SANDBOX, &address(&sandbox)));
    let (args, _) = words(&command(&readme, "bookhook send").replace(HOST, &address(&host)));
    let sent = place.run(&args.iter().map(String::as_str).collect::<Vec<_>>());

    assert_eq!(sent.status, 0, "{}", sent.err);
    let response: serde_json::Value = serde_json::from_str(&sent.out).unwrap();
    assert_eq!(response, json!({"result": "TAX: 200.00"}));
    assert_eq!(host.end(), 0);
}

/// The example as it is in the repository, with the packages that are installed beside it.
fn copy(example: &str, packages: &str, place: &Place) {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(example).canonicalize().unwrap();
    copy_files(&folder, &place.path(""));
    if !packages.is_empty() {
        let installed = folder.join(packages);
        assert!(installed.is_dir(), "{} is missing: `cargo xtask test` installs it", installed.display());
        std::os::unix::fs::symlink(installed, place.path(packages)).unwrap();
    }
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name());
        let is_made = ["node_modules", ".venv", "dist", "__pycache__"].iter().any(|made| name == *made);
        if path.is_file() {
            fs::copy(path, to.join(name)).unwrap();
        } else if !is_made {
            copy_files(&path, &to.join(name));
        }
    }
}

/// The line of the README with this command, among those that are to be typed.
fn command(readme: &str, containing: &str) -> String {
    let blocks = readme.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("sh\n"));
    let mut found = blocks.flat_map(str::lines).filter(|line| line.contains(containing));
    found.next().unwrap_or_else(|| panic!("the README has no `{containing}`")).to_owned()
}

/// The arguments of `bookhook`, and the variables that are set before it.
fn words(command: &str) -> (Vec<String>, Vec<(String, String)>) {
    let (variables, arguments) = command.split_once("bookhook ").unwrap();
    let variable = |word: &str| word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    (
        arguments.split_whitespace().map(str::to_owned).collect(),
        variables.split_whitespace().filter_map(variable).collect(),
    )
}

fn start(place: &Place, command: &str) -> Running {
    let (args, mut env) = words(command);
    let machine = ["PATH", "HOME"].map(|name| (name.to_owned(), std::env::var(name).unwrap_or_default()));
    env.extend(machine);
    env.push(("PORT".to_owned(), "0".to_owned()));
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let env: Vec<_> = env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    place.start_with(&args, &env)
}

/// Where it listens, as a program of this machine calls it.
fn address(running: &Running) -> String {
    let line = running.err_line("listens on");
    line.split_whitespace().last().unwrap().replace("0.0.0.0", "127.0.0.1")
}
