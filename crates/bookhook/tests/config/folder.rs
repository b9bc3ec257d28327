//! A folder with a configuration in it, and an environment to read it in.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bookhook::config::{Config, ConfigErrors, Loaded};

pub(crate) struct Folder {
    dir: tempfile::TempDir,
    variables: HashMap<String, String>,
}

/// A manifest without anything odd.
pub(crate) const MANIFEST: &str = "id: tax-bot\nevents: [TRANSACTION_CHECKED]\n";

/// A configuration without anything odd, to which tests add a line.
pub(crate) const CONFIG: &str = "\
public_url: https://hooks.example.com
hooks:
  tax-bot:
    source:
      bkper:
        manifest: bkper.yaml
    handler:
      http: http://127.0.0.1:3003/
";

impl Folder {
    /// With a `bkper.yaml` without anything odd in it.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir, variables: HashMap::new() }.file("bkper.yaml", MANIFEST)
    }

    /// With that, and this `bookhook.yaml`.
    pub(crate) fn with_config(text: &str) -> Self {
        Self::new().file("bookhook.yaml", text)
    }

    pub(crate) fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn lookup(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    pub(crate) fn load(&self) -> Result<Loaded, ConfigErrors> {
        Config::load(&self.path("bookhook.yaml"), &|name| self.lookup(name))
    }

    pub(crate) fn config(&self) -> Config {
        self.load().map_err(|errors| errors.to_string()).unwrap().config
    }

    /// What is wrong, one line each, with the files named from this folder.
    pub(crate) fn mistakes(&self) -> String {
        self.relative(&lines(self.load().unwrap_err().iter()))
    }

    /// What is odd, likewise.
    pub(crate) fn warnings(&self) -> String {
        let loaded = self.load().map_err(|errors| errors.to_string()).unwrap();
        self.relative(&lines(loaded.warnings.iter()))
    }

    pub(crate) fn relative(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.dir.path().display()), "")
    }
}

pub(crate) fn lines(findings: impl Iterator<Item = impl ToString>) -> String {
    findings.map(|finding| finding.to_string()).collect::<Vec<_>>().join("\n")
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        self.dir.path()
    }
}
