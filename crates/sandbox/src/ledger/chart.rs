//! The chart of accounts of a book: its accounts and groups, looked up and shown.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use bkper_model::{self as wire, AgentId, BookId, FileId, normalize_name};
use rusqlite::Connection;

use super::{Account, AccountId, Group, GroupId, apps, files};
use crate::refusal::{Kind, Refusal};
use crate::store;

/// The accounts and groups of one book, read when they are first asked for, and once a request. Make a new one after a
/// change.
pub(crate) struct Chart<'a> {
    db: &'a Connection,
    book: &'a BookId,
    accounts: RefCell<HashMap<AccountId, Rc<wire::Account>>>,
    groups: RefCell<HashMap<GroupId, Rc<wire::Group>>>,
    agents: RefCell<HashMap<AgentId, Rc<wire::Agent>>>,
}

impl<'a> Chart<'a> {
    pub(crate) fn new(db: &'a Connection, book: &'a BookId) -> Self {
        Self {
            db,
            book,
            accounts: RefCell::default(),
            groups: RefCell::default(),
            agents: RefCell::default(),
        }
    }

    /// The app that made something, as it stands there.
    pub(super) fn agent(&self, id: &AgentId) -> Result<Rc<wire::Agent>, Refusal> {
        if let Some(agent) = self.agents.borrow().get(id) {
            return Ok(Rc::clone(agent));
        }
        let agent = Rc::new(apps::agent(self.db, id)?);
        self.agents.borrow_mut().insert(id.clone(), Rc::clone(&agent));
        Ok(agent)
    }

    /// The account with this id or else with this name. Ids of other books are no ids here.
    pub(crate) fn find_account(&self, id_or_name: &str) -> Result<Option<Account>, Refusal> {
        if let Some(id) = AccountId::parse(id_or_name)
            && let Some(account) = store::accounts::find(self.db, self.book, id)?
        {
            return Ok(Some(account));
        }
        Ok(store::accounts::named(self.db, self.book, &normalize_name(id_or_name))?)
    }

    /// The same, where it must be there.
    pub(crate) fn account(&self, id_or_name: &str) -> Result<Account, Refusal> {
        let unknown = || Refusal::NotFound { kind: Kind::Account, id: id_or_name.to_owned() };
        in_url(id_or_name, |text| self.find_account(text))?.ok_or_else(unknown)
    }

    /// The account that a client refers to by id, name, or the whole account, be it of another book; `None` for one that
    /// is not in this book.
    pub(crate) fn referred_account(&self, reference: &wire::Account) -> Result<Option<Account>, Refusal> {
        let id = reference.id.as_ref().map(AsRef::as_ref);
        let name = reference.name.as_deref();
        Self::referred(id, name, |text| self.find_account(text))
    }

    /// The group with this id or else with this name.
    pub(crate) fn find_group(&self, id_or_name: &str) -> Result<Option<Group>, Refusal> {
        if let Some(id) = GroupId::parse(id_or_name)
            && let Some(group) = store::groups::find(self.db, self.book, id)?
        {
            return Ok(Some(group));
        }
        Ok(store::groups::named(self.db, self.book, &normalize_name(id_or_name))?)
    }

    /// The same, where it must be there.
    pub(crate) fn group(&self, id_or_name: &str) -> Result<Group, Refusal> {
        let unknown = || Refusal::NotFound { kind: Kind::Group, id: id_or_name.to_owned() };
        in_url(id_or_name, |text| self.find_group(text))?.ok_or_else(unknown)
    }

    /// The group that a client refers to, as with accounts.
    pub(crate) fn referred_group(&self, reference: &wire::Group) -> Result<Option<Group>, Refusal> {
        let id = reference.id.as_ref().map(AsRef::as_ref);
        let name = reference.name.as_deref();
        Self::referred(id, name, |text| self.find_group(text))
    }

    /// The groups that a client refers to. Those that are not in this book are left out.
    pub(crate) fn referred_groups(&self, references: &[wire::Group]) -> Result<BTreeSet<GroupId>, Refusal> {
        let groups = references.iter().filter_map(|group| self.referred_group(group).transpose());
        groups.map(|group| Ok(group?.id)).collect()
    }

    fn referred<T>(
        id: Option<&str>,
        name: Option<&str>,
        find: impl Fn(&str) -> Result<Option<T>, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        for text in [id, name].into_iter().flatten().filter(|text| !text.is_empty()) {
            if let Some(found) = find(text)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The account with its groups, as it stands in answers and events.
    pub(crate) fn shown_account(&self, id: AccountId) -> Result<Rc<wire::Account>, Refusal> {
        if let Some(shown) = self.accounts.borrow().get(&id) {
            return Ok(Rc::clone(shown));
        }
        let unknown = || Refusal::NotFound { kind: Kind::Account, id: id.0.to_string() };
        let account = store::accounts::find(self.db, self.book, id)?.ok_or_else(unknown)?;
        let shown = Rc::new(self.show_account(&account)?);
        self.accounts.borrow_mut().insert(id, Rc::clone(&shown));
        Ok(shown)
    }

    /// Follows the account's first posted transaction, which it is shown with.
    pub(crate) fn notice(&self, id: AccountId) {
        let is_noted = |account: &Rc<wire::Account>| account.has_transaction_posted == Some(true);
        if !self.accounts.borrow().get(&id).is_some_and(is_noted) {
            self.accounts.borrow_mut().remove(&id);
        }
    }

    /// The account with its groups.
    pub(crate) fn show_account(&self, account: &Account) -> Result<wire::Account, Refusal> {
        let groups = account.groups.iter().map(|group| self.shown_group(*group)).collect::<Result<_, _>>()?;
        Ok(account.shown(groups))
    }

    /// All accounts of the book with their groups, by name.
    pub(crate) fn accounts(&self) -> Result<Vec<wire::Account>, Refusal> {
        let accounts = store::accounts::of_book(self.db, self.book)?;
        accounts.iter().map(|account| self.show_account(account)).collect()
    }

    /// All groups of the book with their parents, by name.
    pub(crate) fn groups(&self) -> Result<Vec<wire::Group>, Refusal> {
        let groups = store::groups::of_book(self.db, self.book)?;
        groups.iter().map(|group| self.shown_group(group.id)).collect()
    }

    /// The group with its parent, as it stands in answers and events.
    pub(crate) fn shown_group(&self, id: GroupId) -> Result<wire::Group, Refusal> {
        if let Some(shown) = self.groups.borrow().get(&id) {
            return Ok((**shown).clone());
        }
        let unknown = || Refusal::NotFound { kind: Kind::Group, id: id.0.to_string() };
        let group = store::groups::find(self.db, self.book, id)?.ok_or_else(unknown)?;
        let parent = group.parent.map(|parent| self.shown_group(parent)).transpose()?;
        let shown = group.shown(parent, &store::groups::below(self.db, id)?);
        self.groups.borrow_mut().insert(id, Rc::new(shown.clone()));
        Ok(shown)
    }

    /// Files without their content, as they stand in transactions.
    pub(crate) fn shown_files(&self, files: &[FileId]) -> Result<Vec<wire::File>, Refusal> {
        let found = files.iter().filter_map(|id| store::files::find(self.db, self.book, id).transpose());
        found.map(|file| files::show(self.db, &file?)).collect()
    }
}

/// What a text from a URL means, where `+` can stand for a space.
fn in_url<T>(text: &str, find: impl Fn(&str) -> Result<Option<T>, Refusal>) -> Result<Option<T>, Refusal> {
    match find(text)? {
        None if text.contains('+') => find(&text.replace('+', " ")),
        found => Ok(found),
    }
}
