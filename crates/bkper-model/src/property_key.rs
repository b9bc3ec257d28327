//! Keys of custom properties.

use unicode_normalization::UnicodeNormalization;

/// A key that is too long even in its normalized form, which has at most 30 characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the property key \"{key:.40}\" has {characters} characters, 30 is the limit")]
pub struct PropertyKeyTooLong {
    /// The key in its normalized form.
    pub key: String,
    /// Its number of characters.
    pub characters: usize,
}

const CHARACTERS_MAX: usize = 30;

/// The form in which the key of a custom property is stored: lower case, words joined by `_`, only letters, digits,
/// `_` and `-`, at most 30 characters. Empty when nothing of the key is left; such a key stands for no property.
///
/// A key that ends in `_` is hidden: it is stored like any other, and clients do not show it.
///
/// ```
/// use bkper_model::property_key;
///
/// assert_eq!(property_key("testKey")?, "testkey");
/// assert_eq!(property_key(" Tax rate (%) ")?, "tax_rate_");
/// assert_eq!(property_key("!?")?, "");
/// assert!(property_key(&"x".repeat(31)).is_err());
/// # Ok::<(), bkper_model::PropertyKeyTooLong>(())
/// ```
pub fn property_key(text: &str) -> Result<String, PropertyKeyTooLong> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let lower = words.join("_").to_lowercase();
    // Composed again at the end, because letters may have come together that were apart.
    let key: String = lower.nfc().filter(|&character| is_in_key(character)).nfc().collect();
    let characters = key.chars().count();
    if characters > CHARACTERS_MAX { Err(PropertyKeyTooLong { key, characters }) } else { Ok(key) }
}

pub(crate) fn is_in_key(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_of_real_apps_stay_as_they_are() {
        for key in ["exc_code", "stock-fair", "tax_included_amount", "hidden_", "taxa_ção", "2025"] {
            assert_eq!(property_key(key).as_deref(), Ok(key));
        }
    }

    #[test]
    fn spaces_and_punctuation_are_replaced_and_removed() {
        assert_eq!(property_key("\tExchange  Code!").as_deref(), Ok("exchange_code"));
        assert_eq!(property_key("a.b/c$d").as_deref(), Ok("abcd"));
    }

    #[test]
    fn the_length_counts_after_normalisation() {
        let longest = "é".repeat(30);
        assert_eq!(property_key(&format!("  {longest}!!!")), Ok(longest.clone()));
        let error = property_key(&format!("{longest}x")).unwrap_err();
        assert_eq!(error.characters, 31);
    }
    proptest! {
        #[test]
        fn a_key_is_its_own_key(text in ".{0,20}") {
            let key = property_key(&text);
            prop_assert_eq!(key.as_deref().map(property_key), Ok(key.clone()));
        }
    }
}
