//! What an app answers, and what that means: a response to be recorded, or another try.

use std::time::Duration;

use bkper_model::BotResponseType;
use reqwest::StatusCode;
use serde_json::Value;

use super::Backoff;
use crate::store::outbox::Tries;

/// How often an event is sent to an app that fails. One that asks to wait is asked for as long as it takes.
const TRIES: u32 = 5;

/// What came of sending an event.
#[derive(Debug)]
pub(super) enum Answer {
    /// The app answered.
    Http { status: StatusCode, retry_after: Option<Duration>, body: Vec<u8> },
    /// It did not answer in time.
    TimedOut(Duration),
    /// It cannot be reached, or the connection broke. The text says why.
    Unreachable(String),
    /// Its URL is none that can be called. The text says why.
    NotSent(String),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The event was handled: the response is recorded, if there is any.
    Settled(Option<Response>),
    /// The event is sent again after this time, which makes so many tries.
    Again { tries: Tries, wait: Duration },
}

/// A response of an app, before it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Response {
    pub(super) kind: BotResponseType,
    pub(super) message: String,
}

impl Response {
    fn error(message: String) -> Self {
        Self { kind: BotResponseType::Error, message }
    }
}

impl Answer {
    /// What the answer means, after these tries before.
    pub(super) fn verdict(&self, before: Tries, backoff: Backoff) -> Verdict {
        let tries = Tries { made: before.made + 1, failed: before.failed + u32::from(self.is_failure()) };
        let again = |asked| Verdict::Again { tries, wait: backoff.wait(tries.made, asked) };
        match self {
            Self::Http { status: StatusCode::TOO_MANY_REQUESTS, retry_after, .. } => again(*retry_after),
            _ if self.is_failure() && tries.failed < TRIES => again(None),
            Self::Http { status, body, .. } if status.is_success() => Verdict::Settled(read(body)),
            Self::Http { status, body, .. } => {
                error(format!("HTTP {status}"), &String::from_utf8_lossy(body))
            }
            Self::TimedOut(after) => error(format!("no answer within {} s", after.as_secs_f32()), ""),
            Self::Unreachable(why) | Self::NotSent(why) => error(why.clone(), ""),
        }
    }

    /// The status of the answer, if there was one.
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Http { status, .. } => Some(status.as_u16()),
            _ => None,
        }
    }

    fn is_failure(&self) -> bool {
        match self {
            Self::Http { status, .. } => status.is_server_error(),
            Self::Unreachable(_) => true,
            Self::TimedOut(_) | Self::NotSent(_) => false,
        }
    }
}

fn error(what: String, text: &str) -> Verdict {
    let message = if text.is_empty() { what } else { format!("{what}: {text}") };
    Verdict::Settled(Some(Response::error(message)))
}

/// Reads what an app answers when all went well as far as HTTP can tell. Of several things said, the most severe counts.
fn read(body: &[u8]) -> Option<Response> {
    let Ok(json) = serde_json::from_slice::<Value>(body) else {
        return Some(Response::error(format!("the answer is not JSON: {}", String::from_utf8_lossy(body))));
    };
    let fields = match &json {
        Value::Null => return None,
        Value::Object(fields) => fields,
        _ => {
            return Some(Response::error(format!(
                "the answer is no object with result, warning or error: {json}"
            )));
        }
    };
    let said = |name| fields.get(name).filter(|value| says_something(value));
    let result = || said("result").filter(|value| !is_bare_success(value));
    let error = said("error").map(|value| (BotResponseType::Error, value));
    let warning = || said("warning").map(|value| (BotResponseType::Warning, value));
    let result = || result().map(|value| (BotResponseType::Info, value));
    let (kind, value) = error.or_else(warning).or_else(result)?;
    Some(Response { kind, message: message(value) })
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}

