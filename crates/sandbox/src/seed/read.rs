//! Reading the file of a seed: every key that there is, each thing in a function of its own.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::Path;

use bkper_model::{self as wire, AgentId, BookId, Decimal};

use super::day::Day;
use super::model::{Account, App, Book, Person, Transaction, World};
use super::place::{Mistakes, Place, Placed, SeedProblem};
use super::section::{Findings, Section};
use crate::identity::is_name;
use crate::ledger::User;
use crate::manifest::Manifest;
use crate::registry::OwnEvents;
use crate::yaml::{Node, Written};

/// What the file says. The files that it mentions stand in the folder.
pub(super) fn world(node: &Node, folder: &Path) -> Result<World, Mistakes> {
    let findings = Findings::default();
    let mut world = World::default();
    if let Some(mut top) = Section::of(node, Place::TOP, &findings) {
        let known = RefCell::default();
        world.users = all(top.sections("users"), |section| person(section, &known));
        world.apps = all(top.sections("apps"), |section| app(section, folder));
        world.books = all(top.sections("books"), book);
        top.finish();
    }
    let mistakes = findings.into_mistakes();
    if mistakes.is_empty() { Ok(world) } else { Err(mistakes) }
}

/// What each section says, where it says enough.
fn all<T>(sections: Vec<Section<'_>>, read: impl Fn(&mut Section<'_>) -> Option<T>) -> Vec<Placed<T>> {
    let placed = |mut section: Section<'_>| {
        let place = section.place.clone();
        let value = read(&mut section);
        section.finish();
        value.map(|value| Placed { place, value })
    };
    sections.into_iter().filter_map(placed).collect()
}

fn person(section: &mut Section<'_>, known: &RefCell<HashSet<String>>) -> Option<Person> {
    let username = section.required("username");
    let email = section.text("email").and_then(|email| address(section, email));
    let name = section.text("name").map(|name| name.value);
    let tokens = section.texts("tokens").into_iter().map(|token| token.value).collect();
    let username = username?;
    let place = username.place.clone();
    let person = Person { username: user(section, username)?, email, name, tokens };
    let User { username, email, .. } = person.user("".into());
    if !known.borrow_mut().insert(username.clone()) {
        section.note(place, SeedProblem::Repeated(username));
    } else if !known.borrow_mut().insert(email.clone()) {
        section.note(place, SeedProblem::Repeated(email));
    }
    Some(person)
}

/// A username or an email address.
fn user(section: &Section<'_>, name: Placed<String>) -> Option<String> {
    if is_name(&name.value) {
        return Some(name.value);
    }
    section.note(name.place, SeedProblem::User(name.value));
    None
}

fn address(section: &Section<'_>, email: Placed<String>) -> Option<String> {
    if is_name(&email.value) && email.value.contains('@') {
        return Some(email.value);
    }
    section.note(email.place, SeedProblem::Email(email.value));
    None
}

fn owner(section: &mut Section<'_>) -> Option<String> {
    let owner = section.required("owner")?;
    user(section, owner)
}

fn app(section: &mut Section<'_>, folder: &Path) -> Option<App> {
    let owner = owner(section);
    let own_events = own_events(section);
    let Some(manifest) = section.node("manifest") else {
        section.note(section.place.child("manifest", section.place.at), SeedProblem::Missing);
        return None;
    };
    let manifest = manifest_of(section, manifest, folder);
    Some(App { manifest: manifest?, owner: owner?, own_events })
}

