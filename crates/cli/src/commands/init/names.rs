//! What an app is called, by its folder.

use std::path::Path;

use anyhow::Context;

/// As long as the name of a hook may be.
const ID_MAX: usize = 64;

/// The names of a new app.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// Its id, which its hook has too: lower-case letters, digits and hyphens.
    pub(super) id: String,
    /// What people call it.
    pub(super) title: String,
}

impl Names {
    /// Those of an app in this folder, which need not be there.
    pub(super) fn of(folder: &Path) -> anyhow::Result<Self> {
        let whole = std::path::absolute(folder).context("there is no working folder")?;
        // What is there may be a link, or end with `..`.
        let whole = whole.canonicalize().unwrap_or(whole);
        let name = whole.file_name().unwrap_or_default().to_string_lossy();
        Self::from_name(&name).with_context(|| {
            format!("no app can be called after `{name}`: name a folder with letters or digits of ASCII")
        })
    }

    fn from_name(name: &str) -> Option<Self> {
        let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let id = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
        let id = id.chars().take(ID_MAX).collect::<String>().trim_end_matches('-').to_owned();
        let title = id.split('-').map(capitalised).collect::<Vec<_>>().join(" ");
        (!id.is_empty()).then_some(Self { id, title })
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_called_after_its_folder() {
        for (name, id, title) in [
            ("tax-bot", "tax-bot", "Tax Bot"),
            ("My_Tax  Bot!", "my-tax-bot", "My Tax Bot"),
            ("2024", "2024", "2024"),
            ("Größe-9", "gr-e-9", "Gr E 9"),
            ("-x-", "x", "X"),
        ] {
            let names = Names::from_name(name).unwrap();
            assert_eq!((&*names.id, &*names.title), (id, title));
            assert!(names.id.parse::<bookhook::model::HookName>().is_ok(), "{id}");
        }
        assert_eq!(Names::from_name(&"long-".repeat(40)).unwrap().id.len(), 64);
        assert_eq!(Names::from_name("日本"), None);
        assert_eq!(Names::from_name(".."), None);
    }

    #[test]
    fn what_is_here_is_called_by_the_name_of_the_folder() {
        let folder = tempfile::Builder::new().prefix("tax-").tempdir().unwrap();
        let expected = Names::of(folder.path()).unwrap();
        assert!(expected.id.starts_with("tax-"));
        std::fs::create_dir(folder.path().join("inner")).unwrap();
        assert_eq!(Names::of(&folder.path().join("inner/..")).unwrap(), expected);
        assert_eq!(Names::of(&folder.path().join("new")).unwrap().id, "new");
    }
}
