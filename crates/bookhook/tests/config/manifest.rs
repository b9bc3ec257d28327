//! Manifests as they are in the field.

use bkper_model::EventType;
use bookhook::config::Manifest;

use crate::folder::{Folder, lines};

fn load(folder: &Folder, name: &str) -> Result<(Manifest, String), String> {
    let loaded = Manifest::load(&folder.path(name));
    loaded
        .map(|(manifest, warnings)| (manifest, folder.relative(&lines(warnings.iter()))))
        .map_err(|errors| folder.relative(&lines(errors.iter())))
}

#[test]
fn a_full_manifest_is_read() {
    let folder = Folder::new().file(
        "bkper.yaml",
        r#"
id: sales-tax-bot
name: Tax
description: Adds the tax
logoUrl: data:image/png;base64,AAAA
repoPrivate: false
deprecated:
developers: "jane, *@example.com"
users: ~
menuUrl: https://x.example/?b=${book.id}&q=${transactions.query}
menuPopupWidth: 500
menuPopupHeight: "300"
menuOpenMode: SIDEBAR
webhookUrl: https://x.example/events
webhookUrlDev: null
apiVersion: v5
events:
  - TRANSACTION_POSTED
  - FILE_CREATED
filePatterns: ["*.ofx", "*.csv"]
propertiesSchema:
  account:
    keys: [tax_rate]
    values: ["${account.name}", ${account.name}]
deployment: {server: server/src/index.ts, services: [KV], secrets: [A], compatibility_date: 2026-01-01}
"#,
    );
    let told = load(&folder, "bkper.yaml").unwrap_err();
    assert!(told.contains("not valid YAML"), "a plain `${{` in brackets is no YAML: {told}");

    let text = std::fs::read_to_string(folder.path("bkper.yaml")).unwrap();
    let folder = folder.file("bkper.yaml", text.replace(", ${account.name}]", "]"));
    let (manifest, warnings) = load(&folder, "bkper.yaml").unwrap();
    assert_eq!(warnings, "");
    assert_eq!(
        manifest,
        Manifest {
            file: folder.path("bkper.yaml"),
            id: "sales-tax-bot".into(),
            name: Some("Tax".into()),
            description: Some("Adds the tax".into()),
            events: vec![EventType::TransactionPosted, EventType::FileCreated],
            file_patterns: vec!["*.ofx".into(), "*.csv".into()],
            developers: Some("jane, *@example.com".into()),
            users: None,
            webhook_url: Some("https://x.example/events".into()),
            webhook_url_dev: None,
        }
    );
}

#[test]
fn list_items_may_be_templates() {
    let folder = Folder::new().file(
        "bkper.yaml",
        "id: x\nevents: [BOOK_UPDATED]\npropertiesSchema:\n  account:\n    values:\n      - ${account.name}\n",
    );
    assert_eq!(load(&folder, "bkper.yaml").unwrap().1, "");
}

#[test]
fn json_is_read_and_wins_over_yaml_in_a_folder() {
    let json = "{\n\t\"id\": \"from-json\",\n\t\"name\": \"\\ud83d\\ude00 \\/ \\u00e9\",\n\t\"users\": null,\n\t\"menuPopupWidth\": 5e2,\n\t\"events\": [\n\t\t\"BOOK_UPDATED\"\n\t]\n}\n";
    let folder = Folder::new().file("bkper.json", json);
    let (manifest, warnings) = load(&folder, "").unwrap();
    assert_eq!(manifest.id, "from-json");
    assert_eq!(manifest.name.as_deref(), Some("😀 / é"));
    assert_eq!(manifest.events, [EventType::BookUpdated]);
    assert_eq!(warnings, "");
    assert_eq!(load(&folder, "bkper.yaml").unwrap().0.id, "tax-bot");
}

#[test]
fn windows_files_are_read() {
    let folder = Folder::new().file("bkper.yaml", "\u{feff}id: x\r\nevents:\r\n  - BOOK_UPDATED\r\n");
    assert_eq!(load(&folder, "bkper.yaml").unwrap().0.events, [EventType::BookUpdated]);
}

#[test]
fn mistakes_are_told() {
    let cases = [
        ("", "bkper.yaml:1:1: id: missing; the app's id, e.g. `id: sales-tax-bot`"),
        ("id:\n", "bkper.yaml:1:1: id: missing; the app's id, e.g. `id: sales-tax-bot`"),
        (
            "id: Tax_Bot\n",
            "bkper.yaml:1:5: id: `Tax_Bot` is not an app's id: use lower-case letters, digits and `-`",
        ),
        ("- id: x\n", "bkper.yaml:1:1: must be a mapping of keys to values"),
        ("id: [x]\n", "bkper.yaml:1:5: id: must be a single value"),
        ("id: x\nevents: BOOK_UPDATED\n", "bkper.yaml:2:9: events: must be a list"),
        ("id: x\nevents:\n  - {a: b}\n", "bkper.yaml:3:5: events[0]: must be a single value"),
        (
            "id: x\ndevelopers: *@example.com\n",
            "bkper.yaml:2:13: developers: no anchor `&@example.com` stands before this alias; a text that begins with `*` must be quoted: \"*@example.com\"",
        ),
        (
            "id: x\ndevelopers: *@example.com, jane\n",
            "bkper.yaml:2:13: developers: no anchor `&@example.com` stands before this alias; a text that begins with `*` must be quoted: \"*@example.com\"\nbkper.yaml:2:26: not valid YAML: while parsing a block mapping, did not find expected key; a text that begins with `*` must be quoted",
        ),
        ("{\"id\": \"x\",\n \"id\": \"y\"}", "bkper.yaml:2:2: id: given twice; the first one is on line 1"),
    ];
    for (text, expected) in cases {
        let told = load(&Folder::new().file("bkper.yaml", text), "bkper.yaml").unwrap_err();
        assert_eq!(told, expected, "{text}");
    }
}

#[test]
fn a_file_that_is_not_there_or_is_no_text_is_told() {
    assert_eq!(load(&Folder::new(), "other.yaml").unwrap_err(), "other.yaml: no such file");
    let folder = Folder::new().file("latin.yaml", b"name: caf\xe9").file("empty/x", "");
    assert_eq!(load(&folder, "latin.yaml").unwrap_err(), "latin.yaml: is not UTF-8 text");
    assert_eq!(
        load(&folder, "empty").unwrap_err(),
        "empty: is a directory without a bkper.yaml or bkper.json in it"
    );
}
