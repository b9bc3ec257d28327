//! Maps from text to text: custom properties, and what attributes were before an update.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::fault::Findings;
use crate::wire::{self, Misfit, Wire, scalar};
use crate::{
    Account, AccountBalances, Book, Connection, File, Group, GroupBalances, Integration, Transaction,
};

/// A map from text to text, sorted by key.
///
/// In JSON an object. A value that came as something else than text is kept and written back; it is in the map, but
/// has no text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct TextMap(Map<String, Value>);

impl TextMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// The text under `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    /// Whether there is anything under `key`, be it an empty text or no text at all.
    pub fn contains_key(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Puts a text under `key`, in the place of what was there.
    pub fn insert(&mut self, key: impl Into<String>, text: impl Into<String>) {
        self.0.insert(key.into(), Value::String(text.into()));
    }

    /// Removes what is under `key`.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// The keys and their texts, without the values that are no text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
    }

    /// The keys and their texts, with numbers and truth values as the text that they have in JSON: programs send them
    /// without thinking of it.
    pub fn scalars(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.0.iter().filter_map(|(key, value)| match value {
            Value::String(text) => Some((key.as_str(), Cow::from(text))),
            Value::Number(_) | Value::Bool(_) => Some((key.as_str(), Cow::from(value.to_string()))),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        })
    }

    /// Whether there is nothing in the map.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for TextMap {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self(entries.into_iter().map(|(key, text)| (key.into(), Value::String(text.into()))).collect())
    }
}

impl Wire for TextMap {
    const EXPECTED: &'static str = "an object (of texts)";

    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
        scalar::read(place, json, |value| match value {
            Value::Object(entries) => Ok(Self(entries)),
            other => Err(other),
        })
    }

    /// A `null` is none: clients remove a property with it. What has a text of its own is none either.
    fn inspect(&self, findings: &mut Findings) {
        for (key, value) in &self.0 {
            if value.is_array() || value.is_object() {
                findings.in_field(key, |findings| findings.wrong_form(String::EXPECTED, value));
            }
        }
    }
}

impl<'de> Deserialize<'de> for TextMap {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        wire::deserialize(json)
    }
}

macro_rules! with_properties {
    ($($resource:ident),*) => {$(
        impl $resource {
            /// The custom property `key`, when it is there and a text.
            pub fn property(&self, key: &str) -> Option<&str> {
                self.properties.as_ref()?.get(key)
            }
        }
    )*};
}

with_properties!(
    Account,
    AccountBalances,
    Book,
    Connection,
    File,
    Group,
    GroupBalances,
    Integration,
    Transaction
);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shows_texts_and_keeps_the_rest() {
        let came = json!({"exc_code": "USD", "cleared": null, "count": 3, "empty": ""});
        let map: TextMap = serde_json::from_value(came.clone()).unwrap();
        assert_eq!(map.iter().collect::<Vec<_>>(), [("empty", ""), ("exc_code", "USD")]);
        assert_eq!(map.get("count"), None);
        assert!(map.contains_key("count"));
        assert!(!map.contains_key("tax"));
        assert_eq!(serde_json::to_value(map).unwrap(), came);
    }

    #[test]
    fn is_changed_by_key() {
        let mut map: TextMap = [("a", "1"), ("b", "2")].into_iter().collect();
        map.insert("a", "3");
        map.remove("b");
        assert_eq!(serde_json::to_value(map).unwrap(), json!({"a": "3"}));
    }
}
