//! `bookhook init`: a new project that runs with `bookhook dev`.
//!
//! A project is one of the examples under the name of its own folder; nothing is fetched.

mod library;
mod names;
mod project;
mod readme;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;

use crate::args::{InitArgs, Language};
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::inert::one_line;
use crate::printer::Printer;
use crate::style::{BOLD, DIM, painted};

use names::Names;
use project::Project;

/// What may be in a folder that counts as empty: the repository that somebody has made for the project.
const REPOSITORY: &str = ".git";

/// Writes the project, and tells what to do with it.
pub(crate) fn init(args: &InitArgs, printer: Printer) -> Outcome {
    let folder = &args.dir;
    check_empty(folder)?;
    let names = Names::of(folder).map_err(Complaint::misused)?;
    let project = match args.language {
        Language::Rust => project::rust(&names, &library::find()?).map_err(Complaint::failed)?,
        Language::Hono => project::hono(&names),
        Language::Functions => project::functions(&names),
        Language::Python => project::python(&names),
    };
    write(&project, folder).map_err(Complaint::failed)?;
    tell(&project, &names, folder, printer);
    Ok(ExitStatus::Done)
}

fn check_empty(folder: &Path) -> Result<(), Complaint> {
    let shown = folder.display();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(Complaint::misused(anyhow::anyhow!("{shown} is a file"))
                .hint("name a folder for the project: it is made when it is not there"));
        }
        Err(error) => {
            let error = anyhow::Error::new(error).context(format!("cannot look into {shown}"));
            return Err(Complaint::failed(error));
        }
    };
    let mut names = entries.flatten().map(|entry| entry.file_name()).filter(|name| name != REPOSITORY);
    match names.next() {
        None => Ok(()),
        Some(name) => {
            let error =
                anyhow::anyhow!("{shown} is not empty: there is {} in it", one_line(&name.to_string_lossy()));
            Err(Complaint::misused(error).hint("name a folder that is new or empty; nothing is overwritten"))
        }
    }
}

fn write(project: &Project, folder: &Path) -> anyhow::Result<()> {
    for file in &project.files {
        let path = folder.join(file.path);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).with_context(|| format!("cannot make the folder {}", parent.display()))?;
        let made = fs::File::create_new(&path).and_then(|mut made| made.write_all(file.text.as_bytes()));
        made.with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn tell(project: &Project, names: &Names, folder: &Path, printer: Printer) {
    let shown = one_line(&folder.display().to_string());
    printer.note(format_args!("{} in {shown}: {}", painted(&names.id, BOLD), project.language));
    let told = || project.files.iter().filter(|file| !file.about.is_empty());
    let width = told().map(|file| file.path.len()).max().unwrap_or_default();
    for file in told() {
        printer.note(format_args!("  {:<width$}  {}", file.path, painted(file.about, DIM)));
    }
    printer.note("next");
    if folder != Path::new(".") {
        printer.note(format_args!("  cd {}", as_word(&shown)));
    }
    project.commands().for_each(|command| printer.note(format_args!("  {command}")));
}

/// As one word of a shell.
fn as_word(path: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_of_a_shell() {
        assert_eq!(as_word("apps/tax-bot"), "apps/tax-bot");
        assert_eq!(as_word("Mia's bot"), r"'Mia'\''s bot'");
    }
}
