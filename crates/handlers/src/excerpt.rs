//! A handler's text in a sentence for people: its beginning, in one line, without the secrets it may repeat.

use std::cmp::Reverse;

use bookhook_model::SecretHeader;
use secrecy::ExposeSecret;
use serde_json::Value;

/// How much of a handler's text a sentence carries.
const LONGEST: usize = 300;

/// What a handler was sent and nobody may read, even when the handler repeats it.
pub(crate) struct Secrets<'a> {
    /// Those of the event.
    pub(crate) headers: &'a [SecretHeader],
    /// Others.
    pub(crate) own: Vec<&'a str>,
}

impl<'a> Secrets<'a> {
    /// Those of an event, and no others.
    pub(crate) fn of(headers: &'a [SecretHeader]) -> Self {
        Self { headers, own: Vec::new() }
    }

    /// The whole text on one line.
    pub(crate) fn shown(&self, text: &[u8]) -> String {
        let mut line = String::with_capacity(text.len());
        self.hide(&String::from_utf8_lossy(text)).chars().for_each(|c| push_inert(&mut line, c));
        line
    }

    fn hide(&self, text: &str) -> String {
        let values = self.headers.iter().map(|header| header.value.expose_secret());
        let values = values.chain(self.own.iter().copied());
        let tokens = values.clone().filter_map(|value| value.strip_prefix("Bearer "));
        let secrets = values.chain(tokens);
        // A shorter one would hide ordinary words, and is no secret to anybody.
        let mut secrets: Vec<_> = secrets.filter(|secret| secret.len() >= 4).collect();
        // The longest first: of one that begins with another the rest would be left.
        secrets.sort_by_key(|secret| Reverse(secret.len()));
        secrets.into_iter().fold(text.to_owned(), |text, secret| text.replace(secret, "[sealed]"))
    }
}

/// The beginning of a text; `None` when there is nothing to see.
pub(crate) fn excerpt(text: &[u8], secrets: &Secrets<'_>) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let text = text.trim();
    (!text.is_empty()).then(|| beginning(&secrets.hide(text)))
}

/// The end of a text, where a program that fails says why; `None` when there is nothing to see.
pub(crate) fn ending(text: &[u8], secrets: &Secrets<'_>) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let text = secrets.hide(text.trim());
    let left_out = text.chars().count().saturating_sub(LONGEST);
    let end: String = text.chars().skip(left_out).collect();
    let mark = if left_out > 0 { "…" } else { "" };
    (!end.is_empty()).then(|| format!("{mark}{}", beginning(&end)))
}

/// What a failed handler says was wrong: the `error` of its JSON, else the beginning of its body.
pub(crate) fn complaint(body: &[u8], secrets: &Secrets<'_>) -> Option<String> {
    match error_text(body) {
        Some(error) => excerpt(error.as_bytes(), secrets),
        None => excerpt(body, secrets),
    }
}

fn error_text(body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    match answer.get("error")? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(lines) => Some(lines.iter().map(plain).collect::<Vec<_>>().join("; ")),
        other => Some(other.to_string()),
    }
}

fn plain(line: &Value) -> String {
    line.as_str().map_or_else(|| line.to_string(), str::to_owned)
}

fn beginning(text: &str) -> String {
    let mut short = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == LONGEST {
            short.push('…');
            break;
        }
        push_inert(&mut short, c);
    }
    short
}

/// What could move a terminal, or show a text in another order than it has, becomes visible.
fn push_inert(line: &mut String, c: char) {
    let reorders_or_hides =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    if c.is_control() || reorders_or_hides {
        line.extend(c.escape_default());
    } else {
        line.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(value: &str) -> SecretHeader {
        SecretHeader { name: "bkper-oauth-token".into(), value: value.into() }
    }

    fn said(body: &str) -> Option<String> {
        let headers = [header("ya29.token"), header("Bearer eyJhbGci"), header("")];
        complaint(body.as_bytes(), &secrets(&headers))
    }

    fn secrets(headers: &[SecretHeader]) -> Secrets<'_> {
        Secrets { headers, own: vec!["hunter2", "key=open-sesame"] }
    }

    #[test]
    fn control_characters_stay_visible_and_in_line() {
        assert_eq!(said("  one\r\n\ttwo\u{1b}[31m ünï\n").unwrap(), "one\\r\\n\\ttwo\\u{1b}[31m ünï");
    }

    #[test]
    fn nothing_turns_the_reading_direction() {
        assert_eq!(
            said("paid \u{202e}05.21\u{2069}\u{feff}").unwrap(),
            r"paid \u{202e}05.21\u{2069}\u{feff}"
        );
    }

    #[test]
    fn only_the_beginning_is_kept() {
        assert_eq!(said(&"ä".repeat(LONGEST)).unwrap(), "ä".repeat(LONGEST));
        assert_eq!(said(&"ä".repeat(LONGEST + 1)).unwrap(), "ä".repeat(LONGEST) + "…");
    }

    #[test]
    fn of_an_ending_the_end_is_kept() {
        let ended = |text: &str| ending(text.as_bytes(), &secrets(&[]));
        assert_eq!(ended(" at x\nno rate\n").unwrap(), "at x\\nno rate");
        let long = format!("first{}", "ä".repeat(LONGEST));
        assert_eq!(ended(&long).unwrap(), format!("…{}", "ä".repeat(LONGEST)));
        assert_eq!(ended(&format!("hunter2{}", "ä".repeat(LONGEST - 4))).unwrap().find("unter"), None);
        assert_eq!(ended(" \n"), None);
    }

    #[test]
    fn secrets_that_the_handler_repeats_are_hidden() {
        let told = said("ya29.token eyJhbGci hunter2 ?key=open-sesame Bearer eyJhbGci").unwrap();
        assert_eq!(told, "[sealed] [sealed] [sealed] ?[sealed] [sealed]");
        assert_eq!(said(r#"{"error":"token ya29.token is bad"}"#).unwrap(), "token [sealed] is bad");
        let at_the_cut = "x".repeat(LONGEST - 4) + "ya29.token";
        assert!(!said(&at_the_cut).unwrap().contains("ya29"));
    }

    #[test]
    fn of_a_secret_that_begins_with_another_nothing_is_left() {
        let headers = [header("ya29.token"), header("ya29.token-and-more")];
        let told = excerpt(b"ya29.token-and-more, ya29.token", &secrets(&headers)).unwrap();
        assert_eq!(told, "[sealed], [sealed]");
    }

    #[test]
    fn the_error_of_a_json_body_speaks_for_it() {
        assert_eq!(said(r#"{"error":"no such book"}"#).unwrap(), "no such book");
        assert_eq!(said(r#"{"error":["Error: x","at y",3]}"#).unwrap(), "Error: x; at y; 3");
        assert_eq!(said(r#"{"error":{"code":7}}"#).unwrap(), r#"{"code":7}"#);
        assert_eq!(said(r#"{"error":null,"detail":"d"}"#).unwrap(), r#"{"error":null,"detail":"d"}"#);
        assert_eq!(said(r#"["error"]"#).unwrap(), r#"["error"]"#);
        assert_eq!(said(" \n"), None);
    }
}
