//! Ids that the sandbox made, found in texts: bots keep those of one book in another one's remote ids and properties.

use std::collections::HashMap;

use rusqlite::Connection;
use serde_json::Value;

use crate::ids;

/// How ids are known: all of a sandbox begin with the same digits.
pub(super) struct Ids {
    salt: String,
}

impl Ids {
    pub(super) fn of(db: &Connection) -> rusqlite::Result<Self> {
        Ok(Self { salt: ids::salt(db)?.to_string() })
    }

    /// The value as a text in which all ids are alike.
    pub(super) fn masked(&self, value: &Value) -> String {
        self.replaced(&value.to_string(), |_| "#".to_owned())
    }

    /// Calls the ids in all texts `#1`, `#2`, … in the order in which they come.
    pub(super) fn number(&self, value: &mut Value) {
        self.number_with(value, &mut HashMap::new());
    }

    fn number_with(&self, value: &mut Value, numbers: &mut HashMap<String, usize>) {
        match value {
            Value::String(text) => {
                *text = self.replaced(text, |id| {
                    let next = numbers.len() + 1;
                    format!("#{}", numbers.entry(id.to_owned()).or_insert(next))
                });
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.number_with(item, numbers)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.number_with(field, numbers)),
            _ => {}
        }
    }

    fn replaced(&self, text: &str, mut name: impl FnMut(&str) -> String) -> String {
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, digits) = rest.split_at(start);
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            let (run, after) = digits.split_at(end);
            replaced.push_str(before);
            if run.len() == ids::DIGITS && run.starts_with(&self.salt) {
                replaced.push_str(&name(run));
            } else {
                replaced.push_str(run);
            }
            rest = after;
        }
        replaced.push_str(rest);
        replaced
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_numbered_in_the_order_in_which_they_come() {
        let ids = Ids { salt: "48193".to_owned() };
        let mut value = json!([
            {"remoteIds": ["tax_tx481930000000017_481930000000003"]},
            "481930000000003", "481930000000017", "4819300000000171", "inv-1001", "999990000000017",
        ]);
        assert_eq!(ids.masked(&value[0]), r#"{"remoteIds":["tax_tx#_#"]}"#);
        ids.number(&mut value);
        let expected = json!([
            {"remoteIds": ["tax_tx#1_#2"]}, "#2", "#1", "4819300000000171", "inv-1001", "999990000000017",
        ]);
        assert_eq!(value, expected);
    }
}
