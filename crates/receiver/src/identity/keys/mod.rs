//! The keys that verify tokens: read from one configured place, kept while they are fresh, and read again with measure.
//!
//! `schedule` decides when the keys are read, `reader` reads them, `key_set` understands them.

mod key_set;
mod reader;
mod schedule;
mod source;

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::OwnedMutexGuard;

pub use source::{KeySource, KeySourceError};

use super::refusal::Refusal;
use key_set::Key;
use reader::{ReadError, Reader};
use schedule::{LookUp, Schedule};

/// The keys of one source. Clones share them, and what it costs to read them.
#[derive(Clone)]
pub struct KeyStore(Arc<Store>);

struct Store {
    source: KeySource,
    reader: Reader,
    schedule: Mutex<Schedule>,
    /// Held by the one who reads the keys.
    reading: Arc<tokio::sync::Mutex<()>>,
}

impl KeyStore {
    /// Gets ready to read the keys. The first read is when the first token comes.
    pub fn new(source: KeySource) -> Self {
        let reader = Reader::new(&source);
        Self(Arc::new(Store { source, reader, schedule: Mutex::default(), reading: Arc::default() }))
    }

    /// The key with this id. Reads the keys when that is due, otherwise does not wait.
    pub(super) async fn key(&self, id: &str, now: Timestamp) -> Result<Key, Refusal> {
        match self.schedule().look_up(id, now) {
            LookUp::Found(key) => return Ok(key),
            LookUp::Refused(refusal) => return Err(refusal),
            LookUp::ReadAgain { stale: Some(key) } if self.is_reading() => return Ok(key),
            LookUp::ReadAgain { .. } => {}
        }
        self.read_unless_done(id, now).await;
        match self.schedule().look_up(id, now) {
            LookUp::Found(key) => Ok(key),
            LookUp::Refused(refusal) => Err(refusal),
            LookUp::ReadAgain { stale } => stale.ok_or(Refusal::KeysUnavailable),
        }
    }

    /// Reads the keys, or waits for the one who is at it.
    async fn read_unless_done(&self, id: &str, now: Timestamp) {
        let reading = Arc::clone(&self.0.reading).lock_owned().await;
        if !matches!(self.schedule().look_up(id, now), LookUp::ReadAgain { .. }) {
            return;
        }
        // A task of its own: a caller who hangs up neither stops it for the others, nor has it begun anew by the next.
        let read = tokio::spawn(self.clone().read(reading, now));
        if let Err(error) = read.await {
            self.schedule().failed(now);
            tracing::error!(%error, "reading the keys that verify tokens was interrupted");
        }
    }

    async fn read(self, _reading: OwnedMutexGuard<()>, now: Timestamp) {
        match self.0.reader.read().await {
            Ok(published) => {
                tracing::debug!(source = %self.0.source, keys = published.keys.len(), "read the keys that verify tokens");
                self.schedule().succeeded(published, now);
            }
            Err(error) => {
                self.schedule().failed(now);
                warn(&self.0.source, &error);
            }
        }
    }

    fn is_reading(&self) -> bool {
        self.0.reading.try_lock().is_err()
    }

    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.0.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn warn(source: &KeySource, error: &ReadError) {
    let cause = error.source().map(ToString::to_string);
    tracing::warn!(%source, %error, cause, "cannot read the keys that verify tokens");
}

impl fmt::Debug for KeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyStore").field("source", &self.0.source).finish_non_exhaustive()
    }
}
