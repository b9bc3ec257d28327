//! What Node programs are given so that their calls of Bkper's API reach the sandbox, whatever address they were written for.

use std::io::Write;

use anyhow::Context;
use bookhook::handlers::process::CommandLine;
use secrecy::ExposeSecret;
use tempfile::NamedTempFile;

/// The options of every Node program that is started.
const OPTIONS: &str = "NODE_OPTIONS";

const PRELOAD: &str = include_str!("preload.cjs");

/// The module that is loaded before a program's own; its file is gone when this is dropped.
pub(super) struct Preload(NamedTempFile);

impl Preload {
    pub(super) fn write() -> anyhow::Result<Self> {
        let mut file = tempfile::Builder::new().prefix("bookhook-").suffix(".cjs").tempfile()?;
        file.write_all(PRELOAD.as_bytes()).context("what Node programs load first cannot be written")?;
        Ok(Self(file))
    }

    /// Has it loaded by every Node program that the command starts, besides what they load already.
    pub(super) fn put_around(&self, command: &mut CommandLine) {
        let own = command.environment.iter().rev().find(|(name, _)| name == OPTIONS);
        let own = own.map(|(_, options)| options.expose_secret().to_owned());
        let given = own.or_else(|| std::env::var(OPTIONS).ok()).filter(|options| !options.is_empty());
        let ours = format!("--require={}", quoted(&self.0.path().display().to_string()));
        let options = given.map_or_else(|| ours.clone(), |given| format!("{given} {ours}"));
        command.environment.push((OPTIONS.to_owned(), options.into()));
    }
}

/// As one word of the options.
fn quoted(path: &str) -> String {
    if !path.contains([' ', '"', '\\']) {
        return path.to_owned();
    }
    format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_load_already_stays() {
        let preload = Preload::write().unwrap();
        let mut command = CommandLine {
            program: "npm".to_owned(),
            arguments: Vec::new(),
            folder: ".".into(),
            environment: vec![(OPTIONS.to_owned(), "--enable-source-maps".into())],
        };
        preload.put_around(&mut command);
        let (_, options) = command.environment.last().unwrap();
        let expected = format!("--enable-source-maps --require={}", preload.0.path().display());
        assert_eq!(options.expose_secret(), expected);
    }

    #[test]
    fn a_path_is_one_word() {
        assert_eq!(quoted("/tmp/a.cjs"), "/tmp/a.cjs");
        assert_eq!(quoted(r#"/tmp/a "b"\c"#), r#""/tmp/a \"b\"\\c""#);
    }
}
