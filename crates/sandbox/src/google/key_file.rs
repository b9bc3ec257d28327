//! The file in which a signer's key outlives its process.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::signer::KeyGenerationFailed;

/// Why there is no key from the file.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It is there and cannot be read.
    #[error("cannot read the signing key {path}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not there and cannot be made.
    #[error("cannot write the signing key {path}", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Its content is something else.
    #[error("{path} holds no RSA key (expected PKCS#8 in DER); remove it to have a new one made", path = path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
    },
    /// Another process made it and took it away again.
    #[error("the signing key {path} was removed while it was being made", path = path.display())]
    Vanished {
        /// The file.
        path: PathBuf,
    },
    /// There is no key to write.
    #[error(transparent)]
    Generate(#[from] KeyGenerationFailed),
}

/// The file's content; `None` when there is no file.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, KeyFileError> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(KeyFileError::Read { path: path.to_owned(), source }),
    }
}

/// Makes the file, whole and private from its first moment on. `false` when somebody else was faster.
pub(super) fn create(path: &Path, content: &[u8]) -> Result<bool, KeyFileError> {
    let failed = |source| KeyFileError::Write { path: path.to_owned(), source };
    // A temporary file has mode 0600, and keeps it when it gets its name.
    let mut file = NamedTempFile::new_in(folder_of(path)).map_err(failed)?;
    file.write_all(content).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(persist) if persist.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(persist) => Err(failed(persist.error)),
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
