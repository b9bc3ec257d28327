//! The projects: what is in each, and how it is used.

use super::library::Checkout;
use super::names::Names;
use super::readme;

/// The names of the examples, in whose place a project's own names come.
const EXAMPLE_ID: &str = "tax-bot";
const EXAMPLE_TITLE: &str = "Tax Bot";

/// Of other names Cargo makes no package, or takes it for one that the project depends on.
const NO_PACKAGE: [&str; 7] =
    ["bookhook", "build", "deps", "examples", "incremental", "tokio", "tracing-subscriber"];

/// A project that is not written yet.
pub(super) struct Project {
    /// What it is written in.
    pub(super) language: &'static str,
    pub(super) files: Vec<File>,
    /// What has to be done before anything else.
    pub(super) setup: &'static [&'static str],
    /// What runs its test.
    pub(super) test: &'static str,
    /// What serves it in production.
    pub(super) serve: &'static str,
}

/// A file of it.
pub(super) struct File {
    pub(super) path: &'static str,
    pub(super) text: String,
    /// What it holds; nothing where that goes without saying.
    pub(super) about: &'static str,
}

impl Project {
    /// What to do with it, in its folder.
    pub(super) fn commands(&self) -> impl Iterator<Item = &'static str> {
        self.setup.iter().copied().chain([self.test, "bookhook dev"])
    }

    fn with_readme(mut self, names: &Names) -> Self {
        let text = readme::of(&self, names);
        self.files.push(File { path: "README.md", text, about: "" });
        self
    }
}

/// The files of an example, each with what it holds, under these names.
macro_rules! files_of {
    ($example:literal, $names:expr, { $($path:literal: $about:literal,)* }) => {
        vec![$(File {
            path: $path,
            text: renamed(include_str!(concat!("../../../../../examples/", $example, "/", $path)), $names),
            about: $about,
        }),*]
    };
}

pub(super) fn hono(names: &Names) -> Project {
    let files = files_of!("hono", names, {
        "src/tax.ts": "what the app does with an event",
        "src/index.ts": "the server that takes events",
        "src/tax.test.ts": "the test: a local Bkper, a host and the server",
        "bkper.yaml": "the app: its id, and the events that it is told of",
        "bookhook.yaml": "how the host starts the server",
        "package.json": "",
        "package-lock.json": "",
        "tsconfig.json": "",
        ".gitignore": "",
    });
    let (language, test) = ("TypeScript, with Hono on Node", "npm test");
    Project { language, files, setup: &["npm ci"], test, serve: "bookhook serve" }.with_readme(names)
}

pub(super) fn functions(names: &Names) -> Project {
    let files = files_of!("functions", names, {
        "tax.js": "what the app does with an event",
        "index.js": "the function that takes events",
        "tax.test.js": "the test: a local Bkper, a host and the function",
        "bkper.yaml": "the app: its id, and the events that it is told of",
        "bookhook.yaml": "how the host starts the function's server",
        "package.json": "",
        "package-lock.json": "",
        ".gitignore": "",
    });
    let (language, test) = ("JavaScript, with functions-framework on Node", "npm test");
    Project { language, files, setup: &["npm ci"], test, serve: "bookhook serve" }.with_readme(names)
}

pub(super) fn python(names: &Names) -> Project {
    let files = files_of!("flask", names, {
        "tax.py": "what the app does with an event",
        "app.py": "the server that takes events",
        "test_tax.py": "the test: a local Bkper, a host and the server",
        "bkper.yaml": "the app: its id, and the events that it is told of",
        "bookhook.yaml": "how the host starts the server",
        "requirements.txt": "",
        ".gitignore": "",
    });
    Project {
        language: "Python, with Flask",
        files,
        setup: &["python3 -m venv .venv", ".venv/bin/pip install --requirement requirements.txt"],
        test: ".venv/bin/python -m unittest",
        serve: "bookhook serve",
    }
    .with_readme(names)
}

pub(super) fn rust(names: &Names, checkout: &Checkout) -> anyhow::Result<Project> {
    let mut files = files_of!("rust-tax", names, {
        "src/tax.rs": "what the app does with an event",
        "src/main.rs": "the host",
        "src/tests.rs": "the tests: the app in a book of a local Bkper",
        "bkper.yaml": "the app: its id, and the events that it is told of",
        "bookhook.yaml": "how another host starts this one, at the desk",
        ".gitignore": "",
    });
    let made = |path, text| File { path, text, about: "" };
    files.push(made("Cargo.toml", cargo_toml(names, &checkout.library().display().to_string())));
    files.push(made("Cargo.lock", checkout.lock()?));
    files.push(made(".cargo/config.toml", build_environment().to_owned()));
    let (language, test) = ("Rust", "cargo test");
    Ok(Project { language, files, setup: &[], test, serve: "cargo run --release" }.with_readme(names))
}

fn cargo_toml(names: &Names, library: &str) -> String {
    include_str!("Cargo.toml.in")
        .replace("{package}", &package(&names.id))
        .replace("{library}", &quoted(library))
}

/// A package of this name, or of one that Cargo takes.
fn package(id: &str) -> String {
    let is_taken = NO_PACKAGE.contains(&id) || id.starts_with(|first: char| first.is_ascii_digit());
    if is_taken { format!("app-{id}") } else { id.to_owned() }
}

/// As a string of TOML.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

/// What Bookhook itself is built with: a host is as fast here as there.
fn build_environment() -> &'static str {
    let config = include_str!("../../../../../.cargo/config.toml");
    config.find("[env]").map_or("", |begin| &config[begin..])
}

fn renamed(text: &str, names: &Names) -> String {
    text.replace(EXAMPLE_ID, &names.id).replace(EXAMPLE_TITLE, &names.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_has_its_own_names_only() {
        let names = Names { id: "fee-app".to_owned(), title: "Fee App".to_owned() };
        for project in [hono(&names), functions(&names), python(&names)] {
            for file in &project.files {
                assert!(!file.text.contains(EXAMPLE_ID), "{}", file.path);
                assert!(!file.text.contains(EXAMPLE_TITLE), "{}", file.path);
            }
        }
    }

    #[test]
    fn cargo_takes_every_name() {
        assert_eq!(package("fee-app"), "fee-app");
        assert_eq!(package("2024"), "app-2024");
        assert_eq!(package("bookhook"), "app-bookhook");
    }

    #[test]
    fn a_library_may_be_anywhere() {
        assert_eq!(quoted(r#"/home/mia "x"\y"#), r#""/home/mia \"x\"\\y""#);
    }

    #[test]
    fn a_host_is_built_as_bookhook_is() {
        assert!(build_environment().starts_with("[env]\n"));
        assert!(build_environment().contains("LIBSQLITE3_FLAGS"));
    }
}
