//! What a source sends: the bytes as they came, and the few fields that the host needs of them.

use std::fmt;

use bytes::Bytes;
use secrecy::SecretString;

use crate::ids::{EventId, LaneKey};

/// One verified event, as it is journaled and handed to a handler.
#[derive(Debug, Clone)]
pub struct Event {
    /// The source's id of the event; without one, sendings cannot be told to be the same.
    pub id: Option<EventId>,
    /// The source's name for what happened, e.g. `TRANSACTION_CHECKED`.
    pub event_type: Box<str>,
    /// Deliveries with the same key do not overlap; `None`: this one overlaps with whatever it likes.
    pub lane: Option<LaneKey>,
    /// The book in which it happened.
    pub book_id: Option<Box<str>>,
    /// The agent (app) that caused it.
    pub agent_id: Option<Box<str>>,
    /// The person who caused it, as the source names people.
    pub user_id: Option<Box<str>>,
    /// The headers that a handler gets, in order, duplicates kept. No secret is among them.
    pub headers: Vec<Header>,
    /// The headers that a handler gets and nobody may read at rest.
    pub secrets: Vec<SecretHeader>,
    /// The body, byte for byte.
    pub body: Bytes,
    /// Equal for two sendings of the same content.
    pub fingerprint: Fingerprint,
}

/// The longest text, in bytes, by which an event is known, found or ordered.
pub const TEXT_MAX: usize = 1_000;

/// A text by which an event is known, found or ordered, and that no journal keeps as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEvent {
    /// It has a NUL character.
    #[error("the event's {0} has a NUL character (`\\u0000`)")]
    Nul(&'static str),
    /// It is too long.
    #[error("the event's {0} is longer than {TEXT_MAX} bytes")]
    TooLong(&'static str),
}

impl Event {
    /// Whether a journal can keep the texts by which it is known, found or ordered.
    pub fn check(&self) -> Result<(), BadEvent> {
        let texts = [
            ("id", self.id.as_ref().map(|id| &*id.0)),
            ("type", Some(&*self.event_type)),
            ("lane", self.lane.as_ref().map(|lane| &*lane.0)),
            ("book id", self.book_id.as_deref()),
            ("agent id", self.agent_id.as_deref()),
            ("user id", self.user_id.as_deref()),
        ];
        for (name, text) in texts {
            let text = text.unwrap_or_default();
            if text.contains('\0') {
                return Err(BadEvent::Nul(name));
            }
            if text.len() > TEXT_MAX {
                return Err(BadEvent::TooLong(name));
            }
        }
        Ok(())
    }
}

/// A header as it came. Names are lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The name, in lower case.
    pub name: Box<str>,
    /// The value, byte for byte.
    pub value: Bytes,
}

/// A header whose value is a credential of the user: sealed at rest, never shown.
#[derive(Clone)]
pub struct SecretHeader {
    /// The name, in lower case.
    pub name: Box<str>,
    /// The value.
    pub value: SecretString,
}

impl fmt::Debug for SecretHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: [sealed]", self.name)
    }
}

/// A digest of an event's content without what its provider changes between sendings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 16]);
