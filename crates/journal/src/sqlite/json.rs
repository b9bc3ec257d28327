//! Lists, as the statements read them: with `json_each`.

use std::fmt::{Display, Write as _};

/// The items, in their order: numbers, or texts that are in quotes already.
pub(super) fn json_list(items: impl Iterator<Item = impl Display>) -> String {
    let mut json = String::from("[");
    for item in items {
        let comma = if json.len() > 1 { "," } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(json, "{comma}{item}");
    }
    json.push(']');
    json
}
