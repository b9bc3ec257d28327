//! What a seed says, read and not yet judged by the ledger.

use bkper_model::{self as wire, AgentId, BookId, Decimal};

use super::day::Day;
use super::place::Placed;
use crate::ledger::{User, UserId};
use crate::registry::OwnEvents;

/// All of it.
#[derive(Clone, Default)]
pub(super) struct World {
    pub(super) users: Vec<Placed<Person>>,
    pub(super) apps: Vec<Placed<App>>,
    pub(super) books: Vec<Placed<Book>>,
}

#[derive(Clone)]
pub(super) struct Person {
    pub(super) username: String,
    pub(super) email: Option<String>,
    pub(super) name: Option<String>,
    pub(super) tokens: Vec<String>,
}

#[derive(Clone)]
pub(super) struct App {
    pub(super) manifest: wire::App,
    pub(super) owner: String,
    pub(super) own_events: OwnEvents,
}

impl Person {
    pub(super) fn user(&self, id: UserId) -> User {
        let user = User::named(id, &self.username.to_ascii_lowercase());
        User {
            email: self.email.as_ref().map_or(user.email, |email| email.to_ascii_lowercase()),
            name: self.name.clone().unwrap_or(user.name),
            ..user
        }
    }
}

#[derive(Clone)]
pub(super) struct Book {
    pub(super) id: Option<BookId>,
    pub(super) owner: String,
    pub(super) collection: Option<String>,
    pub(super) settings: wire::Book,
    pub(super) lock_date: Option<Day>,
    pub(super) closing_date: Option<Day>,
    /// Parents before their children.
    pub(super) groups: Vec<Placed<wire::Group>>,
    pub(super) accounts: Vec<Placed<Account>>,
    pub(super) transactions: Vec<Placed<Transaction>>,
    pub(super) queries: Vec<Placed<wire::Query>>,
    pub(super) collaborators: Vec<Placed<wire::Collaborator>>,
    pub(super) apps: Vec<Placed<AgentId>>,
}

#[derive(Clone)]
pub(super) struct Account {
    pub(super) body: wire::Account,
    pub(super) groups: Vec<Placed<String>>,
}

#[derive(Clone)]
pub(super) struct Transaction {
    pub(super) body: wire::Transaction,
    pub(super) date: Option<Day>,
    pub(super) amount: Option<Decimal>,
    pub(super) from: Option<Placed<String>>,
    pub(super) to: Option<Placed<String>>,
    pub(super) trashed: bool,
}
