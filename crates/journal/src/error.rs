//! What can go wrong with a journal, and what to do then.

use std::io;
use std::path::PathBuf;

use bookhook_model::{BadEvent, DeliveryId, HookName, ReplayJobId, ReplayJobState, State};

use crate::seal::BadKey;

/// Why a journal cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another host has it.
    #[error(
        "{} is in use by another host: stop that one, or give this one a journal of its own (`journal:`)",
        .path.display()
    )]
    InUse {
        /// The journal.
        path: PathBuf,
    },
    /// There is none, where a reader expects one.
    #[error("there is no journal at {}: start a host on it first, or name the right file", .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A file beside the journal, or the journal itself, cannot be made, read or locked.
    #[error("cannot {doing} {}: check that the folder exists and that this user may write in it", .path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The disk is full.
    #[error("the disk is full: {} cannot grow; make room, and start the host again", .path.display())]
    DiskFull {
        /// The journal.
        path: PathBuf,
    },
    /// It can be read, but not written.
    #[error("{} cannot be written: give this user the right to write the file and its folder", .path.display())]
    ReadOnly {
        /// The journal.
        path: PathBuf,
    },
    /// It is some other file.
    #[error("{} is not a journal of Bookhook: name another file, or move that one away", .path.display())]
    NotAJournal {
        /// The file.
        path: PathBuf,
    },
    /// A later Bookhook has written it.
    #[error(
        "{} has schema {found}, and this version knows up to {known}: use the Bookhook that wrote it, or a later one",
        .path.display()
    )]
    Newer {
        /// The journal.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The latest schema that this program knows.
        known: u32,
    },
    /// Its schema was made by other statements than this program has under the same number.
    #[error(
        "{} was made by an unreleased Bookhook (migration {number} differs): begin with a new journal",
        .path.display()
    )]
    OtherMigration {
        /// The journal.
        path: PathBuf,
        /// The migration's number.
        number: u32,
    },
    /// It is damaged.
    #[error(
        "{} is damaged: put back a copy, or save what can be read with `sqlite3 FILE .recover`",
        .path.display()
    )]
    Corrupt {
        /// The journal.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The key file holds no key.
    #[error(
        "{} holds no key: put back a copy of it; without the key, the tokens in the journal cannot be opened",
        .path.display()
    )]
    KeyFile {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        source: BadKey,
    },
    /// SQLite says something else.
    #[error("cannot open {}", .path.display())]
    Sqlite {
        /// The journal.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// A journal in a database needs a key from outside: a file beside one host is of no use to the others.
    #[error(
        "a journal in a database needs a sealing key that all its hosts share: make one with `openssl rand -base64 32` \
         and set BOOKHOOK_KEY to it"
    )]
    KeyNeeded,
    /// The server cannot be reached, or does not let this host in.
    #[error("cannot reach {journal}")]
    Unreachable {
        /// The journal.
        journal: String,
        /// What is in the way; `None` when nothing comes back.
        source: Option<tokio_postgres::Error>,
    },
    /// The user may not make or use a journal there.
    #[error(
        "the user of {journal} may not use or make the schema `bookhook`: `GRANT CREATE ON DATABASE … TO …`"
    )]
    NoRight {
        /// The journal.
        journal: String,
        /// What PostgreSQL says.
        source: tokio_postgres::Error,
    },
    /// PostgreSQL says something else.
    #[error("cannot open {journal}")]
    Postgres {
        /// The journal.
        journal: String,
        /// What PostgreSQL says.
        source: tokio_postgres::Error,
    },
    /// The machine gives no random numbers or no thread.
    #[error("the system refuses what a journal needs")]
    System(#[source] io::Error),
}

