//! Groups are created, found, changed and deleted.

use bkper_model::{self as wire, BookId, EventObject, EventType, TextMap};

use super::{Book, Chart, Entered, Group, GroupId, Right};
use crate::act::{Act, View};
use crate::refusal::{Kind, Refusal, each_item};
use crate::store;

/// All groups of the book.
pub(crate) fn list(view: &View<'_>, book: &BookId) -> Result<Vec<wire::Group>, Refusal> {
    let Entered { book, .. } = view.enter(book, Right::SeeChart)?;
    Chart::new(view.db, &book.id).groups()
}

/// The group as it is.
pub(crate) fn get(view: &View<'_>, book: &BookId, id_or_name: &str) -> Result<wire::Group, Refusal> {
    let Entered { book, .. } = view.enter(book, Right::SeeChart)?;
    let chart = Chart::new(view.db, &book.id);
    chart.shown_group(chart.group(id_or_name)?.id)
}

/// The accounts right in the group.
pub(crate) fn accounts(
    view: &View<'_>,
    book: &BookId,
    id_or_name: &str,
) -> Result<Vec<wire::Account>, Refusal> {
    let Entered { book, .. } = view.enter(book, Right::SeeChart)?;
    let chart = Chart::new(view.db, &book.id);
    let accounts = store::groups::accounts(view.db, chart.group(id_or_name)?.id)?;
    accounts.iter().map(|account| chart.show_account(account)).collect()
}

/// A new group.
pub(crate) fn create(act: &Act<'_>, book: &BookId, body: &wire::Group) -> Result<wire::Group, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Chart)?;
    create_in(act, &book, body)
}

/// New groups, in the order of the list: a group can be the parent of a later one.
pub(crate) fn create_all(
    act: &Act<'_>,
    book: &BookId,
    bodies: &[wire::Group],
) -> Result<Vec<wire::Group>, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Chart)?;
    each_item(bodies, |body| create_in(act, &book, body))
}

/// Changes the group with the body's id. Without a parent in the body it has none afterwards: clients leave it out to
/// remove it.
pub(crate) fn update(act: &Act<'_>, book: &BookId, body: &wire::Group) -> Result<wire::Group, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Chart)?;
    let chart = Chart::new(act.db, &book.id);
    let id = body.id.as_ref().ok_or(Refusal::Required { field: "id" })?;
    let before = chart.group(id.as_str())?;
    let mut group = before.clone();
    let Some(previous) = group.change(body, &chart)?.previous() else {
        return chart.shown_group(group.id);
    };
    if before.locked || group.locked {
        act.enter(&book.id, Right::Own)?;
    }
    name_is_free(act, &group)?;
    is_no_cycle(act, &group)?;
    group.updated = act.now;
    store::groups::update(act.db, &group)?;
    told(act, &book, &group, EventType::GroupUpdated, Some(previous))
}

/// Deletes the group. Its accounts stay; groups in it must go before.
pub(crate) fn delete(act: &Act<'_>, book: &BookId, id: &str) -> Result<wire::Group, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Chart)?;
    let chart = Chart::new(act.db, &book.id);
    let group = chart.group(id)?;
    if group.locked {
        act.enter(&book.id, Right::Own)?;
    }
    let shown = chart.shown_group(group.id)?;
    if shown.has_groups == Some(true) {
        return Err(Refusal::GroupInUse { name: group.name });
    }
    empty(act, group.id)?;
    store::groups::delete(act.db, group.id)?;
    record(act, &book, shown, EventType::GroupDeleted, None)
}

fn create_in(act: &Act<'_>, book: &Book, body: &wire::Group) -> Result<wire::Group, Refusal> {
    let id = GroupId(act.number_id()?);
    let mut group = Group::new(id, book.id.clone(), act.actor.agent.clone(), act.now);
    group.change(body, &Chart::new(act.db, &book.id))?;
    if group.name.is_empty() {
        return Err(Refusal::Required { field: "name" });
    }
    if group.locked {
        act.enter(&book.id, Right::Own)?;
    }
    name_is_free(act, &group)?;
    store::groups::insert(act.db, &group)?;
    told(act, book, &group, EventType::GroupCreated, None)
}

/// Takes all accounts out of the group.
fn empty(act: &Act<'_>, id: GroupId) -> Result<(), Refusal> {
    for mut account in store::groups::accounts(act.db, id)? {
        account.groups.remove(&id);
        store::accounts::update(act.db, &account)?;
    }
    Ok(())
}

fn name_is_free(act: &Act<'_>, group: &Group) -> Result<(), Refusal> {
    let named = store::groups::named(act.db, &group.book, &group.normalized_name())?;
    match named {
        Some(other) if other.id != group.id => {
            Err(Refusal::NameTaken { kind: Kind::Group, name: group.name.clone() })
        }
        _ => Ok(()),
    }
}

/// The way up from the group ends somewhere.
fn is_no_cycle(act: &Act<'_>, group: &Group) -> Result<(), Refusal> {
    let mut above = group.parent;
    while let Some(id) = above {
        if id == group.id {
            return Err(Refusal::GroupCycle { name: group.name.clone() });
        }
        above = store::groups::find(act.db, &group.book, id)?.and_then(|group| group.parent);
    }
    Ok(())
}

/// Records what happened to the group, which is already stored, and gives it as it is now.
fn told(
    act: &Act<'_>,
    book: &Book,
    group: &Group,
    what: EventType,
    previous: Option<TextMap>,
) -> Result<wire::Group, Refusal> {
    let shown = Chart::new(act.db, &book.id).shown_group(group.id)?;
    record(act, book, shown, what, previous)
}

fn record(
    act: &Act<'_>,
    book: &Book,
    group: wire::Group,
    what: EventType,
    previous: Option<TextMap>,
) -> Result<wire::Group, Refusal> {
    act.touch(book)?;
    let resource = group.id.as_ref().map(ToString::to_string).unwrap_or_default();
    act.record(book, what, &resource, EventObject::Group(group.clone()), previous)?;
    Ok(group)
}
