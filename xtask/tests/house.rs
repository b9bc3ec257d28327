//! The rule of the house: which crate may use which. Dependencies point downwards only.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// A crate, and those of ours that it may use. To add an edge is a decision about the house: see
/// `docs/architecture.md`.
const MAY_USE: &[(&str, &[&str])] = &[
    ("bkper-model", &[]),
    ("bkper-client", &["bkper-model"]),
    ("bookhook-model", &[]),
    ("bookhook-journal", &["bookhook-model"]),
    ("bookhook-handlers", &["bookhook-model"]),
    ("bookhook-dispatch", &["bookhook-model", "bookhook-journal", "bookhook-handlers"]),
    ("bookhook-receiver", &["bookhook-model", "bookhook-journal", "bookhook-dispatch"]),
    // What operators ask for is done by the dispatcher: it alone knows the lanes.
    ("bookhook-console", &["bookhook-model", "bookhook-journal", "bookhook-dispatch"]),
    (
        "bookhook",
        &[
            "bkper-client",
            "bkper-model",
            "bookhook-model",
            "bookhook-journal",
            "bookhook-handlers",
            "bookhook-dispatch",
            "bookhook-receiver",
            "bookhook-console",
            "bookhook-sandbox", // only with the feature `testing`
        ],
    ),
    ("bookhook-sandbox", &["bkper-model"]),
    ("bookhook-cli", &["bookhook", "bookhook-sandbox"]),
    ("rust-tax", &["bookhook"]), // as any author
];

/// Only for development: they may use anything, and nothing may use them but in its tests.
const DEV_ONLY: &[&str] = &["bookhook-testkit", "bookhook-bench", "xtask"];

struct Edges {
    /// What a crate is built from.
    built_from: BTreeMap<String, BTreeSet<String>>,
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked", "--offline"])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON")
}

fn edges() -> Edges {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    let name = |package: &Value| package["name"].as_str().expect("a name").to_owned();
    let ours: BTreeSet<String> = packages.iter().map(name).collect();
    let built_from = packages.iter().map(|package| {
        let dependencies = package["dependencies"].as_array().expect("dependencies");
        let built_from = dependencies.iter().filter(|dependency| dependency["kind"] != "dev").map(name);
        (name(package), built_from.filter(|dependency| ours.contains(dependency)).collect())
    });
    Edges { built_from: built_from.collect() }
}

#[test]
fn dependencies_point_downwards_only() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    for (package, built_from) in edges().built_from {
        if DEV_ONLY.contains(&package.as_str()) {
            continue;
        }
        let allowed = allowed.get(package.as_str());
        let allowed =
            allowed.unwrap_or_else(|| panic!("{package} has no place in the house: give it one in MAY_USE"));
        for dependency in built_from {
            assert!(allowed.contains(&dependency.as_str()), "{package} must not use {dependency}");
        }
    }
}

#[test]
fn a_host_has_no_sandbox_in_it_unless_its_author_asks_for_one() {
    let metadata = metadata();
    let named = |values: &Value, name: &str| {
        let mut found = values.as_array().expect("a list").iter();
        let found = found.find(|value| value["name"] == name && value["kind"] != "dev");
        found.unwrap_or_else(|| panic!("no {name}")).clone()
    };
    let bookhook = named(&metadata["packages"], "bookhook");
    assert_eq!(named(&bookhook["dependencies"], "bookhook-sandbox")["optional"], true);
    assert_eq!(bookhook["features"].get("default"), None);
}

#[test]
fn every_room_in_the_plan_exists() {
    let edges = edges();
    for (package, _) in MAY_USE {
        assert!(edges.built_from.contains_key(*package), "{package} is planned and is not there");
    }
}

#[test]
fn no_link_in_the_docs_is_broken() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let docs =
        std::fs::read_dir(root.join("docs")).expect("docs").map(|entry| entry.expect("an entry").path());
    let pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|page| root.join(page));
    for page in docs.filter(|path| path.extension().is_some_and(|ending| ending == "md")).chain(pages) {
        let text =
            std::fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            if link.is_empty() || link.contains("://") {
                continue;
            }
            let target = page.parent().expect("a folder").join(link);
            assert!(target.exists(), "{}: {link} leads nowhere", page.display());
        }
    }
}

/// `docs/reliability.md` says which test holds each promise: `path/below/crates.rs::name_of_the_test`.
#[test]
fn every_test_that_holds_a_promise_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("docs/reliability.md")).expect("the page");
    let named: Vec<(&str, &str)> = page.split('`').filter_map(|span| span.split_once(".rs::")).collect();
    assert!(!named.is_empty());
    for (file, test) in named {
        let path = root.join("crates").join(format!("{file}.rs"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}.rs: {error}"));
        assert!(text.contains(&format!("fn {test}(")), "{file}.rs has no test {test}");
    }
}
