//! Custom properties: short texts that clients keep with almost everything.

use std::collections::BTreeMap;

use bkper_model::{Resource, TextMap, property_key};
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// Custom properties under their normalized keys. There are no empty values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Properties(BTreeMap<String, String>);

impl Properties {
    /// What a client sends: the whole new set. An empty value removes a property, so it is left out;
    /// a number is kept as its text.
    pub(crate) fn given(map: &TextMap) -> Result<Self, Refusal> {
        let mut properties = BTreeMap::new();
        for (key, value) in map.scalars() {
            let key = property_key(key)
                .map_err(|error| Refusal::Invalid { field: "properties", message: error.to_string() })?;
            let value = value.trim();
            if !key.is_empty() && !value.is_empty() {
                properties.insert(key, value.to_owned());
            }
        }
        Ok(Self(properties))
    }

    /// What a body says of its resource's properties: the whole new set, which `null` empties, or nothing at all.
    pub(super) fn said_in(body: &impl Resource, given: Option<&TextMap>) -> Result<Option<Self>, Refusal> {
        match given {
            Some(map) => Self::given(map).map(Some),
            None => Ok(body.is_null("properties").then(Self::default)),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// These, and those of the others whose keys are not among them.
    pub(crate) fn with(&self, others: &Self) -> Self {
        let mut all = others.0.clone();
        all.extend(self.0.clone());
        Self(all)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Always an object: clients look into it without asking whether it is there.
    pub(crate) fn shown(&self) -> TextMap {
        let mut map = TextMap::new();
        for (key, value) in self.iter() {
            map.insert(key, value);
        }
        map
    }
}
