//! What is taken out of a journal for good: what is old; one person's or one book's deliveries.

use jiff::Timestamp;

use bookhook_model::DeliveryId;

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

/// Whose deliveries are erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// All that happened in this book (`book_id`).
    Book(String),
    /// All that this user, or app, caused (`agent_id`).
    Agent(String),
}

/// What became of an erasure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many deliveries are gone, with payloads, runs and responses.
    pub deliveries: u64,
    /// What was running, and is still there: erase again when it has settled.
    pub running: Vec<DeliveryId>,
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
