//! `${NAME}` in a value: the environment in the configuration file.

use super::environment::Env;
use super::problem::Problem;

/// `text` with every `${NAME}` replaced by that variable and every `$${` by `${`. What a variable holds is taken as it
/// is, references in it included.
pub(super) fn expand(text: &str, env: Env<'_>) -> Result<String, Problem> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, reference) = rest.split_at(at);
        if let Some(before) = before.strip_suffix('$') {
            expanded.push_str(before);
            expanded.push_str("${");
            rest = &reference[2..];
            continue;
        }
        let (name, after) = reference[2..].split_once('}').ok_or(Problem::BadReference)?;
        if !is_variable_name(name) {
            return Err(Problem::BadReference);
        }
        expanded.push_str(before);
        expanded.push_str(&env(name).ok_or_else(|| Problem::NotSet(name.to_owned()))?);
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

fn is_variable_name(name: &str) -> bool {
    let inner = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
    name.bytes().all(inner) && name.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> Result<String, String> {
        let env = |name: &str| (name == "A_1").then(|| "a${B}".to_owned());
        expand(text, &env).map_err(|problem| problem.to_string())
    }

    #[test]
    fn variables_are_put_in_once() {
        assert_eq!(expanded("x ${A_1}-${A_1} $ {y} $z").unwrap(), "x a${B}-a${B} $ {y} $z");
    }

    #[test]
    fn two_dollars_keep_the_braces() {
        assert_eq!(expanded("$${A_1} $$ $$${A_1}").unwrap(), "${A_1} $$ $${A_1}");
    }

    #[test]
    fn what_is_no_reference_is_an_error() {
        assert_eq!(expanded("${C}").unwrap_err(), "the environment variable C is not set");
        for bad in ["${", "${A_1", "${}", "${1A}", "${A-1}", "${A_1:-x}"] {
            assert!(expanded(bad).unwrap_err().starts_with("`${` begins no reference"), "{bad}");
        }
    }
}
