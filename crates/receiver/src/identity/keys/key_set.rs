//! A published key set (RFC 7517), and the keys in it that can sign ID tokens.

use std::collections::HashMap;
use std::sync::Arc;

use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde_json::Value;

use super::reader::ReadError;

/// A public key. Shorter ones than 2048 bits verify nothing.
pub(in crate::identity) type Key = Arc<DecodingKey>;

/// The usable keys of a set by their ids; there is at least one.
pub(super) struct KeySet(HashMap<String, Key>);

impl KeySet {
    pub(super) fn parse(json: &[u8]) -> Result<Self, ReadError> {
        let published: Published = serde_json::from_slice(json).map_err(ReadError::NotAKeySet)?;
        let keys: HashMap<_, _> = published.keys.into_iter().filter_map(usable).collect();
        if keys.is_empty() { Err(ReadError::NoUsableKey) } else { Ok(Self(keys)) }
    }

    pub(super) fn get(&self, id: &str) -> Option<Key> {
        self.0.get(id).cloned()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[derive(Deserialize)]
struct Published {
    /// Read one by one: a set may hold keys of kinds that we do not know.
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kid: String,
    kty: String,
    alg: Option<String>,
    r#use: Option<String>,
    n: String,
    e: String,
}

impl Jwk {
    fn signs_rs256(&self) -> bool {
        self.kty == "RSA"
            && self.alg.as_deref().is_none_or(|alg| alg == "RS256")
            && self.r#use.as_deref().is_none_or(|purpose| purpose == "sig")
    }
}

fn usable(key: Value) -> Option<(String, Key)> {
    let jwk: Jwk = serde_json::from_value(key).ok().filter(Jwk::signs_rs256)?;
    let key = DecodingKey::from_rsa_components(&jwk.n, &jwk.e).ok()?;
    Some((jwk.kid, Arc::new(key)))
}
