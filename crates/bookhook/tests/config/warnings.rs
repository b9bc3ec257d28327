//! What is odd, and can be served all the same.

use crate::folder::{CONFIG, Folder, MANIFEST};

fn in_source(line: &str) -> String {
    CONFIG.replace("manifest: bkper.yaml", &format!("manifest: bkper.yaml\n        {line}"))
}

#[test]
fn nothing_odd_is_told_of_nothing_odd() {
    assert_eq!(Folder::with_config(CONFIG).warnings(), "");
}

#[test]
fn callers_that_are_not_verified() {
    assert_eq!(
        Folder::with_config(&in_source("verify: false")).warnings(),
        "bookhook.yaml:7:9: hooks.tax-bot.source.bkper.verify: callers are not verified: whoever reaches this path can send events, unless the platform in front checks them"
    );
}

#[test]
fn a_journal_that_does_not_last() {
    let on_cloud_run = Folder::with_config(CONFIG).variable("K_SERVICE", "hooks");
    assert_eq!(
        on_cloud_run.warnings(),
        "bookhook.yaml:1:1: journal: the disk does not last: Cloud Run throws the journal away with the instance, and every unsettled event with it; give the host a database: `journal: postgres://user@host/database`"
    );
    assert_eq!(
        Folder::with_config(&format!("journal: memory\n{CONFIG}")).warnings(),
        "bookhook.yaml:1:1: journal: the journal is in memory: nothing in it outlives the host"
    );
}

#[test]
fn a_host_without_hooks() {
    for text in ["", "listen: 0.0.0.0:1\n", "hooks: {}\n"] {
        assert_eq!(
            Folder::with_config(text).warnings(),
            "bookhook.yaml:1:1: hooks: there are no hooks: every event will be answered with 404",
            "{text:?}"
        );
    }
}

#[test]
fn an_app_without_events() {
    for (manifest, at) in [("id: x\n", "1:1"), ("id: x\nevents:\n", "2:1"), ("id: x\nevents: []\n", "2:1")] {
        assert_eq!(
            Folder::with_config(CONFIG).file("bkper.yaml", manifest).warnings(),
            format!(
                "bkper.yaml:{at}: events: the app declares no events: whatever is sent to it will be listed as unmatched"
            ),
        );
    }
}

#[test]
fn a_type_of_event_that_is_not_known() {
    let manifest = "id: x\nevents:\n  - TRANSACTION_POST\n  - MOON_FULL\n";
    assert_eq!(
        Folder::with_config(CONFIG).file("bkper.yaml", manifest).warnings(),
        "\
bkper.yaml:3:5: events[0]: `TRANSACTION_POST` is no event type that is known here; did you mean `TRANSACTION_POSTED`?
bkper.yaml:4:5: events[1]: `MOON_FULL` is no event type that is known here"
    );
}

#[test]
fn another_version_of_the_api() {
    assert_eq!(
        Folder::with_config(CONFIG).file("bkper.yaml", format!("{MANIFEST}apiVersion: v4\n")).warnings(),
        "bkper.yaml:3:13: apiVersion: events are read as those of API v5, not `v4`"
    );
}

#[test]
fn an_app_whose_calls_would_all_be_refused() {
    let elsewhere = format!("{MANIFEST}webhookUrl: https://old.example/events\n");
    assert_eq!(
        Folder::with_config(CONFIG).file("bkper.yaml", elsewhere).warnings(),
        "bookhook.yaml:5:7: hooks.tax-bot.source.bkper.audience: the manifest has Bkper call https://old.example/events, but only calls for https://hooks.example.com/hooks/tax-bot are taken: all others are refused"
    );
    let development = format!(
        "{MANIFEST}webhookUrl: https://old.example/\nwebhookUrlDev: https://hooks.example.com/hooks/tax-bot\n"
    );
    assert_eq!(Folder::with_config(CONFIG).file("bkper.yaml", development).warnings(), "");
}

#[test]
fn an_app_whose_calls_would_find_no_hook() {
    let config = |line: &str| in_source(line).replace("public_url: https://hooks.example.com\n", "");
    let manifest = format!("{MANIFEST}webhookUrl: https://a.example/hooks/tax\n");
    let told = |line: &str| Folder::with_config(&config(line)).file("bkper.yaml", &manifest).warnings();
    assert_eq!(
        told("own_events: skip"),
        "bookhook.yaml:4:7: hooks.tax-bot.source.bkper.path: the manifest has Bkper call https://a.example/hooks/tax, but the hook is served at `/hooks/tax-bot`: unless a proxy changes the path, calls find nothing there"
    );
    assert_eq!(told("path: /hooks/tax"), "");
    assert_eq!(told("audience: https://a.example/hooks/tax"), "");
}

#[test]
fn a_manifest_that_two_hooks_share_is_told_of_once() {
    let hook = "    source: {bkper: {manifest: bkper.yaml}}\n    handler: {http: http://h.example/}\n";
    let text = format!("public_url: https://x.example\nhooks:\n  a:\n{hook}  b:\n{hook}");
    let told = Folder::with_config(&text).file("bkper.yaml", "id: x\n").warnings();
    assert_eq!(told.lines().count(), 1, "{told}");
}
