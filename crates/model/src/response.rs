//! What a handler answers: `{result?, error?, warning?}`.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// What became of a settled delivery, as the book's activity would show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There is a result to show.
    Result,
    /// There is a warning to show.
    Warning,
    /// There is an error to show.
    Error,
    /// There is nothing to show: `{"result": false}`, no result, one that is empty, or `true`.
    Suppressed,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Result, Self::Warning, Self::Error, Self::Suppressed];

    /// The name in the API, the journal and the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Suppressed => "suppressed",
        }
    }
}

/// A handler's response: its JSON text exactly as the handler wrote it, and what it amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    json: Bytes,
    outcome: Outcome,
}

/// Why a text is no response.
#[derive(Debug, thiserror::Error)]
pub enum NoResponse {
    /// JSON, perhaps, but no object.
    #[error("not a JSON object with `result`, `error` or `warning`")]
    NotAnObject,
    /// Begins like an object and is not JSON.
    #[error("not valid JSON")]
    NotJson(#[source] serde_json::Error),
    /// JSON is UTF-8, also in a part that is not looked at.
    #[error("not valid UTF-8, which JSON must be")]
    NotUtf8(#[source] std::str::Utf8Error),
}

/// The three fields, for classification only; the text itself is what is kept.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    warning: Option<&'a RawValue>,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
}

impl<'a> Fields<'a> {
    /// What it amounts to, and what there is to show.
    fn most_severe(&self) -> (Outcome, Option<&'a str>) {
        let [error, warning, result] = [self.error, self.warning, self.result]
            .map(|field| field.map(RawValue::get).filter(|json| says_something(json)));
        match (error, warning, result.filter(|json| !is_bare_success(json))) {
            (Some(error), _, _) => (Outcome::Error, Some(error)),
            (None, Some(warning), _) => (Outcome::Warning, Some(warning)),
            (None, None, Some(result)) => (Outcome::Result, Some(result)),
            (None, None, None) => (Outcome::Suppressed, None),
        }
    }
}

/// What is empty is not shown, whichever field it is in.
fn says_something(json: &str) -> bool {
    !matches!(json, "null" | "false" | r#""""#) && inside(json, '[', ']') != Some("")
}

/// A result that only says that all is well is not shown either.
fn is_bare_success(json: &str) -> bool {
    json == "true" || inside(json, '{', '}') == Some("")
}

fn inside(json: &str, open: char, close: char) -> Option<&str> {
    json.strip_prefix(open)?.strip_suffix(close).map(str::trim)
}

impl Response {
    /// Reads a handler's answer. The text is kept as it is, down to the white space.
    pub fn parse(json: Bytes) -> Result<Self, NoResponse> {
        // serde would read a list as the fields in order.
        if !json.trim_ascii_start().starts_with(b"{") {
            return Err(NoResponse::NotAnObject);
        }
        let text = std::str::from_utf8(&json).map_err(NoResponse::NotUtf8)?;
        let fields: Fields<'_> = serde_json::from_str(text).map_err(NoResponse::NotJson)?;
        let (outcome, _) = fields.most_severe();
        Ok(Self { json, outcome })
    }

    /// `{"result": …}`
    pub fn result(result: impl Into<Value>) -> Self {
        Self::of("result", result.into())
    }

    /// `{"warning": …}`
    pub fn warning(warning: impl Into<Value>) -> Self {
        Self::of("warning", warning.into())
    }

    /// `{"error": …}`
    pub fn error(error: impl Into<Value>) -> Self {
        Self::of("error", error.into())
    }

    /// `{"result": false}`: nothing to record in the book.
    pub fn suppressed() -> Self {
        Self { json: Bytes::from_static(br#"{"result":false}"#), outcome: Outcome::Suppressed }
    }

    fn of(field: &str, value: Value) -> Self {
        let object = serde_json::Map::from_iter([(field.to_owned(), value)]);
        Self::parse(Value::Object(object).to_string().into()).expect("it is an object")
    }

    /// The JSON text.
    pub fn json(&self) -> &Bytes {
        &self.json
    }

    /// The JSON of what there is to show, with the digits that it was written with: the most severe field.
    pub fn shown(&self) -> Option<&str> {
        serde_json::from_slice::<Fields<'_>>(&self.json).ok()?.most_severe().1
    }

    /// What it amounts to.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }
}

impl Serialize for Response {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_slice(&self.json).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Response {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::parse(Bytes::copy_from_slice(raw.get().as_bytes())).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(json: &'static str) -> Outcome {
        Response::parse(Bytes::from_static(json.as_bytes())).unwrap().outcome()
    }

    #[test]
    fn the_most_severe_field_names_the_outcome() {
        assert_eq!(outcome(r#"{"result":"x","warning":"y","error":"z"}"#), Outcome::Error);
        assert_eq!(outcome(r#"{"result":"x","warning":["y"]}"#), Outcome::Warning);
        assert_eq!(outcome(r#"{"result":["x"]}"#), Outcome::Result);
    }

    #[test]
    fn what_is_shown_is_the_most_severe_field_as_it_was_written() {
        let shown = |json: &'static str| {
            Response::parse(Bytes::from_static(json.as_bytes())).unwrap().shown().map(str::to_owned)
        };
        assert_eq!(shown(r#"{"result":"x","error":["z", 1.50]}"#).as_deref(), Some(r#"["z", 1.50]"#));
        assert_eq!(shown(r#"{"result":12.50}"#).as_deref(), Some("12.50"));
        assert_eq!(shown(r#"{"result":false}"#), None);
    }

    #[test]
    fn what_is_no_utf8_is_no_response_wherever_that_is() {
        let parsed = Response::parse(Bytes::from_static(b"{\"result\":\"x\",\"extra\":\"\xff\"}"));
        assert!(matches!(parsed, Err(NoResponse::NotUtf8(_))), "{parsed:?}");
    }

    #[test]
    fn nothing_to_show_is_suppressed() {
        for json in [
            r#"{"result":false}"#,
            r#"{"result":true}"#,
            r#"{"result":null}"#,
            r#"{"result":""}"#,
            r#"{"result":[ ]}"#,
            r#"{"result": { } }"#,
            "{}",
            r#"{"error":null}"#,
            r#"{"error":"","warning":[],"result":false}"#,
        ] {
            assert_eq!(outcome(json), Outcome::Suppressed, "{json}");
        }
        assert_eq!(outcome(r#"{"error":false,"warning":"","result":"ok"}"#), Outcome::Result);
        assert_eq!(outcome(r#"{"error":{}}"#), Outcome::Error);
        assert_eq!(outcome(r#"{"warning":true}"#), Outcome::Warning);
        assert_eq!(outcome(r#"{"result":0}"#), Outcome::Result);
    }

    #[test]
    fn the_text_is_kept_to_the_byte() {
        let text = "{\n  \"result\": 12.50,\n  \"extra\": 1e2\n}";
        let response = Response::parse(Bytes::from_static(text.as_bytes())).unwrap();
        assert_eq!(response.json(), text.as_bytes());
        assert_eq!(serde_json::to_string(&response).unwrap(), text);
    }

    #[test]
    fn what_is_no_object_is_no_response() {
        for text in ["", "OK", "[1]", "\"done\"", "{\"result\":", "<html>"] {
            assert!(Response::parse(Bytes::copy_from_slice(text.as_bytes())).is_err(), "{text}");
        }
    }

    #[test]
    fn built_responses_agree_with_read_ones() {
        for built in [
            Response::result("ok"),
            Response::result(false),
            Response::result(Value::Null),
            Response::result(""),
            Response::warning("w"),
            Response::warning(Value::Array(Vec::new())),
            Response::error("e"),
            Response::suppressed(),
        ] {
            let read = Response::parse(built.json().clone()).unwrap();
            assert_eq!(read, built);
        }
    }
}
