//! Running again what has run: one delivery, or all that fit a filter, as a job in the background.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use jiff::Timestamp;
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};
use ulid::Ulid;

use crate::act::Actor;
use crate::delivery::Filter;

/// How a delivery is to run again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReplayOptions {
    /// Its run gets no token of the user; so it may run although the token is gone.
    pub without_token: bool,
}

/// So many replays a second are begun, unless told otherwise.
pub const REPLAYS_PER_SECOND: NonZeroU32 = NonZeroU32::new(20).unwrap();

/// No job is asked for more.
pub const REPLAYS_PER_SECOND_MAX: u32 = 1000;

/// Many deliveries are to run again: all that fit the filter now and are parked, settled after a run, or (if the
/// filter asks for that state) unmatched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewReplays {
    /// Which. An empty one is refused.
    pub filter: Filter,
    /// How many a second, at most; from outside, no more than [`REPLAYS_PER_SECOND_MAX`].
    #[serde(default = "default_per_second", deserialize_with = "per_second")]
    pub per_second: NonZeroU32,
    /// Their runs get no tokens.
    #[serde(default)]
    pub without_token: bool,
}

fn default_per_second() -> NonZeroU32 {
    REPLAYS_PER_SECOND
}

fn per_second<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NonZeroU32, D::Error> {
    let number = u64::deserialize(deserializer)?;
    let small = u32::try_from(number).ok().filter(|number| *number <= REPLAYS_PER_SECOND_MAX);
    small.and_then(NonZeroU32::new).ok_or_else(|| {
        let expected = format!("a number from 1 to {REPLAYS_PER_SECOND_MAX}");
        D::Error::invalid_value(Unexpected::Unsigned(number), &expected.as_str())
    })
}

/// The id of a job that replays deliveries, written `rpl_` and a ULID.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReplayJobId(Ulid);

/// A text that is no such id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no id of replays: one looks like `rpl_01JD9X4S8Q3M5V6W7X8Y9Z0ABC`")]
pub struct BadReplayJobId(String);

impl ReplayJobId {
    const PREFIX: &'static str = "rpl_";

    /// The sixteen bytes that a journal stores.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_bytes()
    }

    /// The id that [`Self::to_bytes`] gave.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Ulid::from_bytes(bytes))
    }
}

impl FromStr for ReplayJobId {
    type Err = BadReplayJobId;

    fn from_str(text: &str) -> Result<Self, BadReplayJobId> {
        let bad = || BadReplayJobId(text.chars().take(80).collect());
        let ulid = text.strip_prefix(Self::PREFIX).ok_or_else(bad)?;
        Ulid::from_string(ulid).map(Self).map_err(|_| bad())
    }
}

impl TryFrom<String> for ReplayJobId {
    type Error = BadReplayJobId;

    fn try_from(text: String) -> Result<Self, BadReplayJobId> {
        text.parse()
    }
}

impl From<ReplayJobId> for String {
    fn from(id: ReplayJobId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for ReplayJobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::PREFIX, self.0)
    }
}

impl fmt::Debug for ReplayJobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplayJobState {
    /// It goes on, also after the host has come back.
    Running,
    /// Each of its deliveries was dealt with.
    Done,
    /// A person has put an end to it.
    Cancelled,
}

impl ReplayJobState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Running, Self::Done, Self::Cancelled];

    /// The name in the API and the journal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A job that replays deliveries. Serialised, it is the JSON of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayJob {
    /// Its id.
    pub id: ReplayJobId,
    /// Which deliveries it was asked for.
    pub filter: Filter,
    /// Their runs get no tokens.
    pub without_token: bool,
    /// How many a second, at most.
    pub per_second: NonZeroU32,
    /// Who asked for it.
    pub who: Actor,
    /// When.
    #[serde(with = "crate::units::timestamp")]
    pub created_at: Timestamp,
    /// Where it stands.
    pub state: ReplayJobState,
    /// How many deliveries fitted when it was created.
    pub matched: u32,
    /// How many of them were put into their lanes again.
    pub done: u32,
    /// How many could not be.
    pub refused: u32,
    /// Why not, and how many for each reason.
    pub refusals: BTreeMap<String, u32>,
    /// When it was done or cancelled.
    #[serde(with = "crate::units::optional_timestamp")]
    pub finished_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = ReplayJobId::from_bytes([7; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("dlv_01JD9X4S8Q3M5V6W7X8Y9Z0ABC".parse::<ReplayJobId>().is_err());
    }

    #[test]
    fn a_filter_is_enough() {
        let new: NewReplays =
            serde_json::from_str(r#"{"filter": {"hook": "tax-bot", "error": true}}"#).unwrap();
        assert_eq!((new.per_second, new.without_token), (REPLAYS_PER_SECOND, false));
    }

    #[test]
    fn so_many_a_second_are_few_enough_to_be_kept() {
        let read = |number: u64| {
            let text = format!(r#"{{"filter": {{}}, "per_second": {number}}}"#);
            serde_json::from_str::<NewReplays>(&text).map(|new| new.per_second.get())
        };
        assert_eq!((read(1).unwrap(), read(1000).unwrap()), (1, 1000));
        for bad in [0, 1001, u64::from(u32::MAX), u64::MAX] {
            let told = read(bad).unwrap_err().to_string();
            assert!(told.contains("from 1 to 1000"), "{told}");
        }
    }
}
