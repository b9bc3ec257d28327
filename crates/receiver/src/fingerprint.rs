//! A digest of a JSON text that is the same for every way of writing it: white space and the order of an object's
//! members do not count, and neither do the top-level members that a provider changes between sendings.
//!
//! It tells a repeated sending from a conflicting one and guards against nobody: who sends was verified before. So a
//! fast hash does, and one pass without building a tree.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use xxhash_rust::xxh3::{Xxh3, xxh3_128_with_seed};

use bookhook_model::Fingerprint;

/// The digest of `json` without the top-level members named in `ignored`.
pub(crate) fn fingerprint(
    json: &str,
    ignored: &'static [&'static str],
) -> Result<Fingerprint, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let digest = Digest { ignored }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(Fingerprint(digest.to_be_bytes()))
}

/// Keeps a text apart from a number that is written alike.
#[derive(Clone, Copy)]
enum Kind {
    Null = 1,
    Bool,
    Number,
    Text,
    List,
    Object,
    Member,
}

fn hash(kind: Kind, bytes: &[u8]) -> u128 {
    xxh3_128_with_seed(bytes, kind as u64)
}

/// Digests one value.
#[derive(Clone, Copy)]
struct Digest {
    ignored: &'static [&'static str],
}

impl Digest {
    const ALL_OF_IT: Self = Self { ignored: &[] };
}

impl<'de> DeserializeSeed<'de> for Digest {
    type Value = u128;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u128, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Digest {
    type Value = u128;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<u128, E> {
        Ok(hash(Kind::Null, b""))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<u128, E> {
        Ok(hash(Kind::Bool, &[value.into()]))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<u128, E> {
        Ok(hash(Kind::Number, &value.to_be_bytes()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<u128, E> {
        Ok(hash(Kind::Number, &value.to_be_bytes()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<u128, E> {
        Ok(hash(Kind::Number, &value.to_bits().to_be_bytes()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<u128, E> {
        Ok(hash(Kind::Text, value.as_bytes()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<u128, A::Error> {
        let mut digest = Xxh3::with_seed(Kind::List as u64);
        while let Some(item) = list.next_element_seed(Self::ALL_OF_IT)? {
            digest.update(&item.to_be_bytes());
        }
        Ok(digest.digest128())
    }

    /// A sum, so that the order does not count; each member is hashed as a whole, so that values cannot change places.
    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<u128, A::Error> {
        let mut sum = 0_u128;
        while let Some(name) = object.next_key_seed(Name { ignored: self.ignored })? {
            let value = object.next_value_seed(Self::ALL_OF_IT)?;
            if let Some(name) = name {
                let mut member = [0; 32];
                member[..16].copy_from_slice(&name.to_be_bytes());
                member[16..].copy_from_slice(&value.to_be_bytes());
                sum = sum.wrapping_add(hash(Kind::Member, &member));
            }
        }
        Ok(hash(Kind::Object, &sum.to_be_bytes()))
    }
}

/// Digests a member's name; `None` for one to be ignored.
struct Name {
    ignored: &'static [&'static str],
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<u128>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<u128>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<u128>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Option<u128>, E> {
        Ok((!self.ignored.contains(&name)).then(|| hash(Kind::Text, name.as_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    fn of(json: &str) -> Fingerprint {
        fingerprint(json, &["botResponses"]).unwrap()
    }

    #[test]
    fn white_space_and_the_order_of_members_do_not_count() {
        assert_eq!(
            of(r#"{"a":1,"b":{"c":[1,2],"d":null}}"#),
            of("{\n \"b\": {\"d\":null, \"c\": [1, 2]},\n \"a\": 1}")
        );
    }

    #[test]
    fn the_responses_that_were_recorded_since_do_not_count() {
        let first = r#"{"id":"e","botResponses":[]}"#;
        let again = r#"{"id":"e","botResponses":[{"agentId":"tax","type":"INFO"}]}"#;
        assert_eq!(of(first), of(again));
        assert_eq!(of(first), of(r#"{"id":"e"}"#));
        assert_ne!(of(r#"{"data":{"botResponses":[]}}"#), of(r#"{"data":{}}"#), "only at the top");
    }

    #[test]
    fn everything_else_counts() {
        let all = [
            r#"{"a":1}"#,
            r#"{"a":2}"#,
            r#"{"a":"1"}"#,
            r#"{"b":1}"#,
            r#"{"a":[1]}"#,
            r#"{"a":{"1":1}}"#,
            r#"{"a":null}"#,
            r#"{"a":[1,2]}"#,
            r#"{"a":[2,1]}"#,
            r#"{"a":[[1],2]}"#,
            r#"{"a":true}"#,
            r#"{"a":1,"b":2}"#,
            r#"{"a":2,"b":1}"#,
            r#"{"a":""}"#,
            "{}",
            "[]",
            "null",
            r#"{"a":[]}"#,
            r#"{"a":{}}"#,
        ];
        for (at, one) in all.iter().enumerate() {
            for other in &all[at + 1..] {
                assert_ne!(of(one), of(other), "{one} {other}");
            }
        }
    }

    #[test]
    fn what_is_not_json_has_no_fingerprint() {
        for text in ["", "{", "{} {}", "{\"a\":}", "\u{feff}{}"] {
            assert!(fingerprint(text, &[]).is_err(), "{text}");
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::vec((".*", inner), 0..6)
                    .prop_map(|members| Value::from(Map::from_iter(members))),
            ]
        })
    }

    proptest! {
        #[test]
        fn two_writings_of_a_value_agree(value in json()) {
            let compact = serde_json::to_string(&value).unwrap();
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            prop_assert_eq!(fingerprint(&compact, &[]).unwrap(), fingerprint(&pretty, &[]).unwrap());
        }
    }
}
