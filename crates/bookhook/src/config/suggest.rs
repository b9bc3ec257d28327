//! What somebody may have meant by a name that does not exist.

/// The known name that is nearest to `name`, if any is near enough to be meant.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let (distance, nearest) =
        known.into_iter().map(|known| (edits(name, known), known)).min_by_key(|(distance, _)| *distance)?;
    (distance <= (nearest.len() / 3).max(1)).then_some(nearest)
}

/// How many characters must be put in, taken out, changed, or changed with their neighbours to get from one text to
/// the other.
fn edits(from: &str, to: &str) -> usize {
    // Nothing that long is a slip of the pen, and the work grows with its square.
    let from: String = from.chars().take(64).collect();
    strsim::osa_distance(&from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (from, to, count) in [
            ("", "", 0),
            ("deadlin", "deadline", 1),
            ("publicUrl", "public_url", 2),
            ("abc", "", 3),
            ("frist", "first", 1),
        ] {
            assert_eq!(edits(from, to), count, "{from} {to}");
        }
    }

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let known = ["deadline", "timeout", "lane"];
        assert_eq!(nearest("deadlin", known), Some("deadline"));
        assert_eq!(nearest("time_out", known), Some("timeout"));
        assert_eq!(nearest("lnae", known), Some("lane"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("x", []), None);
    }
}
