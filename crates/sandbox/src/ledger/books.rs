//! Books are created, found, changed and deleted.

use bkper_model::{self as wire, BookId, EventObject, EventType};

use super::{Book, Chart, Entered, Permission, Right, collaborators};
use crate::act::{Act, View};
use crate::refusal::Refusal;
use crate::store;

/// The user's books whose name contains the text, in any case.
pub(crate) fn list(view: &View<'_>, name: Option<&str>) -> Result<Vec<wire::Book>, Refusal> {
    let wanted = name.unwrap_or_default().to_lowercase();
    let books = store::books::of_user(view.db, &view.actor.user.id)?;
    let books = books.into_iter().filter(|book| book.name.to_lowercase().contains(&wanted));
    books.map(|book| book.shown(view, book.permission_of(view.db, &view.actor.user)?)).collect()
}

/// A new book. Its creator owns it.
pub(crate) fn create(act: &Act<'_>, body: &wire::Book) -> Result<wire::Book, Refusal> {
    create_with_id(act, BookId::new(act.opaque_id("book")?), body)
}

/// The same, with an id that somebody chose.
pub(crate) fn create_with_id(act: &Act<'_>, id: BookId, body: &wire::Book) -> Result<wire::Book, Refusal> {
    if store::books::find(act.db, &id)?.is_some() {
        return Err(Refusal::Invalid { field: "id", message: format!("there is a book {id} already") });
    }
    let owner = &act.actor.user;
    let mut book = Book::new(id, owner, act.actor.agent.clone(), act.now);
    book.change(body)?;
    if book.name.is_empty() {
        return Err(Refusal::Required { field: "name" });
    }
    store::books::insert(act.db, &book)?;
    collaborators::admit(act, &book.id, owner, Permission::Owner)?;
    told(act, &Entered { book, permission: Permission::Owner }, EventType::BookCreated)
}

/// What comes with a book.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Load {
    pub(crate) accounts: bool,
    pub(crate) groups: bool,
}

/// The book as it is. Who may not see its chart gets the book without.
pub(crate) fn get(view: &View<'_>, id: &BookId, load: Load) -> Result<wire::Book, Refusal> {
    let Entered { book, permission } = view.enter(id, Right::See)?;
    let chart = Chart::new(view.db, &book.id);
    let is_seen = Right::SeeChart.is_in(permission);
    Ok(wire::Book {
        accounts: (load.accounts && is_seen).then(|| chart.accounts()).transpose()?,
        groups: (load.groups && is_seen).then(|| chart.groups()).transpose()?,
        ..book.shown(view, permission)?
    })
}

/// Changes the book's settings.
pub(crate) fn update(act: &Act<'_>, id: &BookId, body: &wire::Book) -> Result<wire::Book, Refusal> {
    let Entered { mut book, permission } = act.enter(id, Right::Manage)?;
    let before = book.locked_until();
    let Some(previous) = book.change(body)?.previous() else {
        return book.shown(act, permission);
    };
    if book.locked_until() < before {
        act.enter(id, Right::Unlock)?;
    }
    book.updated = act.now;
    store::books::update(act.db, &book)?;
    act.collections.forget();
    act.touch(&book)?;
    let shown = book.shown(act, permission)?;
    act.record(&book, EventType::BookUpdated, id.as_str(), EventObject::Book(shown.clone()), Some(previous))?;
    Ok(shown)
}

/// Deletes the book with all that is in it.
pub(crate) fn delete(act: &Act<'_>, id: &BookId) -> Result<wire::Book, Refusal> {
    let entered = act.enter(id, Right::Own)?;
    let shown = told(act, &entered, EventType::BookDeleted)?;
    store::books::delete(act.db, id)?;
    Ok(shown)
}

/// Records what happened to the book as a whole.
pub(super) fn told(act: &Act<'_>, entered: &Entered, what: EventType) -> Result<wire::Book, Refusal> {
    let Entered { book, permission } = entered;
    let shown = book.shown(act, *permission)?;
    act.record(book, what, book.id.as_str(), EventObject::Book(shown.clone()), None)?;
    Ok(shown)
}
