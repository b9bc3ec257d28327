//! What is taken out of a journal for good: what is old; one person's or one book's deliveries.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use bookhook_model::{Actor, DeliveryId};

use crate::reading::Cursor;

/// Which settled and unmatched deliveries are kept no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retain {
    /// Those that were settled before (an unmatched one: received).
    pub settled_before: Option<Timestamp>,
    /// The oldest, while everything takes more bytes than these.
    pub bytes_max: Option<u64>,
    /// Only what was appended after this place is looked at.
    pub after: Cursor,
}

/// What a [`Retain`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retained {
    /// How many deliveries are gone, with payloads and runs.
    pub removed: u64,
    /// Up to where it has looked: where the next one begins.
    pub place: Cursor,
    /// There is nothing behind that place that is to be removed now.
    pub is_done: bool,
}

/// All that is known of one is to be erased.
#[derive(Debug, Clone)]
pub struct Erase {
    /// Of whom, or what.
    pub whose: Whose,
    /// Who wants it.
    pub who: Actor,
    /// When.
    pub at: Timestamp,
}

/// Whose deliveries are erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// All that happened in this book (`book_id`).
    Book(String),
    /// All that this app caused (`agent_id`).
    Agent(String),
    /// All that this person caused (`user_id`).
    User(String),
}

/// What it is, and not which one: that is to be forgotten.
impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Book(_) => "book",
            Self::Agent(_) => "agent",
            Self::User(_) => "user",
        })
    }
}

/// What became of an erasure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many deliveries are gone, with payloads, runs and responses.
    pub deliveries: u64,
    /// What was running, and is still there: erase again when it has settled.
    pub running: Vec<DeliveryId>,
}

/// An erasure, as it is remembered.
#[derive(Debug, Clone)]
pub(crate) struct NoteErasure {
    pub(crate) who: Actor,
    pub(crate) at: Timestamp,
    /// What was erased, and how much.
    pub(crate) detail: String,
}

/// What a step of an erasure removes.
#[derive(Debug, Clone)]
pub(crate) enum Targets {
    OfBook(String),
    OfAgent(String),
    /// What is in these places in the order of append, of which the smallest is first.
    At(Arc<[i64]>),
}

/// What a user caused, of a stretch of the order of append.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct OfUser {
    pub(crate) places: Vec<i64>,
    /// After which place the next stretch begins; `None` when that was the last one.
    pub(crate) next: Option<i64>,
}

impl OfUser {
    /// So many places are looked at in one go.
    pub(crate) const STRETCH: i64 = 4_096;

    /// From the places of a stretch, and whether it is the user's.
    pub(crate) fn of<E>(stretch: impl IntoIterator<Item = Result<(i64, bool), E>>) -> Result<Self, E> {
        let (mut found, mut seen) = (Self::default(), 0);
        for place in stretch {
            let (place, is_theirs) = place?;
            found.places.extend(is_theirs.then_some(place));
            found.next = Some(place);
            seen += 1;
        }
        found.next = found.next.filter(|_| seen == Self::STRETCH);
        Ok(found)
    }
}

/// What one step of an erasure found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ErasedSome {
    pub(crate) deliveries: u64,
    /// Those of them that had no response: they were waiting, held or parked.
    pub(crate) open: Vec<DeliveryId>,
    /// Those that are left.
    pub(crate) running: Vec<DeliveryId>,
    /// After which place the next step begins; `None` when everything was looked at.
    pub(crate) next: Option<i64>,
}
