//! `docs/configuration.md` and the program agree.

use std::collections::BTreeSet;

use bookhook::config::Problem;
use bookhook_model::FailureClass;

use crate::folder::{Folder, MANIFEST};

const PAGE: &str = include_str!("../../../../docs/configuration.md");

fn examples() -> Vec<&'static str> {
    let fenced = |part: &'static str| part.split_once("```").unwrap().0;
    PAGE.split("```yaml\n").skip(1).map(fenced).collect()
}

/// The sections of the page that describe a mapping: its way from the top, and the names in its table.
fn tables() -> Vec<(&'static str, BTreeSet<&'static str>)> {
    let section = |part: &'static str| {
        let (heading, text) = part.split_once('\n').unwrap();
        let way = if heading == "Top level" { "" } else { heading.strip_prefix('`')?.strip_suffix('`')? };
        let row = |line: &'static str| Some(line.strip_prefix("| `")?.split_once('`')?.0);
        Some((way, text.lines().filter_map(row).collect()))
    };
    PAGE.split("\n## ").skip(1).filter_map(section).collect()
}

/// The names that the program knows at that place, as it tells them to somebody who made one up.
fn known(way: &str) -> BTreeSet<&'static str> {
    let mut text = "made-up-name: x".to_owned();
    for name in way.rsplit('.').filter(|name| !name.is_empty()) {
        text = format!("{}: {{{text}}}", if name == "NAME" { "a" } else { name });
    }
    let errors = Folder::with_config(&text).load().unwrap_err();
    let made_up =
        errors.iter().find(|mistake| mistake.key().is_some_and(|key| key.ends_with("made-up-name")));
    match &made_up.unwrap().what {
        Problem::UnknownKey { known, .. } | Problem::UnknownKind { known, .. } => {
            known.iter().copied().collect()
        }
        other => panic!("{other}"),
    }
}

#[test]
fn the_page_has_every_key_and_no_other() {
    let tables = tables();
    assert_eq!(tables.len(), 11);
    for (way, names) in tables {
        assert_eq!(names, known(way), "{way}");
    }
}

#[test]
fn the_page_tells_of_every_failure_whether_it_is_tried_again() {
    let section = PAGE.split("\n## ").find(|part| part.starts_with("What is tried again\n")).unwrap();
    let rows: Vec<_> = section.lines().filter(|line| line.starts_with("| `")).collect();
    let row = |class: FailureClass| {
        let retried = if class.is_retried() { "yes" } else { "no" };
        format!("| `{}` | {retried} | {} |", class.as_str(), class.reason())
    };
    assert_eq!(rows, FailureClass::all().map(row).collect::<Vec<_>>());
}

#[test]
fn the_examples_load_and_mean_the_same() {
    let examples = examples();
    let [least, most] = examples.as_slice() else { panic!("{examples:?}") };
    let folder = Folder::with_config(least).file("tax-bot/bkper.yaml", MANIFEST);
    assert_eq!(folder.warnings(), "");
    let meant = format!("{:?}", folder.config());
    let folder = folder.file("bookhook.yaml", most);
    assert_eq!(folder.warnings(), "");
    assert_eq!(format!("{:?}", folder.config()), meant);
}

#[test]
fn the_full_example_leaves_out_only_what_has_no_default() {
    let written: BTreeSet<&str> = examples()[1]
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':')
        .filter_map(|word| word.strip_suffix(':'))
        .collect();
    let keys = tables().into_iter().filter(|(way, _)| !way.ends_with("source") && !way.contains("handler"));
    let left_out: BTreeSet<&str> =
        keys.flat_map(|(_, names)| names).filter(|name| !written.contains(name)).collect();
    assert_eq!(left_out, BTreeSet::from(["console", "token", "handshake"]));
}
