//! A book is copied: its settings, groups and accounts, and what was posted in it.
//!
//! Who sees the book can have a copy of it, which belongs to whom made it. With whom the book is shared, which apps are
//! installed in it and which collection it is in are not copied.

use std::collections::HashMap;

use bkper_model::{self as wire, BookId, EventType, TransactionId};
use jiff::civil;

use super::{
    Account, AccountId, Book, Entered, Group, GroupId, Permission, Right, Transaction, books, collaborators,
    files,
};
use crate::act::Act;
use crate::refusal::Refusal;
use crate::store;

/// What the copy is to have.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The book's name, unless that of its source will do.
    pub(crate) name: Option<String>,
    /// The day from which on posted transactions are copied, if they are.
    pub(crate) since: Option<civil::Date>,
}

/// A copy of the book.
pub(crate) fn copy(act: &Act<'_>, id: &BookId, wanted: Wanted) -> Result<wire::Book, Refusal> {
    let right = if wanted.since.is_some() { Right::Own } else { Right::SeeChart };
    let Entered { book: source, .. } = act.enter(id, right)?;
    let copy = Copy { act, book: copied_book(act, &source, wanted.name)? };
    store::books::insert(act.db, &copy.book)?;
    collaborators::admit(act, &copy.book.id, &act.actor.user, Permission::Owner)?;
    let groups = copy.groups(&source.id)?;
    let accounts = copy.accounts(&source.id, &groups)?;
    if let Some(since) = wanted.since {
        copy.transactions(&source.id, &accounts, since)?;
    }
    books::told(act, &Entered { book: copy.book, permission: Permission::Owner }, EventType::BookCreated)
}

/// A book with the settings of its source. Only its maker sees it, even if everybody sees the source.
fn copied_book(act: &Act<'_>, source: &Book, name: Option<String>) -> Result<Book, Refusal> {
    let owner = &act.actor.user;
    Ok(Book {
        id: BookId::new(act.opaque_id("book")?),
        name: name.unwrap_or_else(|| source.name.clone()),
        owner: owner.id.clone(),
        owner_name: owner.username.clone(),
        visibility: wire::Visibility::Private,
        agent: act.actor.agent.clone(),
        created: act.now,
        updated: act.now,
        ..source.clone()
    })
}

/// A copy in the making.
struct Copy<'a> {
    act: &'a Act<'a>,
    book: Book,
}

impl Copy<'_> {
    /// Copies the groups, and gives the new id of each.
    fn groups(&self, source: &BookId) -> Result<HashMap<GroupId, GroupId>, Refusal> {
        let groups = store::groups::of_book(self.act.db, source)?;
        let new_id = |group: &Group| Ok((group.id, GroupId(self.act.number_id()?)));
        let ids: HashMap<_, _> = groups.iter().map(new_id).collect::<Result<_, Refusal>>()?;
        for group in groups {
            let blank =
                Group::new(ids[&group.id], self.book.id.clone(), self.act.actor.agent.clone(), self.act.now);
            let copied = Group {
                name: group.name,
                parent: group.parent.map(|parent| ids[&parent]),
                hidden: group.hidden,
                locked: group.locked,
                properties: group.properties,
                ..blank
            };
            store::groups::insert(self.act.db, &copied)?;
        }
        Ok(ids)
    }

    /// Copies the accounts, and gives the new id of each.
    fn accounts(
        &self,
        source: &BookId,
        groups: &HashMap<GroupId, GroupId>,
    ) -> Result<HashMap<AccountId, AccountId>, Refusal> {
        let mut ids = HashMap::new();
        for account in store::accounts::of_book(self.act.db, source)? {
            let id = AccountId(self.act.number_id()?);
            ids.insert(account.id, id);
            let blank = Account::new(id, self.book.id.clone(), self.act.actor.agent.clone(), self.act.now);
            let copied = Account {
                name: account.name,
                nature: account.nature,
                archived: account.archived,
                groups: account.groups.iter().map(|group| groups[group]).collect(),
                properties: account.properties,
                ..blank
            };
            store::accounts::insert(self.act.db, &copied)?;
        }
        Ok(ids)
    }

    /// Copies what was posted on the day and later, in its order.
    fn transactions(
        &self,
        source: &BookId,
        accounts: &HashMap<AccountId, AccountId>,
        since: civil::Date,
    ) -> Result<(), Refusal> {
        for transaction in store::transactions::posted(self.act.db, source, since)? {
            let copied = Transaction {
                id: TransactionId::new(self.act.opaque_id("tx")?),
                book: self.book.id.clone(),
                credit: transaction.credit.map(|account| accounts[&account]),
                debit: transaction.debit.map(|account| accounts[&account]),
                files: files::copy(self.act, source, &transaction.files, &self.book.id)?,
                agent: self.act.actor.agent.clone(),
                created_by: self.act.actor.user.username.clone(),
                created: self.act.now,
                updated: self.act.now,
                ..transaction
            };
            store::transactions::insert(self.act.db, &copied)?;
        }
        Ok(())
    }
}
