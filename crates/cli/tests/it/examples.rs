//! Each example runs as its README says.

use std::fs;
use std::path::Path;

use crate::dev::{curl_of, pasted, start};
use crate::place::Place;

#[test]
fn hono_runs_as_its_readme_says() {
    runs_as_its_readme_says("hono", Some("node_modules"));
}

#[test]
fn functions_runs_as_its_readme_says() {
    runs_as_its_readme_says("functions", Some("node_modules"));
}

#[test]
fn flask_runs_as_its_readme_says() {
    runs_as_its_readme_says("flask", Some(".venv"));
}

#[test]
fn exec_runs_as_its_readme_says() {
    runs_as_its_readme_says("exec", None);
}

fn runs_as_its_readme_says(example: &str, packages: Option<&str>) {
    let place = Place::new();
    copy(example, packages, &place);
    let readme = fs::read_to_string(place.path("README.md")).unwrap();
    assert!(readme.contains("\nbookhook dev\n```\n"), "{readme}");
    assert!(readme.contains("aste the `curl` line that it prints"), "{readme}");

    let running = start(&place, &[]);
    pasted(&curl_of(&running));

    let told = running.out_line("TRANSACTION_CHECKED → tax-bot  result");
    assert!(told.contains("  TAX: 20.00  ") && readme.contains("`TAX: 20.00`"), "{told}");
}

/// The example as it is in the repository, with the packages that are installed beside it.
fn copy(example: &str, packages: Option<&str>, place: &Place) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let folder = examples.join(example).canonicalize().unwrap();
    copy_files(&folder, &place.path(""));
    if let Some(packages) = packages {
        let installed = folder.join(packages);
        assert!(installed.is_dir(), "{} is missing: `cargo xtask test` installs it", installed.display());
        std::os::unix::fs::symlink(installed, place.path(packages)).unwrap();
    }
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name());
        let is_made = ["node_modules", ".venv", "dist", "__pycache__"].iter().any(|made| name == *made);
        if path.is_file() {
            fs::copy(path, to.join(name)).unwrap();
        } else if !is_made {
            copy_files(&path, &to.join(name));
        }
    }
}
