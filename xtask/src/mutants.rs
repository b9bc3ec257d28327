//! A test that cannot fail holds nothing: parts are taken out of a copy of the program, one at a time, and the tests that
//! hold what the part is for must fail.
//!
//! Slow, since each part is a build; so this is not part of the tests. That the parts are still there to be taken out is.

mod parts;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::{postgres, say};
use parts::{PARTS, Part};

/// Takes out the parts whose names contain one of `wanted`; all of them if there is none.
pub(crate) fn run(wanted: &[String]) -> Result<()> {
    let is_wanted =
        |part: &&Part| wanted.is_empty() || wanted.iter().any(|word| part.name.contains(word.as_str()));
    let parts: Vec<&Part> = PARTS.iter().filter(is_wanted).collect();
    ensure!(!parts.is_empty(), "no part is called so; there are: {}", names());
    let server = postgres::Server::start()?;
    let copy = Copy::make()?;
    let mut missed = Vec::new();
    for part in parts {
        say(&format!("xtask: without {}", part.name));
        if !copy.fails_without(part, &server)? {
            missed.push(part.name);
        }
    }
    ensure!(missed.is_empty(), "these were not missed by their tests: {}", missed.join(", "));
    Ok(())
}

fn names() -> String {
    PARTS.iter().map(|part| part.name).collect::<Vec<_>>().join(", ")
}

/// The project as it is in the working tree, in a folder of its own.
struct Copy {
    folder: PathBuf,
}

impl Copy {
    fn make() -> Result<Self> {
        let folder = PathBuf::from("target/mutants/tree");
        if folder.exists() {
            fs::remove_dir_all(&folder).context("cannot remove the copy that was here")?;
        }
        for file in tracked()? {
            let there = folder.join(&file);
            fs::create_dir_all(there.parent().unwrap_or(&folder))?;
            fs::copy(&file, &there).with_context(|| format!("cannot copy {}", file.display()))?;
        }
        Ok(Self { folder })
    }

    /// Whether each test fails when the part is not there, and passes when it is.
    fn fails_without(&self, part: &Part, server: &postgres::Server) -> Result<bool> {
        self.build(part).with_context(|| format!("without {}, but not because of it", part.name))?;
        let fails_anyway = part.tests.iter().find(|test| !self.passes(part, test, server));
        if let Some(test) = fails_anyway {
            bail!("{test} fails even with {}", part.name);
        }
        let file = self.folder.join(part.file);
        let whole = fs::read_to_string(&file)?;
        fs::write(&file, part.taken_from(&whole)?)?;
        let missed = self.build(part).map(|()| {
            let passing: Vec<_> = part.tests.iter().filter(|test| self.passes(part, test, server)).collect();
            for test in &passing {
                say(&format!("xtask: {test} passes without {}", part.name));
            }
            passing.is_empty()
        });
        fs::write(&file, whole)?;
        missed
    }

    fn build(&self, part: &Part) -> Result<()> {
        let built = self.cargo(part).arg("--no-run").status()?;
        ensure!(built.success(), "the tests of {} do not compile", part.package);
        Ok(())
    }

    fn passes(&self, part: &Part, test: &str, server: &postgres::Server) -> bool {
        let mut command = self.cargo(part);
        command.args(["--", test]).env("RUST_BACKTRACE", "0");
        server.tell(&mut command).status().is_ok_and(|status| status.success())
    }

    fn cargo(&self, part: &Part) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.folder).env("CARGO_TARGET_DIR", "../target");
        command.args([
            "test",
            "--locked",
            "--quiet",
            "--all-features",
            "-p",
            part.package,
            "--test",
            part.target,
        ]);
        command
    }
}

/// All files of the project, those that are new among them.
fn tracked() -> Result<Vec<PathBuf>> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()?;
    ensure!(listed.status.success(), "`git ls-files` failed");
    let names = String::from_utf8(listed.stdout).context("a file's name is not UTF-8")?;
    let files = names.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from);
    Ok(files.filter(|file| file.is_file()).collect())
}

impl Part {
    /// The file's text without the part.
    fn taken_from(&self, whole: &str) -> Result<String> {
        let found = whole.matches(self.text).count();
        ensure!(found == 1, "{} is {found} times in {}, and must be once", self.name, self.file);
        Ok(whole.replacen(self.text, self.instead, 1))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_part_is_there_to_be_taken_out() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for part in PARTS {
            let whole = fs::read_to_string(root.join(part.file)).unwrap();
            assert_ne!(part.taken_from(&whole).unwrap(), whole, "{}", part.name);
        }
    }

    #[test]
    fn every_part_is_in_the_docs() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let page = fs::read_to_string(root.join("docs/reliability.md")).unwrap();
        for part in PARTS {
            assert!(
                page.contains(&format!("| {} |", part.name)),
                "{} is not in docs/reliability.md",
                part.name
            );
        }
    }
}
