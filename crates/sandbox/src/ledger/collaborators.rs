//! A book is shared with other users.
//!
//! Nobody gives more than they have, or changes those who have more. The owner of a book stays its owner.

use bkper_model::{self as wire, BookId, CollaboratorId, EventObject, EventType};

use super::{AccessRequest, Book, Changes, Collaborator, Entered, Permission, Right, User};
use crate::act::{Act, View};
use crate::identity::user_named;
use crate::refusal::{Kind, Refusal};
use crate::store;

/// With whom the book is shared, the owner included.
pub(crate) fn list(view: &View<'_>, book: &BookId) -> Result<Vec<wire::Collaborator>, Refusal> {
    view.enter(book, Right::See)?;
    Ok(store::collaborators::of_book(view.db, book)?.iter().map(Collaborator::shown).collect())
}

/// Makes the user a collaborator of the book, by whatever right.
pub(crate) fn admit(
    act: &Act<'_>,
    book: &BookId,
    user: &User,
    permission: Permission,
) -> Result<Collaborator, Refusal> {
    let collaborator = Collaborator {
        id: CollaboratorId::new(act.opaque_id("collab")?),
        book: book.clone(),
        user: user.id.clone(),
        email: user.email.clone(),
        permission,
        agent: act.actor.agent.clone(),
        created: act.now,
        updated: act.now,
    };
    store::collaborators::insert(act.db, &collaborator)?;
    act.collections.forget();
    Ok(collaborator)
}

/// Shares the book with the user who has this address, or changes what that user may do.
pub(crate) fn share(
    act: &Act<'_>,
    book: &BookId,
    body: &wire::Collaborator,
) -> Result<wire::Collaborator, Refusal> {
    let entered = act.enter(book, Right::Share)?;
    let email = address(body.email.as_deref())?;
    let permission = body.permission.as_ref().and_then(|given| Permission::named(given.as_str()));
    let permission = permission.ok_or(Refusal::Required { field: "permission" })?;
    let user = user_named(act.db, &email)?;
    let Some(collaborator) = store::collaborators::find(act.db, book, &user.id)? else {
        may_give(&entered, permission)?;
        let added = admit(act, book, &user, permission)?;
        return told(act, &entered.book, &added, EventType::CollaboratorAdded, None);
    };
    change(act, &entered, collaborator, permission)
}

fn change(
    act: &Act<'_>,
    entered: &Entered,
    mut collaborator: Collaborator,
    permission: Permission,
) -> Result<wire::Collaborator, Refusal> {
    let before = collaborator.clone();
    let mut changes = Changes::default();
    changes.set("permission", &mut collaborator.permission, permission, |permission| {
        permission.as_str().to_owned()
    });
    let Some(previous) = changes.previous() else { return Ok(collaborator.shown()) };
    may_change(entered, &before)?;
    may_give(entered, permission)?;
    collaborator.updated = act.now;
    store::collaborators::update(act.db, &collaborator)?;
    act.collections.forget();
    told(act, &entered.book, &collaborator, EventType::CollaboratorUpdated, Some(previous))
}

/// No longer shares the book with this collaborator, named by id or address.
pub(crate) fn remove(act: &Act<'_>, book: &BookId, id_or_email: &str) -> Result<wire::Collaborator, Refusal> {
    let entered = act.enter(book, Right::Share)?;
    let is_meant = |collaborator: &Collaborator| {
        collaborator.id.as_str() == id_or_email || collaborator.email.eq_ignore_ascii_case(id_or_email)
    };
    let unknown = || Refusal::NotFound { kind: Kind::Collaborator, id: id_or_email.to_owned() };
    let collaborators = store::collaborators::of_book(act.db, book)?;
    let removed = collaborators.into_iter().find(is_meant).ok_or_else(unknown)?;
    may_change(&entered, &removed)?;
    store::collaborators::delete(act.db, &removed)?;
    act.collections.forget();
    told(act, &entered.book, &removed, EventType::CollaboratorRemoved, None)
}

/// Keeps that the user would like to be a collaborator, and gives the id of the request. The book need not be one that the
/// user can see.
pub(crate) fn request(
    act: &Act<'_>,
    book: &BookId,
    permission: Permission,
    message: Option<String>,
) -> Result<String, Refusal> {
    if store::books::find(act.db, book)?.is_none() {
        return Err(Refusal::NotFound { kind: Kind::Book, id: book.to_string() });
    }
    let request = AccessRequest {
        id: act.opaque_id("request")?,
        book: book.clone(),
        user: act.actor.user.id.clone(),
        email: act.actor.user.email.clone(),
        permission,
        message,
        created: act.now,
    };
    store::collaborators::insert_request(act.db, &request)?;
    Ok(request.id)
}

/// The collaborator that somebody asked to be.
pub(crate) fn requested(view: &View<'_>, book: &BookId, id: &str) -> Result<wire::Collaborator, Refusal> {
    view.enter(book, Right::Share)?;
    let unknown = || Refusal::NotFound { kind: Kind::AccessRequest, id: id.to_owned() };
    let request = store::collaborators::find_request(view.db, book, id)?.ok_or_else(unknown)?;
    Ok(request.shown())
}

/// The address as the sandbox compares it.
fn address(given: Option<&str>) -> Result<String, Refusal> {
    let email = given.ok_or(Refusal::Required { field: "email" })?.trim().to_ascii_lowercase();
    let is_address = !email.contains(char::is_whitespace)
        && email
            .split_once('@')
            .is_some_and(|(user, domain)| !user.is_empty() && !domain.is_empty() && !domain.contains('@'));
    if is_address {
        Ok(email)
    } else {
        Err(Refusal::Invalid { field: "email", message: format!("{email:?} is no email address") })
    }
}

fn may_give(entered: &Entered, permission: Permission) -> Result<(), Refusal> {
    if permission > entered.permission {
        return Err(Refusal::Forbidden { right: Right::Own, found: entered.permission });
    }
    Ok(())
}

fn may_change(entered: &Entered, collaborator: &Collaborator) -> Result<(), Refusal> {
    if collaborator.user == entered.book.owner {
        return Err(Refusal::OwnerStays { owner: entered.book.owner_name.clone() });
    }
    may_give(entered, collaborator.permission)
}

/// Records what happened to the collaborator.
fn told(
    act: &Act<'_>,
    book: &Book,
    collaborator: &Collaborator,
    what: EventType,
    previous: Option<wire::TextMap>,
) -> Result<wire::Collaborator, Refusal> {
    act.touch(book)?;
    let shown = collaborator.shown();
    let id = collaborator.id.as_str();
    act.record(book, what, id, EventObject::Collaborator(shown.clone()), previous)?;
    Ok(shown)
}
