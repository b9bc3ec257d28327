//! Names and numbers, each its own type, so that one is never taken for another.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// The name of a hook: what stands in `/hooks/{name}` and under `hooks:` in the configuration.
///
/// 1 to 64 characters, lower-case letters, digits, `-` and `_`, beginning with a letter or a digit. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HookName(Arc<str>);

/// Why a text is no hook name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no hook name: use 1 to 64 lower-case letters, digits, `-` or `_`, beginning with a letter or a digit"
)]
pub struct BadHookName(String);

impl HookName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HookName {
    type Err = BadHookName;

    fn from_str(text: &str) -> Result<Self, BadHookName> {
        let inner = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'_';
        let first = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        let fits = text.len() <= 64 && text.bytes().next().is_some_and(first) && text.bytes().all(inner);
        if fits { Ok(Self(text.into())) } else { Err(BadHookName(text.chars().take(80).collect())) }
    }
}

impl TryFrom<String> for HookName {
    type Error = BadHookName;

    fn try_from(text: String) -> Result<Self, BadHookName> {
        text.parse()
    }
}

impl From<HookName> for String {
    fn from(name: HookName) -> Self {
        name.0.to_string()
    }
}

impl fmt::Display for HookName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for HookName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a delivery, written `dlv_` and a ULID: ids of one host sort in the order in which they were given.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeliveryId([u8; 16]);

/// A text that is no delivery id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no delivery id: one looks like `dlv_01JD9X4S8Q3M5V6W7X8Y9Z0ABC`")]
pub struct BadDeliveryId(String);

impl DeliveryId {
    const PREFIX: &'static str = "dlv_";

    /// The sixteen bytes that a journal stores.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// The id that [`Self::to_bytes`] gave.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl FromStr for DeliveryId {
    type Err = BadDeliveryId;

    fn from_str(text: &str) -> Result<Self, BadDeliveryId> {
        let bad = || BadDeliveryId(text.chars().take(80).collect());
        let ulid = text.strip_prefix(Self::PREFIX).ok_or_else(bad)?;
        Ulid::from_string(ulid).map(|ulid| Self(ulid.to_bytes())).map_err(|_| bad())
    }
}

impl TryFrom<String> for DeliveryId {
    type Error = BadDeliveryId;

    fn try_from(text: String) -> Result<Self, BadDeliveryId> {
        text.parse()
    }
}

impl From<DeliveryId> for String {
    fn from(id: DeliveryId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::PREFIX, Ulid::from_bytes(self.0))
    }
}

impl fmt::Debug for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Gives delivery ids that only ever grow, even when the clock steps back.
#[derive(Debug)]
pub struct DeliveryIds(Source);

#[derive(Debug)]
enum Source {
    Chance(ulid::Generator),
    Seed { next: u64, last: Ulid },
}

impl Default for DeliveryIds {
    fn default() -> Self {
        Self(Source::Chance(ulid::Generator::new()))
    }
}

impl DeliveryIds {
    /// Ids that are the same every time, for simulations.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seed { next: seed, last: Ulid::nil() })
    }

    /// The next id, for a delivery received at `now`.
    pub fn next(&mut self, now: Timestamp) -> DeliveryId {
        let ulid = match &mut self.0 {
            Source::Chance(generator) => match generator.generate_from_datetime(now.into()) {
                Ok(ulid) => ulid,
                Err(overflow) => overflow.commit_overflow_increment(),
            },
            Source::Seed { next, last } => {
                // Spreads a count over all bits: that of SplitMix64.
                *next = next.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mixed = (*next ^ (*next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                let ulid = Ulid::from_parts(now.as_millisecond().unsigned_abs(), mixed.into());
                *last = ulid.max(Ulid(last.0.saturating_add(1)));
                *last
            }
        };
        DeliveryId(ulid.to_bytes())
    }
}

/// The id that the source gave an event; opaque. Two sendings of one event carry the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub Box<str>);

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What deliveries of one hook must not overlap by: for Bkper the book's id. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LaneKey(pub Arc<str>);

impl fmt::Display for LaneKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number of a run within its delivery, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunNumber(pub u32);

impl RunNumber {
    /// The number of a delivery's first run.
    pub const FIRST: Self = Self(1);

    /// The number after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for RunNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivery_ids_grow_even_when_the_clock_steps_back() {
        let mut ids = DeliveryIds::default();
        let late = Timestamp::from_second(2_000).unwrap();
        let early = Timestamp::from_second(1_000).unwrap();
        let given = [ids.next(late), ids.next(early), ids.next(late)];
        assert!(given.is_sorted());
        assert_ne!(given[0], given[1]);
    }

    #[test]
    fn seeded_ids_are_the_same_every_time_and_grow_too() {
        let given = |seed| {
            let mut ids = DeliveryIds::seeded(seed);
            [2_000, 1_000, 2_000, 2_001].map(|second| ids.next(Timestamp::from_second(second).unwrap()))
        };
        assert_eq!(given(7), given(7));
        assert_ne!(given(7), given(8));
        assert!(given(7).windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn a_delivery_id_reads_back_from_its_text() {
        let id = DeliveryIds::default().next(Timestamp::UNIX_EPOCH);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("01JD9X4S8Q3M5V6W7X8Y9Z0ABC".parse::<DeliveryId>().is_err());
        assert!("dlv_short".parse::<DeliveryId>().is_err());
    }

    #[test]
    fn hook_names_are_safe_in_a_path() {
        for good in ["tax-bot", "a", "0day", "x_y-z9"] {
            assert!(good.parse::<HookName>().is_ok(), "{good}");
        }
        for bad in ["", "Tax", "-x", "a/b", "a b", "ü", &"x".repeat(65)] {
            assert!(bad.parse::<HookName>().is_err(), "{bad}");
        }
    }
}
