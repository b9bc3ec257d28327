//! Names and texts in the forms that they are compared in.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

/// The form in which names of accounts and groups are compared and must be unique: lower case, without diacritics,
/// words joined by `_`. What separates words is any number of spaces, `_` and `-`; other punctuation stays.
///
/// ```
/// use bkper_model::normalize_name;
///
/// assert_eq!(normalize_name("  Current-Assets  "), "current_assets");
/// assert_eq!(normalize_name("T-shirts"), "t_shirts");
/// assert_eq!(normalize_name("Ações & Straße"), "acoes_&_strasse");
/// assert_eq!(normalize_name(" - "), "");
/// ```
pub fn normalize_name(name: &str) -> String {
    let folded = fold_text(name);
    let separates = |character: char| character == '_' || character == '-' || character.is_whitespace();
    folded.split(separates).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}

/// The text in lower case and without diacritics (and `ss` for `ß`), for searches that ignore both.
///
/// ```
/// use bkper_model::fold_text;
///
/// assert_eq!(fold_text("Café CRÈME, Maß"), "cafe creme, mass");
/// ```
pub fn fold_text(text: &str) -> String {
    let lower = text.to_lowercase().replace('ß', "ss");
    // Composed again, because decomposed Korean syllables or Japanese kana have parts that are no diacritics.
    lower.nfd().filter(|&character| !is_diacritic(character)).nfc().collect()
}

/// The combining marks of alphabets whose letters are the same letters without them.
fn is_diacritic(character: char) -> bool {
    matches!(character,
        '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{FE20}'..='\u{FE2F}')
}

/// The hashtags of a description, without `#`: each one once, in the order and case that they were written in.
///
/// ```
/// use bkper_model::hashtags;
///
/// assert_eq!(hashtags("#vatout Service #Sold, again #vatout!"), ["vatout", "Sold"]);
/// ```
pub fn hashtags(description: &str) -> Vec<&str> {
    let mut tags = Vec::new();
    let mut seen = HashSet::new();
    for after_hash in description.split('#').skip(1) {
        let end = after_hash.find(|character| !is_in_hashtag(character)).unwrap_or(after_hash.len());
        let tag = &after_hash[..end];
        if !tag.is_empty() && seen.insert(tag) {
            tags.push(tag);
        }
    }
    tags
}

/// Whether a text without `#` is one hashtag as a whole.
pub(crate) fn is_hashtag(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_in_hashtag)
}

fn is_in_hashtag(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_name_are_equal() {
        for spelling in ["Output Tax", " output  TAX ", "output_tax", "Output-Tax", "Öutpüt\tTáx"] {
            assert_eq!(normalize_name(spelling), "output_tax");
        }
    }

    #[test]
    fn composed_and_decomposed_letters_are_equal() {
        assert_eq!(normalize_name("Ac\u{327}o\u{303}es"), normalize_name("Ações"));
        assert_eq!(normalize_name("Ång"), normalize_name("\u{212B}ng"));
    }

    #[test]
    fn letters_of_other_scripts_stay() {
        for name in ["現金", "が", "한국", "деньги", "नकद"] {
            assert_eq!(normalize_name(name), name);
        }
    }

    #[test]
    fn other_punctuation_stays() {
        assert_eq!(normalize_name("R&D (2025): 50%"), "r&d_(2025):_50%");
    }

    #[test]
    fn a_hashtag_ends_where_a_letter_does() {
        assert_eq!(hashtags(""), Vec::<&str>::new());
        assert_eq!(hashtags("# ## #-"), Vec::<&str>::new());
        assert_eq!(hashtags("a#b##c #água-viva #2025_q1."), ["b", "c", "água", "2025_q1"]);
    }

    #[test]
    fn hashtags_differ_by_case() {
        assert_eq!(hashtags("#Vat #vat #Vat"), ["Vat", "vat"]);
    }

    proptest! {
        #[test]
        fn normalizing_twice_changes_nothing(name in any::<String>()) {
            let once = normalize_name(&name);
            prop_assert_eq!(normalize_name(&once), once);
        }

        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold_text(&text);
            prop_assert_eq!(fold_text(&once), once);
        }
    }
}
