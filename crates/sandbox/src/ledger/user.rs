//! People.

use bkper_model::{self as wire, UserId};
use serde::{Deserialize, Serialize};

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) username: String,
    pub(crate) email: String,
    /// The name that people see.
    pub(crate) name: String,
}

/// Where users live who were named without an address.
const DOMAIN: &str = "example.com";

impl User {
    /// The user whom this name or email address means.
    pub(crate) fn named(id: UserId, name: &str) -> Self {
        let (username, domain) = name.split_once('@').unwrap_or((name, DOMAIN));
        Self {
            id,
            username: username.to_owned(),
            email: format!("{username}@{domain}"),
            name: capitalized(username),
        }
    }

    /// As others see the user: in events.
    pub(crate) fn shown(&self) -> wire::User {
        wire::User {
            id: Some(self.id.clone()),
            username: Some(self.username.clone()),
            name: Some(self.name.clone()),
            avatar_url: Some(String::new()),
            ..wire::User::default()
        }
    }
}

fn capitalized(username: &str) -> String {
    let words = username.split(['.', '_', '-', '+']).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>())
    };
    words.filter_map(capital).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_enough_to_make_a_user() {
        let user = User::named("user1".into(), "ana.maria");
        assert_eq!(
            (&*user.username, &*user.email, &*user.name),
            ("ana.maria", "ana.maria@example.com", "Ana Maria")
        );
    }

    #[test]
    fn an_address_names_its_user() {
        let user = User::named("user1".into(), "mia@aurora.example");
        assert_eq!((&*user.username, &*user.email, &*user.name), ("mia", "mia@aurora.example", "Mia"));
    }
}
