//! The file beside a journal that holds its sealing key.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;

use crate::error::OpenError;
use crate::seal::SealingKey;

/// The key in `path`; the file is made, readable by its owner alone, when it is not there.
///
/// The caller holds the journal's lock, so that no two hosts make one.
pub(crate) fn open_or_make(path: &Path) -> Result<SealingKey, OpenError> {
    match find(path)? {
        Some(key) => Ok(key),
        None => make(path),
    }
}

/// The key in `path`, if there is such a file.
pub(crate) fn find(path: &Path) -> Result<Option<SealingKey>, OpenError> {
    match fs::read_to_string(path) {
        Ok(text) => {
            warn_when_others_may_read(path);
            let key = SealingKey::from_base64(&Zeroizing::new(text));
            key.map(Some).map_err(|source| OpenError::KeyFile { path: path.to_owned(), source })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed("read", path, source)),
    }
}

/// Makes the file under another name first: after a crash there is a whole key, or none.
fn make(path: &Path) -> Result<SealingKey, OpenError> {
    let key = SealingKey::random().map_err(|error| OpenError::System(io::Error::other(error)))?;
    let draft = draft_of(path);
    write_private(&draft, key.to_base64().as_bytes())
        .and_then(|()| fs::rename(&draft, path))
        .and_then(|()| sync_folder(path))
        .map_err(|source| failed("make", path, source))?;
    Ok(key)
}

fn draft_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn write_private(path: &Path, text: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private().open(path)?;
    file.write_all(text)?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// How a file is made that only its owner may read.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(unix)]
fn warn_when_others_may_read(path: &Path) {
    use std::os::unix::fs::MetadataExt as _;
    if fs::metadata(path).is_ok_and(|about| about.mode() & 0o077 != 0) {
        tracing::warn!(path = %path.display(), "other users may read the sealing key: chmod 600 it");
    }
}

#[cfg(not(unix))]
fn warn_when_others_may_read(_: &Path) {}

fn failed(doing: &'static str, path: &Path, source: io::Error) -> OpenError {
    OpenError::File { doing, path: path.to_owned(), source }
}
