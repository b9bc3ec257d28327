//! The durable record of deliveries, runs and responses.
//!
//! One concrete [`Journal`], cheap to clone. What can be written to it is in [`acts`]: each act is one transaction,
//! enters the journal in the order in which the methods are called, and is durable (on disk, fsync included) when the
//! [`Pending`] that the method gave resolves. [`Reader`] opens a journal that a host is running on, to look at it.
//!
//! [`copy()`] moves a journal from SQLite to PostgreSQL; [`check()`] looks whether one is sound.
//!
//! Credentials of users are sealed before they reach a back-end, and opened only for a run; see [`SealingKey`].
//!
//! Not here: when a delivery runs, and what a failed run leads to. That is decided by who calls.

pub mod acts;
mod backend;
mod check;
mod copy;
mod counts;
mod error;
#[cfg(feature = "faults")]
mod faults;
mod headers;
mod hosts;
mod journal;
mod key_file;
mod location;
mod pending;
mod postgres;
mod reading;
mod removal;
mod replaying;
mod seal;
mod search;
mod sqlite;
mod standing;
mod texts;

pub use acts::{
    Append, Appended, Backlog, Begin, Begun, PauseLane, PausedLane, Place, Portion, Recovered, Settle, Then,
    Unsettled,
};
pub use check::{Aspect, CheckError, Checked, Finding, Verdict, check};
pub use copy::{Copied, CopyError, CopyProgress, copy};
pub use counts::HookCounts;
pub use error::{OpenError, ReadError, WriteError};
#[cfg(feature = "faults")]
pub use faults::{Faults, Write};
pub use hosts::{Fencing, LaneMark, Membership, News, NewsFeed};
pub use journal::Journal;
pub use location::{BadLocation, Location};
pub use pending::Pending;
pub use postgres::PostgresAddress;
pub use reading::{BadCursor, Cursor, KeptToken, Outlook, Page, Payload, Reader};
pub use removal::{Erase, Erased, Retain, Retained, Whose};
pub use seal::{BadKey, SealingKey};

/// The statements that a back-end prepares, by name, for tests that prepare and explain them.
#[doc(hidden)]
pub mod statements {
    pub use crate::postgres::{
        MIGRATIONS as POSTGRES_MIGRATIONS, QUERIES as POSTGRES, READING as POSTGRES_READING,
    };
    pub use crate::sqlite::{MIGRATIONS as SQLITE_MIGRATIONS, QUERIES as SQLITE};
}

/// A journal in one thread, whose writes a test does itself. For simulations.
#[cfg(feature = "faults")]
pub mod simulated {
    pub use crate::sqlite::{Change, Disk, Hand, Known, Seq, Stand};
}
