//! What a handler said where a response is expected, in a sentence.

use bookhook_model::response::NoResponse;
use serde_json::Value;

use crate::excerpt::{Secrets, excerpt};

/// Says what came, what is expected, and how it began.
pub(crate) fn describe(text: &[u8], reason: &NoResponse, secrets: &Secrets<'_>) -> String {
    let what = kind_of(text, reason);
    let excerpt = excerpt(text, secrets).map(|text| format!(": {text}")).unwrap_or_default();
    format!("{what} where a JSON object with `result`, `warning` or `error` is expected{excerpt}")
}

fn kind_of(text: &[u8], reason: &NoResponse) -> String {
    match (text.trim_ascii_start().first(), reason) {
        (None, _) => "an empty body".to_owned(),
        (Some(b'<'), _) => "HTML or XML".to_owned(),
        (Some(_), NoResponse::NotJson(error)) => format!("broken JSON ({error})"),
        (Some(_), NoResponse::NotUtf8(error)) => format!("broken UTF-8 ({error})"),
        (Some(_), NoResponse::NotAnObject) => match serde_json::from_slice(text) {
            Ok(Value::Array(_)) => "a JSON list".to_owned(),
            Ok(Value::String(_)) => "a JSON text".to_owned(),
            Ok(_) => "a bare JSON value".to_owned(),
            Err(_) => "text that is no JSON".to_owned(),
        },
    }
}
