//! Whether a journal is sound: what always holds of one, looked up.
//!
//! Each thing that holds is an [`Aspect`]; a back-end has a statement for it (`queries/*/check_*.sql`), which finds one
//! place where it does not hold, and counts them. All of them see the journal at one moment, and change nothing.

use crate::error::{OpenError, ReadError};
use crate::journal::with_suffix;
use crate::key_file;
use crate::location::Location;
use crate::seal::{KeyId, SealingKey};
use crate::{postgres, sqlite};

/// Something that holds of every sound journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Aspect {
    /// The file's pages and indexes are whole. Of SQLite alone: a server looks after its own.
    Pages,
    /// Every delivery has its payload.
    Payloads,
    /// Every payload and every run belongs to a delivery.
    Strays,
    /// Every delivery has as many runs as it counts.
    Runs,
    /// A run is open exactly where a delivery is running.
    OpenRuns,
    /// No two deliveries of a lane run at once.
    Lanes,
    /// The counts are those of the deliveries.
    Tally,
    /// Every event is known again by its key. Of SQLite alone: elsewhere it is an index.
    Events,
    /// What is unsettled was sealed with this key.
    Keys,
}

impl Aspect {
    /// All of them, in the order in which they are looked at.
    pub const ALL: [Self; 9] = [
        Self::Pages,
        Self::Payloads,
        Self::Strays,
        Self::Runs,
        Self::OpenRuns,
        Self::Lanes,
        Self::Tally,
        Self::Events,
        Self::Keys,
    ];

    /// Its name, for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Payloads => "payloads",
            Self::Strays => "strays",
            Self::Runs => "runs",
            Self::OpenRuns => "open_runs",
            Self::Lanes => "lanes",
            Self::Tally => "tally",
            Self::Events => "events",
            Self::Keys => "keys",
        }
    }

    /// What holds.
    pub fn promise(self) -> &'static str {
        match self {
            Self::Pages => "the file's pages and indexes are whole",
            Self::Payloads => "every delivery has its payload",
            Self::Strays => "every payload and every run belongs to a delivery",
            Self::Runs => "every delivery has as many runs as it counts",
            Self::OpenRuns => "a run is open exactly where a delivery is running",
            Self::Lanes => "no two deliveries of a lane run at once",
            Self::Tally => "the counts are those of the deliveries",
            Self::Events => "every event is known again when it is sent again",
            Self::Keys => "the tokens of what is unsettled were sealed with this key",
        }
    }

    /// What to do when it does not hold.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Pages => {
                "stop the host, keep the file, and put back a copy, or what `sqlite3 FILE .recover` can save"
            }
            Self::Payloads => "it cannot run any more: skip it, and have its source send the event again",
            Self::Strays => {
                "no delivery is affected; somebody has changed the journal by hand, or it was damaged"
            }
            Self::Runs => {
                "its next run may be refused: if it is not settled, skip it, and have its event sent again"
            }
            Self::OpenRuns => "the next start of a host closes what is open, and lets run what waits",
            Self::Lanes => {
                "stop the host and start it again: it closes open runs, and goes on in the lane's order"
            }
            Self::Tally => "nothing is lost, and only the counts that are shown are wrong",
            Self::Events => "nothing is lost, but an event that is sent again may run again",
            Self::Keys => {
                "give the host that key (BOOKHOOK_KEY, or the file beside the journal), or replay without token"
            }
        }
    }
}

/// Where something does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In so many places.
    pub count: u64,
    /// One of them: the id of a delivery, or what else tells where.
    pub example: String,
}

/// What came of looking at an aspect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Sound,
    /// It does not.
    Found(Finding),
    /// It could not be looked at, for this reason.
    Skipped(&'static str),
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked {
    /// So many deliveries; unknown when the pages are not whole.
    pub deliveries: Option<u64>,
    /// Each aspect that a journal of this kind has.
    pub verdicts: Vec<(Aspect, Verdict)>,
}

impl Checked {
    /// Whether nothing was found.
    pub fn is_sound(&self) -> bool {
        !self.verdicts.iter().any(|(_, verdict)| matches!(verdict, Verdict::Found(_)))
    }
}

/// Why a journal cannot be checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// It is none, or cannot be read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It is of an earlier version.
    #[error(
        "{journal} was written by an earlier version: a host brings it up to date when it starts; check it then"
    )]
    Older {
        /// The journal.
        journal: String,
    },
    /// Reading it fails.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is in the memory of its host.
    #[error("a journal in memory is seen by its own host alone")]
    InMemory,
}

/// Checks a journal, on which hosts may be running. Without a key, that in the file beside it is used.
pub async fn check(location: &Location, key: Option<&SealingKey>) -> Result<Checked, CheckError> {
    let key = key.map(KeyId::of_key);
    match location {
        Location::Sqlite(path) => {
            let path = path.clone();
            let checking = move || {
                let beside = || key_file::find(&with_suffix(path.clone(), ".key"));
                let key = key.map_or_else(|| Ok(beside()?.as_ref().map(KeyId::of_key)), |key| Ok(Some(key)));
                sqlite::check(&path, key.map_err(CheckError::Open)?)
            };
            sqlite::off_thread(checking).await?
        }
        Location::Postgres(address) => {
            let address = address.clone();
            postgres::once(async move || postgres::check(&address, key).await).await?
        }
        Location::Memory => Err(CheckError::InMemory),
    }
}

/// Why the tokens were not looked at.
pub(crate) const NO_KEY: &str = "there is no key here: set BOOKHOOK_KEY to that of the hosts";
/// Why nothing else was looked at.
pub(crate) const NOT_WHOLE: &str = "what is in damaged pages cannot be told";

/// What a statement found, if anything.
pub(crate) fn verdict(found: Option<Finding>) -> Verdict {
    found.map_or(Verdict::Sound, Verdict::Found)
}
