//! Text of strangers made safe to show: whoever sends events must not be able to move the cursor, change the window's
//! title, or turn the reading direction of somebody's terminal.

use std::fmt::Write;

/// The text on one line: white space becomes a space, control characters become visible.
pub(crate) fn one_line(text: &str) -> String {
    inert(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The text's lines, each inert.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(|line| inert(&line.replace('\t', "    ")))
}

/// One line of JSON with the same meaning: what could move a terminal is escaped as JSON escapes it.
///
/// In valid JSON, line ends stand only between the parts and other such characters only within texts.
pub(crate) fn json_line(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\n' | '\r' | '\t' => line.push(' '),
            c if is_active(c) => {
                let _ = write!(line, "\\u{:04x}", u32::from(c));
            }
            c => line.push(c),
        }
    }
    line
}

/// At most so many characters, the last of them `…` if some are missing.
pub(crate) fn shortened(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    text.chars().take(chars_max.saturating_sub(1)).chain(['…']).collect()
}

fn inert(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_active(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Controls (C0, DEL, C1), and what reorders or hides text. All of them are in the first plane of Unicode.
fn is_active(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}b\r\nc";

    #[test]
    fn nothing_of_a_hostile_text_moves_a_terminal() {
        let shown = one_line(HOSTILE);
        assert_eq!(shown, r"a\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}b c");
        assert!(lines(HOSTILE).all(|line| !line.contains(is_active)));
    }

    #[test]
    fn json_stays_the_same_json_on_one_line() {
        let json = "{\n  \"result\": \"a\u{9b}b\u{202e}\",\r\n\t\"n\": 12.50\n}";
        let line = json_line(json);
        assert!(!line.contains(is_active), "{line}");
        assert!(line.contains("12.50"));
        let same = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(same(&line), same(json));
    }

    #[test]
    fn what_is_cut_off_is_seen_to_be() {
        assert_eq!(shortened("Überschuss", 5), "Über…");
        assert_eq!(shortened("kurz", 5), "kurz");
    }
}
