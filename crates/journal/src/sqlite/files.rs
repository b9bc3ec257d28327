//! The files around a journal: its lock, and itself as an empty private file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use crate::error::OpenError;
use crate::journal::with_suffix;
use crate::key_file;

/// Keeps other hosts out, until the file is dropped (or the process dies).
pub(super) fn lock(path: &Path) -> Result<File, OpenError> {
    let lock_path = with_suffix(path.to_owned(), ".lock");
    let failed = |doing, source| OpenError::File { doing, path: lock_path.clone(), source };
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&lock_path)
        .map_err(|source| failed("make", source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(failed("lock", source)),
    }
}

/// Makes the journal's file, readable by its owner alone as it holds what customers sent; SQLite makes the files
/// beside it alike.
pub(super) fn make_private(path: &Path) -> Result<(), OpenError> {
    match key_file::private().open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(OpenError::File { doing: "make", path: path.to_owned(), source }),
    }
}
