//! When to come back, as an answer's `Retry-After` asks for it.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, HeaderName, RETRY_AFTER};

/// No wish is honoured for longer than this.
const LONGEST: Duration = Duration::from_hours(24);

/// How long the answer asks to be left alone: a number of seconds, or a date.
///
/// A date is read against the answer's own `Date`, so that it does not matter whether the two clocks agree. Without
/// one a date says nothing; nor does a header that cannot be read.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let wish = text(headers, &RETRY_AFTER)?;
    let asked = if is_number(wish) { seconds(wish) } else { until(wish, headers)? };
    Some(asked.min(LONGEST))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

/// Only a number that is far too large fails to parse here.
fn seconds(number: &str) -> Duration {
    number.parse().map_or(LONGEST, Duration::from_secs)
}

fn until(date: &str, headers: &HeaderMap) -> Option<Duration> {
    let then = http_date(date)?;
    let now = http_date(text(headers, &DATE)?)?;
    Some(then.duration_since(now).unwrap_or(Duration::ZERO))
}

fn http_date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(headers: &[(HeaderName, &'static str)]) -> Option<Duration> {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        retry_after(&headers.collect())
    }

    fn at_noon(wish: &'static str) -> Option<Duration> {
        read(&[(DATE, "Sat, 21 Nov 2026 12:00:00 GMT"), (RETRY_AFTER, wish)])
    }

    #[test]
    fn a_number_is_in_seconds() {
        assert_eq!(read(&[(RETRY_AFTER, "0")]), Some(Duration::ZERO));
        assert_eq!(read(&[(RETRY_AFTER, " 120 ")]), Some(Duration::from_mins(2)));
    }

    #[test]
    fn a_date_counts_from_the_answers_own_date() {
        assert_eq!(at_noon("Sat, 21 Nov 2026 12:01:30 GMT"), Some(Duration::from_secs(90)));
        assert_eq!(at_noon("Saturday, 21-Nov-26 12:00:05 GMT"), Some(Duration::from_secs(5)));
        assert_eq!(at_noon("Sat Nov 21 12:00:07 2026"), Some(Duration::from_secs(7)));
    }

    #[test]
    fn a_date_that_is_past_means_now() {
        assert_eq!(at_noon("Sat, 21 Nov 2026 11:59:59 GMT"), Some(Duration::ZERO));
    }

    #[test]
    fn nobody_waits_for_more_than_a_day() {
        for wish in ["86401", "99999999999999999999999", "Thu, 21 Nov 2030 12:00:00 GMT"] {
            assert_eq!(at_noon(wish), Some(LONGEST), "{wish}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_nothing() {
        for wish in ["", "soon", "-1", "1.5", "Sat, 41 Nov 2026 12:00:00 GMT"] {
            assert_eq!(at_noon(wish), None, "{wish}");
        }
        assert_eq!(read(&[(RETRY_AFTER, "Sat, 21 Nov 2026 12:01:30 GMT")]), None);
        assert_eq!(read(&[]), None);
    }
}
