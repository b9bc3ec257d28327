//! Points in time, in the two forms that the API has.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::{self, Misfit, Wire, scalar};

/// A point in time with the precision of a millisecond.
///
/// In JSON the milliseconds since 1970-01-01T00:00:00Z as decimal text, such as `"1772617272100"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimestampMs(Timestamp);

impl TimestampMs {
    /// The point in time.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let milliseconds: i64 = text.parse().ok()?;
        let timestamp = Timestamp::from_millisecond(milliseconds).ok()?;
        (milliseconds.to_string() == text).then_some(Self(timestamp))
    }
}

/// Cuts off what is shorter than a millisecond.
impl From<Timestamp> for TimestampMs {
    fn from(timestamp: Timestamp) -> Self {
        // A timestamp cut to milliseconds is always in range, so there is nothing to fall back from.
        Self(Timestamp::from_millisecond(timestamp.as_millisecond()).unwrap_or(timestamp))
    }
}

/// The text in JSON.
impl fmt::Display for TimestampMs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_millisecond().fmt(out)
    }
}

impl Wire for TimestampMs {
    const EXPECTED: &'static str = "a timestamp (milliseconds as text)";

    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
        scalar::read_text(place, json, |text| Self::parse(&text).ok_or(text))
    }
}

impl<'de> Deserialize<'de> for TimestampMs {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        wire::deserialize(json)
    }
}

impl Serialize for TimestampMs {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.collect_str(self)
    }
}

/// A point in time that keeps the text it was written with.
///
/// In JSON a text after RFC 3339, such as `"2026-03-04T09:41:12.100Z"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampRfc3339 {
    timestamp: Timestamp,
    text: String,
}

impl TimestampRfc3339 {
    /// The point in time.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    fn parse(text: String) -> Result<Self, String> {
        match text.parse() {
            Ok(timestamp) => Ok(Self { timestamp, text }),
            Err(_) => Err(text),
        }
    }
}

/// Writes milliseconds, or more digits where the timestamp has them.
impl From<Timestamp> for TimestampRfc3339 {
    fn from(timestamp: Timestamp) -> Self {
        let whole_ms = timestamp == TimestampMs::from(timestamp).timestamp();
        let text = if whole_ms { format!("{timestamp:.3}") } else { timestamp.to_string() };
        Self { timestamp, text }
    }
}

/// The text in JSON.
impl fmt::Display for TimestampRfc3339 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.text)
    }
}

impl Wire for TimestampRfc3339 {
    const EXPECTED: &'static str = "a timestamp (RFC 3339)";

    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
        scalar::read_text(place, json, Self::parse)
    }
}

impl<'de> Deserialize<'de> for TimestampRfc3339 {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        wire::deserialize(json)
    }
}

impl Serialize for TimestampRfc3339 {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;

    #[test]
    fn milliseconds_are_read_and_written_as_text() {
        let created_at: TimestampMs = from_value(json!("1772617272100")).unwrap();
        assert_eq!(created_at.timestamp(), "2026-03-04T09:41:12.1Z".parse().unwrap());
        assert_eq!(to_value(created_at).unwrap(), json!("1772617272100"));
    }

    #[test]
    fn other_forms_of_milliseconds_are_refused() {
        for value in
            [json!(""), json!("0123"), json!("+5"), json!("1.5"), json!("9223372036854775807"), json!(5)]
        {
            assert!(from_value::<TimestampMs>(value).is_err());
        }
    }

    #[test]
    fn milliseconds_cut_off_the_rest() {
        let timestamp: Timestamp = "2026-03-04T09:41:12.123456789Z".parse().unwrap();
        assert_eq!(TimestampMs::from(timestamp).to_string(), "1772617272123");
        assert_eq!(TimestampMs::from(Timestamp::MIN).timestamp(), Timestamp::MIN);
    }

    #[test]
    fn rfc_3339_keeps_its_text() {
        for text in ["2026-03-04T09:41:12.100Z", "2026-03-04T09:41:12Z", "2026-03-04T11:41:12.1+02:00"] {
            let created_on: TimestampRfc3339 = from_value(json!(text)).unwrap();
            assert_eq!(created_on.timestamp().as_second(), 1_772_617_272);
            assert_eq!(to_value(created_on).unwrap(), json!(text));
        }
    }

    #[test]
    fn rfc_3339_is_written_with_milliseconds() {
        let written = |text: &str| TimestampRfc3339::from(text.parse::<Timestamp>().unwrap()).to_string();
        assert_eq!(written("2026-03-04T09:41:12.1Z"), "2026-03-04T09:41:12.100Z");
        assert_eq!(written("2026-03-04T09:41:12.1234Z"), "2026-03-04T09:41:12.1234Z");
    }
}
