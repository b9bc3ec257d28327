//! Whatever is in the files: an answer, never a panic.

use bookhook::config::{AppHandler, Config, Manifest};
use proptest::prelude::*;

use crate::folder::{CONFIG, Folder};

/// Pieces of configurations, so that the texts get past the first line.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~\n\t]{0,12}",
        any::<String>(),
        prop::sample::select(vec![
            "hooks:",
            "\n  ",
            "\n    ",
            "a",
            ": ",
            "source:",
            "bkper",
            "{",
            "}",
            "[",
            "]",
            ", ",
            "- ",
            "&x ",
            "*x",
            "retry",
            "manifest",
            "audience",
            "listen",
            "console",
            "null",
            "\"",
            "'",
            "${A}",
            "$${",
            "#",
            "|",
            ">",
            "<<",
            "---",
            "!!str ",
            "? ",
            "\u{feff}",
            "0",
            "30s",
            "http://x/",
            "token",
            "file:",
            ".",
        ])
        .prop_map(str::to_owned),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_or_told(config in text(), manifest in text()) {
        let folder = Folder::new().file("bookhook.yaml", &config).file("bkper.yaml", &manifest);
        if let Err(errors) = folder.load() {
            prop_assert!(errors.iter().count() > 0);
        }
        if let Err(errors) = Manifest::load(&folder.path("bkper.yaml")) {
            prop_assert!(errors.iter().count() > 0);
        }
    }

    #[test]
    fn every_mistake_is_one_line_with_its_place(at in 0..CONFIG.len(), piece in piece()) {
        let mut config = CONFIG.to_owned();
        config.insert_str(at, &piece);
        if let Err(errors) = Folder::with_config(&config).load() {
            for mistake in &errors {
                prop_assert!(mistake.position().is_some(), "{mistake}");
                prop_assert_eq!(mistake.to_string().lines().count(), 1, "{}", mistake);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_told(config in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = Folder::new().file("bookhook.yaml", &config).load();
    }

    #[test]
    fn any_app_is_read_or_told(to in any::<String>(), id in "[ -~]{0,70}", url in any::<String>()) {
        let folder = Folder::new().file("bkper.yaml", format!("id: {id}\n"));
        let overrides = bookhook::config::AppOverrides { public_url: Some(&url), ..Default::default() };
        let _ = Config::from_app(&folder.path("bkper.yaml"), AppHandler::To(&to), &|_| None, overrides);
    }
}

#[test]
fn a_deep_file_is_told_and_not_followed() {
    for text in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000)] {
        assert!(Folder::with_config(&text).load().is_err());
    }
}

#[test]
fn aliases_do_not_multiply() {
    let level = |n: u32| format!("a{}: &a{} [*a{n}, *a{n}, *a{n}, *a{n}]\n", n + 1, n + 1);
    let text = format!("a0: &a0 [x, x, x, x]\n{}", (0..30).map(level).collect::<String>());
    assert!(Folder::with_config(&text).load().is_err());
}
