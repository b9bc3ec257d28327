//! When to come back, as an answer's `Retry-After` asks for it.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// How long the answer asks to be left alone: a number of seconds, or a date, which counts from the answer's own `Date`,
/// so that it does not matter whether the clocks agree. What cannot be read asks for nothing.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let wish = text(headers, &RETRY_AFTER)?;
    if let Ok(seconds) = wish.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = date(wish)?;
    let now = date(text(headers, &DATE)?)?;
    Some(then.duration_since(now).unwrap_or_default())
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn wish(text: &'static str) -> Option<Duration> {
        let noon = HeaderValue::from_static("Sat, 21 Nov 2026 12:00:00 GMT");
        retry_after(&[(DATE, noon), (RETRY_AFTER, HeaderValue::from_static(text))].into_iter().collect())
    }

    #[test]
    fn a_number_is_in_seconds() {
        assert_eq!(wish("120"), Some(Duration::from_mins(2)));
        assert_eq!(wish(" 0 "), Some(Duration::ZERO));
    }

    #[test]
    fn a_date_counts_from_the_answers_own() {
        assert_eq!(wish("Sat, 21 Nov 2026 12:01:30 GMT"), Some(Duration::from_secs(90)));
        assert_eq!(wish("Sat, 21 Nov 2026 11:00:00 GMT"), Some(Duration::ZERO));
    }

    #[test]
    fn what_cannot_be_read_asks_for_nothing() {
        for text in ["", "soon", "-1", "1.5", "99999999999999999999999"] {
            assert_eq!(wish(text), None, "{text}");
        }
    }
}