/// Why an act is not in the journal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// There is no such delivery.
    #[error("there is no delivery {0}")]
    NotFound(DeliveryId),
    /// The delivery does not stand where the act needs it.
    #[error("{id} is {}: it cannot {act}", .state.as_str())]
    Refused {
        /// The delivery.
        id: DeliveryId,
        /// Where it stands.
        state: State,
        /// What was asked for.
        act: &'static str,
    },
    /// A delivery is to run again, and its token is no longer there.
    #[error(
        "the token of {0} was erased, or has expired: have its source send the event again, with a fresh one, or \
         replay it without a token"
    )]
    TokenGone(DeliveryId),
    /// A delivery is to run again, and its token cannot be opened.
    #[error(
        "the token of {0} was sealed with another key (BOOKHOOK_KEY, or the journal's key file): give the host that \
         key, or replay the delivery without its token"
    )]
    WrongKey(DeliveryId),
    /// A delivery is to run again, and its hook is not there.
    #[error("the hook `{0}` is not configured on this host: nothing of it can run before it is again")]
    NoHook(HookName),
    /// There are no such replays.
    #[error("there are no replays {0}")]
    NoReplays(ReplayJobId),
    /// Others go on.
    #[error("the replays {0} go on: wait until they are done, or cancel them")]
    ReplaysRunning(ReplayJobId),
    /// They have come to an end before.
    #[error("the replays {id} are {} already", .state.as_str())]
    ReplaysOver {
        /// The job.
        id: ReplayJobId,
        /// Where it stands.
        state: ReplayJobState,
    },
    /// An event is known, found or ordered by a text that cannot be kept.
    #[error(transparent)]
    BadEvent(BadEvent),
    /// The disk is full.
    #[error("the disk is full: {} cannot grow; make room, and it goes on by itself", .path.display())]
    DiskFull {
        /// The journal.
        path: PathBuf,
    },
    /// It cannot be written any more.
    #[error("{} cannot be written: give this user the right to write the file and its folder", .path.display())]
    ReadOnly {
        /// The journal.
        path: PathBuf,
    },
    /// It is damaged.
    #[error(
        "{} is damaged: stop the host, and put back a copy, or save what can be read with `sqlite3 FILE .recover`",
        .path.display()
    )]
    Corrupt {
        /// The journal.
        path: PathBuf,
        /// What is wrong.
        source: rusqlite::Error,
    },
    /// SQLite says something else.
    #[error("cannot write to {}", .path.display())]
    Sqlite {
        /// The journal.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// What was erased is gone from the journal, and may still be readable in its log.
    #[error(
        "the deliveries are erased, but a program that reads the journal keeps its log from being emptied: end it, and erase again"
    )]
    NotWiped,
    /// The server cannot be reached.
    #[error("cannot reach {journal}; as soon as it can be reached, it goes on by itself")]
    Unreachable {
        /// The journal.
        journal: String,
        /// What is in the way, if it was looked just now.
        source: Option<tokio_postgres::Error>,
    },
    /// PostgreSQL says something else.
    #[error("cannot write to {journal}")]
    Postgres {
        /// The journal.
        journal: String,
        /// What PostgreSQL says.
        source: tokio_postgres::Error,
    },
    /// Another host runs something in its lane, or has something there that comes before it.
    #[error("the lane of {0} is another host's just now")]
    LaneBusy(DeliveryId),
    /// Another host sees to it.
    #[error("another host sees to {0}")]
    Elsewhere(DeliveryId),
    /// What this host had begun is its own no more: the other hosts have taken it for dead, or it could not learn whether
    /// what it wrote is in the journal.
    #[error(
        "this host starts over: it was not heard from for too long, or the database could not tell what became of a commit"
    )]
    Fenced,
    /// A token cannot be sealed.
    #[error("the token cannot be sealed: the system refuses what encryption needs")]
    Sealing,
    /// The journal is closed.
    #[error("the journal is closed")]
    Closed,
    /// A test asked for it.
    #[cfg(feature = "faults")]
    #[error("a write that was made to fail")]
    Injected,
}

/// What an act reads first cannot be read.
impl From<ReadError> for WriteError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Corrupt { path, source } => Self::Corrupt { path, source },
            ReadError::Sqlite { path, source } => Self::Sqlite { path, source },
            ReadError::Postgres { journal, source: Some(source) } => Self::Postgres { journal, source },
            ReadError::Postgres { journal, source } => Self::Unreachable { journal, source },
            ReadError::Closed => Self::Closed,
        }
    }
}

impl WriteError {
    /// Whether the same act may succeed later: the disk may have room again. What was refused stays refused.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::NotFound(_)
            | Self::Refused { .. }
            | Self::TokenGone(_)
            | Self::WrongKey(_)
            | Self::NoHook(_)
            | Self::BadEvent(_)
            | Self::NoReplays(_)
            | Self::ReplaysRunning(_)
            | Self::ReplaysOver { .. }
            | Self::LaneBusy(_)
            | Self::Elsewhere(_)
            | Self::Fenced
            | Self::Closed => false,
            Self::DiskFull { .. }
            | Self::ReadOnly { .. }
            | Self::Corrupt { .. }
            | Self::Sqlite { .. }
            | Self::NotWiped
            | Self::Unreachable { .. }
            | Self::Postgres { .. }
            | Self::Sealing => true,
            #[cfg(feature = "faults")]
            Self::Injected => true,
        }
    }
}

/// Why the journal cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It is damaged.
    #[error(
        "{} is damaged: stop the host, and put back a copy, or save what can be read with `sqlite3 FILE .recover`",
        .path.display()
    )]
    Corrupt {
        /// The journal.
        path: PathBuf,
        /// What is wrong.
        source: rusqlite::Error,
    },
    /// SQLite says something else.
    #[error("cannot read {}", .path.display())]
    Sqlite {
        /// The journal.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// PostgreSQL cannot be reached, or says something else.
    #[error("cannot read {journal}")]
    Postgres {
        /// The journal.
        journal: String,
        /// What PostgreSQL says; `None` when nothing comes back.
        source: Option<tokio_postgres::Error>,
    },
    /// The journal is closed.
    #[error("the journal is closed")]
    Closed,
}