/// The manifest itself, or that in the file or folder.
fn manifest_of(section: &Section<'_>, node: Placed<&Node>, folder: &Path) -> Option<wire::App> {
    let manifest = match &node.value.value {
        Written::Scalar { text, .. } => Manifest::File(folder.join(text)),
        _ => Manifest::Content(node.value.json()),
    };
    manifest.read().map_err(|error| section.note(node.place, SeedProblem::Manifest(with_causes(&error)))).ok()
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn own_events(section: &mut Section<'_>) -> OwnEvents {
    let Some(text) = section.text("own_events") else { return OwnEvents::default() };
    match &*text.value {
        "deliver" => OwnEvents::Deliver,
        "suppress" => OwnEvents::Suppress,
        _ => {
            section.note(text.place, SeedProblem::Form("deliver or suppress"));
            OwnEvents::default()
        }
    }
}

fn book(section: &mut Section<'_>) -> Option<Book> {
    let id = section.text("id").and_then(|id| book_id(section, id));
    let owner = owner(section);
    let book = Book {
        id,
        owner: String::new(),
        collection: section.text("collection").map(|name| name.value),
        settings: settings(section),
        lock_date: day(section, "lockDate"),
        closing_date: day(section, "closingDate"),
        groups: groups(section.sections("groups"), None),
        accounts: all(section.sections("accounts"), |section| Some(account(section))),
        transactions: all(section.sections("transactions"), |section| Some(transaction(section))),
        queries: all(section.sections("queries"), query),
        collaborators: all(section.sections("collaborators"), |section| Some(collaborator(section))),
        apps: section.texts("apps").into_iter().map(agent).collect(),
    };
    Some(Book { owner: owner?, ..book })
}

fn book_id(section: &Section<'_>, id: Placed<String>) -> Option<BookId> {
    let of_id = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !id.value.is_empty() && id.value.chars().all(of_id) {
        return Some(BookId::new(id.value));
    }
    section.note(id.place, SeedProblem::BookId(id.value));
    None
}

/// Under the names that the API has for them.
fn settings(section: &mut Section<'_>) -> wire::Book {
    let mut text = |key| section.text(key).map(|text| text.value);
    let settings = wire::Book {
        name: text("name"),
        date_pattern: text("datePattern"),
        decimal_separator: text("decimalSeparator").map(Into::into),
        time_zone: text("timeZone"),
        period: text("period").map(Into::into),
        period_start_month: text("periodStartMonth").map(Into::into),
        visibility: text("visibility").map(Into::into),
        fraction_digits: section.number("fractionDigits"),
        page_size: section.number("pageSize"),
        auto_post: section.flag("autoPost"),
        properties: section.text_map("properties"),
        ..wire::Book::default()
    };
    section.required("name");
    section.check(&settings);
    settings
}

fn day(section: &mut Section<'_>, key: &'static str) -> Option<Day> {
    let text = section.text(key)?;
    let day = Day::parse(&text.value);
    if day.is_none() {
        section.note(text.place, SeedProblem::Day(text.value));
    }
    day
}

/// The groups and, after each, those in it.
fn groups(sections: Vec<Section<'_>>, parent: Option<&str>) -> Vec<Placed<wire::Group>> {
    let mut groups = Vec::new();
    for mut section in sections {
        let name = section.required("name").map(|name| name.value);
        let parent = parent.map(|name| wire::Group { name: Some(name.to_owned()), ..wire::Group::default() });
        let group = wire::Group {
            name: name.clone(),
            parent: parent.map(Box::new),
            hidden: section.flag("hidden"),
            locked: section.flag("locked"),
            properties: section.text_map("properties"),
            ..wire::Group::default()
        };
        groups.push(Placed { place: section.place.clone(), value: group });
        groups.extend(self::groups(section.sections("groups"), name.as_deref()));
        section.finish();
    }
    groups
}

fn account(section: &mut Section<'_>) -> Account {
    let body = wire::Account {
        name: section.required("name").map(|name| name.value),
        account_type: section.required("type").map(|kind| kind.value.into()),
        archived: section.flag("archived"),
        properties: section.text_map("properties"),
        ..wire::Account::default()
    };
    section.check(&body);
    Account { body, groups: section.texts("groups") }
}

fn transaction(section: &mut Section<'_>) -> Transaction {
    let texts = |texts: Vec<Placed<String>>| texts.into_iter().map(|text| text.value).collect();
    Transaction {
        date: day(section, "date"),
        amount: amount(section),
        from: section.text("from"),
        to: section.text("to"),
        trashed: section.flag("trashed").unwrap_or_default(),
        body: wire::Transaction {
            description: section.text("description").map(|text| text.value),
            draft: section.flag("draft"),
            checked: section.flag("checked"),
            remote_ids: Some(texts(section.texts("remoteIds"))),
            urls: Some(texts(section.texts("urls"))),
            properties: section.text_map("properties"),
            ..wire::Transaction::default()
        },
    }
}

fn amount(section: &mut Section<'_>) -> Option<Decimal> {
    let text = section.text("amount")?;
    let amount = Decimal::from_str_exact(&text.value).ok().filter(|amount| *amount > Decimal::ZERO);
    if amount.is_none() {
        section.note(text.place, SeedProblem::Amount(text.value));
    }
    amount
}

fn query(section: &mut Section<'_>) -> Option<wire::Query> {
    let title = section.required("title");
    let query = section.required("query");
    Some(wire::Query { title: Some(title?.value), query: Some(query?.value), ..wire::Query::default() })
}

fn collaborator(section: &mut Section<'_>) -> wire::Collaborator {
    let name = section.required("user").and_then(|name| user(section, name));
    let permission = section.required("permission");
    let collaborator = wire::Collaborator {
        email: name,
        permission: permission.map(|permission| permission.value.into()),
        ..wire::Collaborator::default()
    };
    section.check(&collaborator);
    collaborator
}

fn agent(id: Placed<String>) -> Placed<AgentId> {
    Placed { place: id.place, value: AgentId::new(id.value) }
}
