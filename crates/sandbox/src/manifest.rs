//! An app's own description: `bkper.yaml` or `bkper.json`.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use bkper_model::{AgentId, App, RequestError, from_request};
use serde_json::Value;

use crate::ledger::apps;
use crate::yaml::{self, YamlError};

/// What an app says about itself: a file (or the folder with it), or what would be in it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Manifest {
    /// A file, or a folder with `bkper.json` or `bkper.yaml`, of which the first one wins.
    File(PathBuf),
    /// The content.
    Content(Value),
}

/// A manifest cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The folder has none.
    #[error("there is neither bkper.json nor bkper.yaml in {}", path.display())]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is no YAML.
    #[error("{} is not a manifest", path.display())]
    Yaml {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: YamlError,
    },
    /// It has no id, or one that no app has.
    #[error("{manifest}: an app needs an `id` of lower-case letters, digits and hyphens")]
    Id {
        /// The manifest.
        manifest: Manifest,
    },
    /// A value is not what it should be.
    #[error("{manifest} is not as Bkper takes it")]
    Form {
        /// The manifest.
        manifest: Manifest,
        /// What is wrong.
        source: RequestError,
    },
}

impl Manifest {
    /// The id that the app gives itself.
    pub fn id(&self) -> Result<AgentId, ManifestError> {
        self.read_with_id().map(|(id, _)| id)
    }

    /// The same app, but it is called at this URL, whoever does something and whatever the manifest says.
    pub fn called_at(&self, url: &str) -> Result<Self, ManifestError> {
        let mut content = self.content()?;
        if let Value::Object(keys) = &mut content {
            for key in ["webhookUrl", "webhookUrlDev"] {
                keys.insert(key.to_owned(), url.into());
            }
        }
        Ok(Self::Content(content))
    }

    fn content(&self) -> Result<Value, ManifestError> {
        match self {
            Self::File(path) => read_file(path),
            Self::Content(content) => Ok(content.clone()),
        }
    }

    /// Reads it.
    pub(crate) fn read(&self) -> Result<App, ManifestError> {
        let content = self.content()?;
        from_request(content.to_string().as_bytes())
            .map_err(|source| ManifestError::Form { manifest: self.clone(), source })
    }

    /// Reads it, and the id that the app gives itself.
    pub(crate) fn read_with_id(&self) -> Result<(AgentId, App), ManifestError> {
        let app = self.read()?;
        let id = apps::id_of(&app).map_err(|_| ManifestError::Id { manifest: self.clone() })?;
        Ok((id, app))
    }
}

/// Where it is, for messages.
impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the manifest {}", path.display()),
            Self::Content(_) => f.write_str("the manifest"),
        }
    }
}

fn read_file(path: &Path) -> Result<Value, ManifestError> {
    let path = if path.is_dir() { in_folder(path)? } else { path.to_owned() };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) => return Err(ManifestError::Read { path, source }),
    };
    // JSON is YAML too.
    yaml::parse(&text).map_err(|source| ManifestError::Yaml { path, source })
}

fn in_folder(folder: &Path) -> Result<PathBuf, ManifestError> {
    let mut files = ["bkper.json", "bkper.yaml"].into_iter().map(|name| folder.join(name));
    files.find(|file| file.is_file()).ok_or_else(|| ManifestError::Missing { path: folder.to_owned() })
}

impl From<&str> for Manifest {
    fn from(path: &str) -> Self {
        Self::File(path.into())
    }
}

impl From<&Path> for Manifest {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl From<PathBuf> for Manifest {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<Value> for Manifest {
    fn from(content: Value) -> Self {
        Self::Content(content)
    }
}
