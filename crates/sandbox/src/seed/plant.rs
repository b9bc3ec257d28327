//! Putting into the ledger what a seed says. Its rules hold here as they do for clients.

use std::collections::HashMap;

use bkper_model::{self as wire, BookId, CollectionId};
use jiff::Timestamp;
use rusqlite::Connection;

use super::day::Day;
use super::model::{Account, App, Book, Transaction, World};
use super::place::{Mistakes, Place, Placed, SeedProblem};
use crate::act::{Act, Actor, View};
use crate::identity::user_named;
use crate::ledger::transactions::{self, Request};
use crate::ledger::{
    Chart, accounts, apps, books, collaborators, collections, groups, integrations, saved_queries,
};
use crate::refusal::Refusal;
use crate::registry::OwnEvents;
use crate::store;

/// Plants the users.
pub(super) fn users(world: &World, db: &Connection) -> rusqlite::Result<()> {
    for Placed { value: person, .. } in &world.users {
        let user = person.user(crate::ids::opaque(db, "user")?.into());
        store::users::insert(db, &user)?;
        person.tokens.iter().try_for_each(|token| store::users::insert_token(db, token, &user, None))?;
    }
    Ok(())
}

/// Plants the apps and the books, or tells everything that the ledger refuses.
pub(super) fn books(world: &World, db: &Connection, now: Timestamp) -> Result<(), Mistakes> {
    let mut planter = Planter::new(db, now);
    world.apps.iter().for_each(|app| planter.app(app));
    world.books.iter().for_each(|book| planter.book(book));
    planter.verdict()
}

struct Planter<'a> {
    db: &'a Connection,
    now: Timestamp,
    /// By owner and name.
    collections: HashMap<(String, String), CollectionId>,
    mistakes: Mistakes,
}

impl<'a> Planter<'a> {
    fn new(db: &'a Connection, now: Timestamp) -> Self {
        Self { db, now, collections: HashMap::new(), mistakes: Mistakes::new() }
    }

    fn verdict(self) -> Result<(), Mistakes> {
        if self.mistakes.is_empty() { Ok(()) } else { Err(self.mistakes) }
    }

    fn note<T>(&mut self, place: &Place, result: Result<T, Refusal>) -> Option<T> {
        result
            .map_err(|refusal| self.mistakes.push((place.clone(), SeedProblem::Refused(refusal.to_string()))))
            .ok()
    }

