//! A command: `command`, `cwd` and `env`.

use std::path::{Path, PathBuf};

use bookhook_handlers::process::CommandLine;
use secrecy::SecretString;

use super::problem::Problem;
use super::section::Section;
use super::values;

/// Reads the keys of a command; what else is in the section is left to the caller. Variables that are `reserved` are
/// not to be set.
pub(super) fn read(keys: &mut Section<'_>, reserved: &[&str]) -> Option<CommandLine> {
    keys.require("command", "say what to start, e.g. `command: [python3, handler.py]`");
    let words = words(keys);
    let folder = keys.value("cwd", values::any_text).map(PathBuf::from);
    let folder = keys.doc.beside(folder.as_deref().unwrap_or(Path::new("")));
    let environment = keys.section("env").map(|env| environment(&env, reserved)).unwrap_or_default();
    let command = of_words(words?, folder)?;
    Some(CommandLine { environment, ..command })
}

/// The command of these words, without variables of its own.
pub(super) fn of_words(words: Vec<String>, folder: PathBuf) -> Option<CommandLine> {
    let mut words = words.into_iter();
    let program = words.next()?;
    let (arguments, folder) = (words.collect(), or_here(folder));
    Some(CommandLine { program, arguments, folder, environment: Vec::new() })
}

/// A list is taken as it is; a text is split.
fn words(keys: &mut Section<'_>) -> Option<Vec<String>> {
    if !keys.is_list("command") {
        return keys.value("command", values::words);
    }
    let written = keys.one_or_many("command")?;
    let program = written.first()?;
    if program.text.is_empty() {
        keys.doc.mistake(program.at, program.key.clone(), Problem::NoValue);
    }
    Some(written.into_iter().map(|word| word.text).collect())
}

fn environment(env: &Section<'_>, reserved: &[&str]) -> Vec<(String, SecretString)> {
    let pairs = env.scalars().into_iter();
    pairs
        .filter_map(|(name, value)| {
            Some((env.doc.fit(&name, values::variable(reserved))?, value.text.into()))
        })
        .collect()
}

/// The folder of a file that was named without one.
fn or_here(folder: PathBuf) -> PathBuf {
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder }
}
