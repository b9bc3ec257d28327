//! How a server reads what a client sends.

use serde_json::Value;

use crate::{Fault, Resource};

/// Why the body of a request is not the resource that it should be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The body is not JSON.
    #[error("the body is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// Some values are not what the API has there. The message names the first of them.
    #[error("{}", first_of(.0))]
    Faults(
        /// At least one.
        Vec<Fault>,
    ),
}

fn first_of(faults: &[Fault]) -> String {
    match faults {
        [] => String::new(),
        [only] => only.to_string(),
        [first, others @ ..] => format!("{first} (and {} more)", others.len()),
    }
}

/// Reads the body of a request as strictly as the API does, and only so.
///
/// Unknown fields are kept in `extra`, a `null` that clears a field too. Items of lists that are `null` are left
/// out: clients send them by mistake. Whatever else has another form than the API has is a [`Fault`].
///
/// ```
/// use bkper_model::{Account, Book, from_request};
///
/// let account: Account = from_request(br#"{"name": "Cash", "groups": [null, {"name": "Assets"}]}"#)?;
/// assert_eq!(account.groups.map(|groups| groups.len()), Some(1));
///
/// let refused = from_request::<Book>(br#"{"decimalSeparator": "BAD"}"#).unwrap_err();
/// assert_eq!(refused.to_string(), r#"decimalSeparator: "BAD" is none of DOT, COMMA"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn from_request<T: Resource>(body: &[u8]) -> Result<T, RequestError> {
    let json = serde_json::from_slice(body).map_err(RequestError::NotJson)?;
    checked(without_null_items(json)).map_err(RequestError::Faults)
}

fn checked<T: Resource>(json: Value) -> Result<T, Vec<Fault>> {
    let Ok(resource) = T::deserialize(&json) else {
        return Err(vec![Fault::WrongForm { path: String::new(), expected: T::EXPECTED, found: json }]);
    };
    let faults = resource.faults();
    if faults.is_empty() { Ok(resource) } else { Err(faults) }
}

fn without_null_items(json: Value) -> Value {
    match json {
        Value::Array(items) => {
            items.into_iter().filter(|item| !item.is_null()).map(without_null_items).collect()
        }
        Value::Object(entries) => {
            entries.into_iter().map(|(name, value)| (name, without_null_items(value))).collect()
        }
        scalar => scalar,
    }
}