    /// Does something in the name of a user, without an event.
    fn act<T>(&self, user: &str, deed: impl FnOnce(&Act<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let actor = Actor { user: user_named(self.db, user)?, agent: None };
        deed(&Act::untold(View::new(self.db, self.now, &actor)))
    }

    fn app(&mut self, app: &Placed<App>) {
        let App { manifest, owner, own_events } = &app.value;
        let created = self.act(owner, |act| {
            let created = apps::create(act, manifest)?;
            if let (Some(id), OwnEvents::Suppress) = (&created.id, own_events) {
                store::apps::suppress_own_events(act.db, id, true)?;
            }
            Ok(())
        });
        self.note(&app.place, created);
    }

    fn book(&mut self, book: &Placed<Book>) {
        let Placed { place, value: book } = book;
        let created = self.act(&book.owner, |act| match &book.id {
            Some(id) => books::create_with_id(act, id.clone(), &book.settings),
            None => books::create(act, &book.settings),
        });
        let Some(id) = self.note(place, created).and_then(|created| created.id) else { return };
        self.chart(&id, book);
        for transaction in &book.transactions {
            self.transaction(&id, book, transaction);
        }
        self.surroundings(&id, book, place);
        self.finish(&id, book, place);
    }

    fn chart(&mut self, id: &BookId, book: &Book) {
        for Placed { place, value } in &book.groups {
            let created = self.act(&book.owner, |act| groups::create(act, id, value));
            self.note(place, created);
        }
        for Placed { place, value: Account { body, groups } } in &book.accounts {
            let groups = groups.iter().filter_map(|group| self.group(id, group)).collect();
            // Nothing could be posted in an account that is archived from its beginning.
            let account = wire::Account { groups: Some(groups), archived: None, ..body.clone() };
            let created = self.act(&book.owner, |act| accounts::create(act, id, &account));
            self.note(place, created);
        }
    }

    fn group(&mut self, book: &BookId, name: &Placed<String>) -> Option<wire::Group> {
        let found = Chart::new(self.db, book).find_group(&name.value);
        let found = self.note(&name.place, found)?;
        if found.is_none() {
            let groups = store::groups::of_book(self.db, book).unwrap_or_default();
            self.unknown(name, groups.into_iter().map(|group| group.name).collect());
        }
        found.map(|group| wire::Group { id: Some(group.id.shown()), ..wire::Group::default() })
    }

    fn account(&mut self, book: &BookId, name: &Placed<String>) -> Option<wire::Account> {
        let found = Chart::new(self.db, book).find_account(&name.value);
        let found = self.note(&name.place, found)?;
        if found.is_none() {
            let accounts = store::accounts::of_book(self.db, book).unwrap_or_default();
            self.unknown(name, accounts.into_iter().map(|account| account.name).collect());
        }
        found.map(|account| wire::Account { id: Some(account.id.shown()), ..wire::Account::default() })
    }

    fn unknown(&mut self, name: &Placed<String>, known: Vec<String>) {
        let problem = SeedProblem::UnknownValue { given: name.value.clone(), known };
        self.mistakes.push((name.place.clone(), problem));
    }

    fn transaction(&mut self, id: &BookId, book: &Book, transaction: &Placed<Transaction>) {
        let Placed { place, value } = transaction;
        let [from, to] = [&value.from, &value.to].map(|name| {
            let Some(name) = name else { return Ok(None) };
            self.account(id, name).map(Some).ok_or(())
        });
        // An account that is not there is told already.
        let (Ok(from), Ok(to)) = (from, to) else { return };
        let body = wire::Transaction {
            date: value.date.map(|day| self.day(id, day).into()),
            amount: value.amount.map(Into::into),
            credit_account: from,
            debit_account: to,
            ..value.body.clone()
        };
        let created = self.act(&book.owner, |act| {
            let created = transactions::one(act, id, Request::Create, &body)?;
            match created.transaction {
                Some(created) if value.trashed => {
                    transactions::one(act, id, Request::Trash { checked_too: true }, &created)?;
                }
                _ => {}
            }
            Ok(())
        });
        self.note(place, created);
    }

    /// The day, in the book's time zone.
    fn day(&self, book: &BookId, day: Day) -> jiff::civil::Date {
        let book = store::books::find(self.db, book).ok().flatten();
        let today = book
            .map_or_else(|| self.now.to_zoned(jiff::tz::TimeZone::UTC).date(), |book| book.today(self.now));
        day.on(today)
    }

    fn surroundings(&mut self, id: &BookId, book: &Book, place: &Place) {
        for Placed { place, value } in &book.queries {
            let created = self.act(&book.owner, |act| saved_queries::create(act, id, value));
            self.note(place, created);
        }
        for Placed { place, value } in &book.collaborators {
            let shared = self.share(id, book, value);
            self.note(place, shared);
        }
        for Placed { place, value } in &book.apps {
            let integration =
                wire::Integration { agent_id: Some(value.clone()), ..wire::Integration::default() };
            let installed = self.act(&book.owner, |act| integrations::create(act, id, &integration));
            self.note(place, installed);
        }
        if let Some(name) = &book.collection {
            let added = self.collect(id, book, name);
            self.note(place, added);
        }
    }

    fn share(&self, id: &BookId, book: &Book, body: &wire::Collaborator) -> Result<(), Refusal> {
        let user = user_named(self.db, body.email.as_deref().unwrap_or_default())?;
        let body = wire::Collaborator { email: Some(user.email), ..body.clone() };
        self.act(&book.owner, |act| collaborators::share(act, id, &body)).map(drop)
    }

    /// Puts the book into its owner's collection of this name, which the first book of it makes.
    fn collect(&mut self, id: &BookId, book: &Book, name: &str) -> Result<(), Refusal> {
        let collection = self.collection(&book.owner, name)?;
        self.act(&book.owner, |act| collections::add(act, &collection, std::slice::from_ref(id))).map(drop)
    }

    fn collection(&mut self, owner: &str, name: &str) -> Result<CollectionId, Refusal> {
        let key = (owner.to_owned(), name.to_owned());
        if let Some(known) = self.collections.get(&key) {
            return Ok(known.clone());
        }
        let body = wire::Collection { name: Some(name.to_owned()), ..wire::Collection::default() };
        let created = self.act(owner, |act| collections::create(act, &body))?;
        let id = created.id.ok_or(Refusal::Required { field: "id" })?;
        self.collections.insert(key, id.clone());
        Ok(id)
    }

    /// What nothing could be recorded after.
    fn finish(&mut self, id: &BookId, book: &Book, place: &Place) {
        for Placed { place, value } in
            book.accounts.iter().filter(|account| account.value.body.archived == Some(true))
        {
            let archived = self.act(&book.owner, |act| {
                let name = value.body.name.as_deref().unwrap_or_default();
                let account = Chart::new(act.db, id).account(name)?;
                let body = wire::Account {
                    id: Some(account.id.shown()),
                    archived: Some(true),
                    ..wire::Account::default()
                };
                accounts::update(act, id, &body)
            });
            self.note(place, archived);
        }
        let dates = wire::Book {
            lock_date: book.lock_date.map(|day| self.day(id, day).into()),
            closing_date: book.closing_date.map(|day| self.day(id, day).into()),
            ..wire::Book::default()
        };
        let closed = self.act(&book.owner, |act| books::update(act, id, &dates));
        self.note(place, closed);
    }
}
