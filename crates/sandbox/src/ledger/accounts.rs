//! Accounts are created, found, changed and deleted.

use bkper_model::{self as wire, BookId, EventObject, EventType, TextMap};

use super::{Account, AccountId, Book, Chart, Entered, Right, Transaction};
use crate::act::{Act, View};
use crate::refusal::{Kind, Refusal, each_item};
use crate::store;

/// All accounts of the book, archived ones too.
pub(crate) fn list(view: &View<'_>, book: &BookId) -> Result<Vec<wire::Account>, Refusal> {
    let Entered { book, .. } = view.enter(book, Right::SeeChart)?;
    Chart::new(view.db, &book.id).accounts()
}

/// The account as it is.
pub(crate) fn get(view: &View<'_>, book: &BookId, id_or_name: &str) -> Result<wire::Account, Refusal> {
    let Entered { book, .. } = view.enter(book, Right::SeeChart)?;
    let chart = Chart::new(view.db, &book.id);
    chart.show_account(&chart.account(id_or_name)?)
}

/// The groups that the account is in directly.
pub(crate) fn groups(view: &View<'_>, book: &BookId, id_or_name: &str) -> Result<Vec<wire::Group>, Refusal> {
    let account = get(view, book, id_or_name)?;
    Ok(account.groups.unwrap_or_default())
}

/// A new account.
pub(crate) fn create(act: &Act<'_>, book: &BookId, body: &wire::Account) -> Result<wire::Account, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Chart)?;
    create_in(act, &book, body)
}

/// New accounts, in the order of the list.
pub(crate) fn create_all(
    act: &Act<'_>,
    book: &BookId,
    bodies: &[wire::Account],
) -> Result<Vec<wire::Account>, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Chart)?;
    each_item(bodies, |body| create_in(act, &book, body))
}

/// Changes the account with the body's id.
pub(crate) fn update(act: &Act<'_>, book: &BookId, body: &wire::Account) -> Result<wire::Account, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Chart)?;
    update_in(act, &book, body)
}

/// Changes accounts, in the order of the list.
pub(crate) fn update_all(
    act: &Act<'_>,
    book: &BookId,
    bodies: &[wire::Account],
) -> Result<Vec<wire::Account>, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Chart)?;
    each_item(bodies, |body| update_in(act, &book, body))
}

/// Deletes the account. One in which something was posted can only be archived.
pub(crate) fn delete(act: &Act<'_>, book: &BookId, id: &str) -> Result<wire::Account, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Chart)?;
    delete_in(act, &book, id)
}

/// Deletes accounts, in the order of the list.
pub(crate) fn delete_all(
    act: &Act<'_>,
    book: &BookId,
    bodies: &[wire::Account],
) -> Result<Vec<wire::Account>, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Chart)?;
    each_item(bodies, |body| delete_in(act, &book, id_of(body)?))
}

fn create_in(act: &Act<'_>, book: &Book, body: &wire::Account) -> Result<wire::Account, Refusal> {
    let id = AccountId(act.number_id()?);
    let mut account = Account::new(id, book.id.clone(), act.actor.agent.clone(), act.now);
    account.change(body, &Chart::new(act.db, &book.id))?;
    if account.name.is_empty() {
        return Err(Refusal::Required { field: "name" });
    }
    name_is_free(act, &account)?;
    store::accounts::insert(act.db, &account)?;
    told(act, book, &account, EventType::AccountCreated, None)
}

fn update_in(act: &Act<'_>, book: &Book, body: &wire::Account) -> Result<wire::Account, Refusal> {
    let chart = Chart::new(act.db, &book.id);
    let mut account = chart.account(id_of(body)?)?;
    let Some(previous) = account.change(body, &chart)?.previous() else {
        return chart.show_account(&account);
    };
    name_is_free(act, &account)?;
    account.updated = act.now;
    store::accounts::update(act.db, &account)?;
    told(act, book, &account, EventType::AccountUpdated, Some(previous))
}

fn delete_in(act: &Act<'_>, book: &Book, id: &str) -> Result<wire::Account, Refusal> {
    let chart = Chart::new(act.db, &book.id);
    let account = chart.account(id)?;
    if account.has_transaction_posted {
        return Err(Refusal::AccountInUse { name: account.name });
    }
    let shown = chart.show_account(&account)?;
    leave_drafts(act, account.id)?;
    store::accounts::delete(act.db, account.id)?;
    record(act, book, shown, EventType::AccountDeleted, None)
}

/// Takes the account out of the drafts that it is in.
fn leave_drafts(act: &Act<'_>, id: AccountId) -> Result<(), Refusal> {
    let another = |account: &AccountId| *account != id;
    for before in store::transactions::of_account(act.db, id)? {
        let after = Transaction {
            credit: before.credit.filter(another),
            debit: before.debit.filter(another),
            ..before.clone()
        };
        store::transactions::update(act.db, &before, &after)?;
    }
    Ok(())
}

fn id_of(body: &wire::Account) -> Result<&str, Refusal> {
    body.id.as_ref().map(AsRef::as_ref).ok_or(Refusal::Required { field: "id" })
}

fn name_is_free(act: &Act<'_>, account: &Account) -> Result<(), Refusal> {
    let named = store::accounts::named(act.db, &account.book, &account.normalized_name())?;
    match named {
        Some(other) if other.id != account.id => {
            Err(Refusal::NameTaken { kind: Kind::Account, name: account.name.clone() })
        }
        _ => Ok(()),
    }
}

/// Records what happened to the account, which is already stored, and gives it as it is now.
fn told(
    act: &Act<'_>,
    book: &Book,
    account: &Account,
    what: EventType,
    previous: Option<TextMap>,
) -> Result<wire::Account, Refusal> {
    // What the groups say of their accounts may have changed with it, so the chart is read anew.
    let shown = Chart::new(act.db, &book.id).show_account(account)?;
    record(act, book, shown, what, previous)
}

fn record(
    act: &Act<'_>,
    book: &Book,
    account: wire::Account,
    what: EventType,
    previous: Option<TextMap>,
) -> Result<wire::Account, Refusal> {
    act.touch(book)?;
    let resource = account.id.as_ref().map(ToString::to_string).unwrap_or_default();
    act.record(book, what, &resource, EventObject::Account(account.clone()), previous)?;
    Ok(account)
}