/// A result that only says that all is well is not worth recording.
fn is_bare_success(value: &Value) -> bool {
    match value {
        Value::Bool(true) => true,
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// A text as it is, be it HTML; lists line by line; the rest as JSON.
fn message(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(message).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(body: &str) -> Option<(String, String)> {
        read(body.as_bytes()).map(|response| (response.kind.to_string(), response.message))
    }

    #[test]
    fn responses_are_recorded_by_what_they_say() {
        for (body, kind, message) in [
            (r#"{"result": "POSTED"}"#, "INFO", "POSTED"),
            (r#"{"result": ["a", "b", 3]}"#, "INFO", "a\nb\n3"),
            (r#"{"result": {"b":1,"a":[true]}}"#, "INFO", r#"{"a":[true],"b":1}"#),
            (r#"{"result": "<a href='x'>y</a> &amp;"}"#, "INFO", "<a href='x'>y</a> &amp;"),
            (r#"{"result": 0}"#, "INFO", "0"),
            (r#"{"warning": "hm", "result": "ok"}"#, "WARNING", "hm"),
            (
                r#"{"result": "ok", "warning": "hm", "error": ["Error: x", "  at y"]}"#,
                "ERROR",
                "Error: x\n  at y",
            ),
            (r#"{"error": {}}"#, "ERROR", "{}"),
            (r#"{"error": true}"#, "ERROR", "true"),
            (r#"{"result": "ok", "error": null, "warning": ""}"#, "INFO", "ok"),
            ("ok", "ERROR", "the answer is not JSON: ok"),
            ("", "ERROR", "the answer is not JSON: "),
            ("[1]", "ERROR", "the answer is no object with result, warning or error: [1]"),
        ] {
            assert_eq!(recorded(body), Some((kind.into(), message.into())), "{body}");
        }
    }

    #[test]
    fn what_says_nothing_is_not_recorded() {
        for body in [
            r#"{"result": false}"#,
            r#"{"result": true}"#,
            r#"{"result": null}"#,
            r#"{"result": ""}"#,
            r#"{"result": []}"#,
            r#"{"result": {}}"#,
            r#"{"other": 1}"#,
            "{}",
            "null",
        ] {
            assert_eq!(recorded(body), None, "{body}");
        }
    }

    fn http(status: u16) -> Answer {
        let status = StatusCode::from_u16(status).unwrap();
        Answer::Http { status, retry_after: Some(Duration::from_secs(7)), body: b"full".to_vec() }
    }

    /// The verdict after so many tries and failures, all of them with the first wait of a second.
    fn verdict(answer: &Answer, made: u32, failed: u32) -> Verdict {
        answer.verdict(Tries { made, failed }, Backoff::default())
    }

    fn again(made: u32, failed: u32, seconds: u64) -> Verdict {
        Verdict::Again { tries: Tries { made, failed }, wait: Duration::from_secs(seconds) }
    }

    fn error(message: &str) -> Verdict {
        Verdict::Settled(Some(Response::error(message.to_owned())))
    }

    #[test]
    fn an_app_that_is_busy_is_asked_as_long_as_it_takes() {
        assert_eq!(verdict(&http(429), 0, 0), again(1, 0, 7));
        assert_eq!(verdict(&http(429), 1000, 4), again(1001, 4, 60));
    }

    #[test]
    fn an_app_that_fails_gets_five_tries() {
        let unreachable = || Answer::Unreachable("connection refused".into());
        for answer in [http(500), http(503), unreachable()] {
            assert_eq!(verdict(&answer, 3, 3), again(4, 4, 8));
        }
        assert_eq!(verdict(&http(503), 9, 4), error("HTTP 503 Service Unavailable: full"));
        assert_eq!(verdict(&unreachable(), 4, 4), error("connection refused"));
    }

    #[test]
    fn what_will_not_change_is_an_error_at_once() {
        assert_eq!(verdict(&http(401), 0, 0), error("HTTP 401 Unauthorized: full"));
        assert_eq!(verdict(&http(302), 0, 0), error("HTTP 302 Found: full"));
        let late = Answer::TimedOut(Duration::from_millis(1500));
        assert_eq!(verdict(&late, 0, 0), error("no answer within 1.5 s"));
        assert_eq!(verdict(&Answer::NotSent("no URL".into()), 0, 0), error("no URL"));
    }
}
