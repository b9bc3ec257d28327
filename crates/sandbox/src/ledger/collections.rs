//! Collections: books that belong together.
//!
//! A book is in at most one collection: put into another one, it moves. Only its owner changes a collection; everybody
//! else sees it wherever one of its books is seen, with those of its books that they can see.

use std::cell::RefCell;
use std::collections::HashMap;

use bkper_model::{self as wire, BookId, CollectionId};

use super::{Book, Collection, Permission, Right};
use crate::act::{Act, View};
use crate::refusal::{Kind, Refusal};
use crate::store;

/// The collections as they were shown in this request. Every event repeats the whole collection of its book.
#[derive(Default)]
pub(crate) struct Shown(RefCell<HashMap<CollectionId, wire::Collection>>);

impl Shown {
    fn find(&self, id: &CollectionId) -> Option<wire::Collection> {
        self.0.borrow().get(id).cloned()
    }

    fn keep(&self, id: CollectionId, shown: wire::Collection) {
        self.0.borrow_mut().insert(id, shown);
    }

    /// To be called when a book or a collection changed.
    pub(crate) fn forget(&self) {
        self.0.borrow_mut().clear();
    }
}

/// The collection that the book is in, with those of its books that the user can see.
pub(crate) fn of_book(view: &View<'_>, book: &Book) -> Result<Option<wire::Collection>, Refusal> {
    let Some(id) = store::collections::id_of_book(view.db, &book.id)? else { return Ok(None) };
    if let Some(shown) = view.collections.find(&id) {
        return Ok(Some(shown));
    }
    let shown = show(view, &find(view, &id)?)?;
    view.collections.keep(id, shown.clone());
    Ok(Some(shown))
}

/// The user's own collections, and those of the books that are shared with the user.
pub(crate) fn list(view: &View<'_>) -> Result<Vec<wire::Collection>, Refusal> {
    let collections = store::collections::of_user(view.db, &view.actor.user.id)?;
    collections.iter().map(|collection| show(view, collection)).collect()
}

/// A new collection, without books. Its creator owns it.
pub(crate) fn create(act: &Act<'_>, body: &wire::Collection) -> Result<wire::Collection, Refusal> {
    let owner = &act.actor.user;
    let collection = Collection {
        id: CollectionId::new(act.opaque_id("collection")?),
        name: name_in(body)?.ok_or(Refusal::Required { field: "name" })?,
        owner: owner.id.clone(),
        owner_name: owner.username.clone(),
        agent: act.actor.agent.clone(),
        created: act.now,
        updated: act.now,
    };
    store::collections::insert(act.db, &collection)?;
    show(act, &collection)
}

/// Renames the collection.
pub(crate) fn update(act: &Act<'_>, body: &wire::Collection) -> Result<wire::Collection, Refusal> {
    let id = body.id.as_ref().ok_or(Refusal::Required { field: "id" })?;
    let mut collection = own(act, id)?;
    if let Some(name) = name_in(body)?.filter(|name| *name != collection.name) {
        collection.name = name;
        collection.updated = act.now;
        store::collections::update(act.db, &collection)?;
        act.collections.forget();
    }
    show(act, &collection)
}

/// Deletes the collection, and gives the books that were in it.
pub(crate) fn delete(act: &Act<'_>, id: &CollectionId) -> Result<Vec<wire::Book>, Refusal> {
    let collection = own(act, id)?;
    let members = store::collections::members(act.db, id, &act.actor.user.id)?;
    store::collections::delete(act.db, &collection.id)?;
    let books: Vec<_> = members.into_iter().map(|member| member.book.id).collect();
    moved(act, &books)
}

/// Puts the books into the collection. The user has to see them; out of somebody else's collection they are only taken
/// by who manages them.
pub(crate) fn add(act: &Act<'_>, id: &CollectionId, books: &[BookId]) -> Result<Vec<wire::Book>, Refusal> {
    let collection = own(act, id)?;
    for book in books {
        act.enter(book, Right::See)?;
        if let Some(other) = store::collections::id_of_book(act.db, book)?
            && find(act, &other)?.permission_of(&act.actor.user) < Permission::Owner
        {
            act.enter(book, Right::Manage)?;
        }
        store::collections::join(act.db, &collection.id, book)?;
    }
    moved(act, books)
}

/// Takes the books out of the collection, and gives those that were in it.
pub(crate) fn remove(act: &Act<'_>, id: &CollectionId, books: &[BookId]) -> Result<Vec<wire::Book>, Refusal> {
    let collection = own(act, id)?;
    let mut removed = Vec::new();
    for book in books {
        if store::collections::leave(act.db, &collection.id, book)? {
            removed.push(book.clone());
        } else {
            act.enter(book, Right::See)?;
        }
    }
    moved(act, &removed)
}

fn find(view: &View<'_>, id: &CollectionId) -> Result<Collection, Refusal> {
    let unknown = || Refusal::NotFound { kind: Kind::Collection, id: id.to_string() };
    store::collections::find(view.db, id)?.ok_or_else(unknown)
}

/// The collection, if it is the user's.
fn own(view: &View<'_>, id: &CollectionId) -> Result<Collection, Refusal> {
    let collection = find(view, id)?;
    match collection.permission_of(&view.actor.user) {
        Permission::Owner => Ok(collection),
        _ => Err(Refusal::NotTheOwner { kind: Kind::Collection, owner: collection.owner_name }),
    }
}

fn name_in(body: &wire::Collection) -> Result<Option<String>, Refusal> {
    match &body.name {
        Some(name) if name.trim().is_empty() => Err(Refusal::Required { field: "name" }),
        name => Ok(name.clone()),
    }
}

fn show(view: &View<'_>, collection: &Collection) -> Result<wire::Collection, Refusal> {
    let user = &view.actor.user;
    let members = store::collections::members(view.db, &collection.id, &user.id)?;
    let books = members.into_iter().filter_map(|member| {
        let permission = member.book.permission_with(member.shared);
        let last_update = Some(member.last_update.into());
        let settings = || wire::Book { last_update, ..member.book.settings(view.now, permission) };
        Right::See.is_in(permission).then(settings)
    });
    Ok(collection.shown(user, books.collect()))
}

/// Those of the books that the user sees, after they came into a collection or out of one.
fn moved(act: &Act<'_>, books: &[BookId]) -> Result<Vec<wire::Book>, Refusal> {
    act.collections.forget();
    let mut shown = Vec::new();
    for id in books {
        let Some(book) = store::books::find(act.db, id)? else { continue };
        act.touch(&book)?;
        let permission = book.permission_of(act.db, &act.actor.user)?;
        if Right::See.is_in(permission) {
            shown.push(book.shown(act, permission)?);
        }
    }
    Ok(shown)
}
