//! Texts with `*` for any characters: names of files, and the users whom an app is for.

use super::User;

/// Whether the text is of this pattern, in any case. `*` stands for any characters, `?` for one.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let text: Vec<char> = text.to_lowercase().chars().collect();
    begins_with(&pattern, &text)
}

/// Whether the user is one of these: usernames, addresses and patterns such as `*@example.com`, between commas or
/// spaces.
pub(super) fn names(list: &str, user: &User) -> bool {
    let is_user = |pattern: &str| matches(pattern, &user.username) || matches(pattern, &user.email);
    list.split(',').flat_map(str::split_whitespace).any(is_user)
}

/// Compares from left to right. Of a `*` that failed, only the last one needs to be tried with more characters.
fn begins_with(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut here) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while here < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, here));
                at += 1;
            }
            Some(&c) if c == '?' || c == text[here] => {
                at += 1;
                here += 1;
            }
            _ => {
                let Some((before, taken)) = star else { return false };
                star = Some((before, taken + 1));
                (at, here) = (before + 1, taken + 1);
            }
        }
    }
    pattern[at..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, text, expected) in [
            ("*.ofx", "January.OFX", true),
            ("*.ofx", ".ofx", true),
            ("*.ofx", "january.ofx.txt", false),
            ("statement-??.csv", "statement-01.csv", true),
            ("statement-??.csv", "statement-1.csv", false),
            ("*a*b*", "xaxxbx", true),
            ("*a*b", "abab", true),
            ("*a*b", "aba", false),
            ("*", "", true),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn users_are_named_by_name_address_or_domain() {
        let mia = User::named("user1".into(), "mia@aurora.example");
        for list in
            ["mia", "zoe, mia", "zoe mia", "MIA@aurora.example", "*@aurora.example", "zoe,*@aurora.example"]
        {
            assert!(names(list, &mia), "{list}");
        }
        for list in ["", " , ", "miami", "*@example.com", "@aurora.example"] {
            assert!(!names(list, &mia), "{list}");
        }
    }
}
