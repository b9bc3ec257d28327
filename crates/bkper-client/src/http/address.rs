//! Texts in URLs, encoded as JavaScript's `encodeURIComponent` does it: the API's own clients do.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The path of these segments, each of them encoded. Fails with the path so far at a segment that would not be there for
/// a server.
///
/// An empty segment is dropped with its slash, `.` and `..` are taken as steps through the path: to delete the account
/// `..` would be to delete its book.
pub(super) fn path<'a>(segments: impl IntoIterator<Item = &'a str>) -> Result<String, String> {
    let mut path = String::from("/v5");
    for segment in segments {
        if matches!(segment, "" | "." | "..") {
            return Err(path);
        }
        // Writing to a text cannot fail.
        let _ = write!(path, "/{}", encoded(segment));
    }
    Ok(path)
}

/// Adds `name=value` to a query string.
pub(super) fn add_parameter(query: &mut String, name: &str, value: &str) {
    let separator = if query.is_empty() { '?' } else { '&' };
    let _ = write!(query, "{separator}{name}={}", encoded(value));
}

fn encoded(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, ENCODED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_segment_whatever_is_in_it() {
        let of = |name| path(["books", "b1", "accounts", name]);
        for (name, encoded) in [
            ("Bank Account", "Bank%20Account"),
            ("A/P 50%", "A%2FP%2050%25"),
            ("café?#&=+", "caf%C3%A9%3F%23%26%3D%2B"),
            ("it's (really) fine!~*", "it's%20(really)%20fine!~*"),
            ("a\\b", "a%5Cb"),
            ("...", "..."),
        ] {
            assert_eq!(of(name), Ok(format!("/v5/books/b1/accounts/{encoded}")), "{name}");
        }
    }

    #[test]
    fn a_step_through_the_path_is_no_segment() {
        for name in ["", ".", ".."] {
            let path = path(["books", "b1", "accounts", name, "groups"]);
            assert_eq!(path, Err("/v5/books/b1/accounts".into()), "{name:?}");
        }
    }

    #[test]
    fn parameters_are_encoded_too() {
        let mut query = String::new();
        add_parameter(&mut query, "query", "account:'A & B' after:$m-1");
        add_parameter(&mut query, "limit", "50");
        assert_eq!(query, "?query=account%3A'A%20%26%20B'%20after%3A%24m-1&limit=50");
    }
}
