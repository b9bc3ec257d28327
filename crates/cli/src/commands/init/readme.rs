//! What a new project says of itself.

use super::names::Names;
use super::project::Project;

const TEMPLATE: &str = include_str!("README.md.in");

/// The project's README, of what is in it so far.
pub(super) fn of(project: &Project, names: &Names) -> String {
    let commands = project.commands().collect::<Vec<_>>().join("\n");
    TEMPLATE
        .replace("{title}", &names.title)
        .replace("{language}", project.language)
        .replace("{files}", &table(project))
        .replace("{commands}", &commands)
        .replace("{serve}", project.serve)
        .replace("{id}", &names.id)
}

fn table(project: &Project) -> String {
    let told = project.files.iter().filter(|file| !file.about.is_empty());
    let rows = told.map(|file| format!("| `{}` | {} |", file.path, file.about));
    ["| file | holds |".to_owned(), "| --- | --- |".to_owned()]
        .into_iter()
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n")
}
