//! What a client sends of a transaction, taken over into it.

use std::collections::HashSet;

use bkper_model::{self as wire, Decimal, Resource as _};

use super::desk::Desk;
use crate::ledger::{Account, AccountId, Changes, Chart, Properties, Transaction, files, padded};
use crate::refusal::{Kind, Refusal};

/// Takes over what the body has: absent fields stay as they are, `null` clears. What only the server sets is ignored.
pub(super) fn change(
    transaction: &mut Transaction,
    body: &wire::Transaction,
    desk: &Desk<'_>,
) -> Result<Changes, Refusal> {
    let mut changes = Changes::default();
    change_posting(transaction, body, desk, &mut changes)?;
    change_words(transaction, body, desk, &mut changes)?;
    Ok(changes)
}

/// What the transaction moves, where and when.
fn change_posting(
    transaction: &mut Transaction,
    body: &wire::Transaction,
    desk: &Desk<'_>,
    changes: &mut Changes,
) -> Result<(), Refusal> {
    if body.date.is_some() || body.is_null("date") {
        let day = body.date.and_then(wire::Date::day);
        changes.set("dateValue", &mut transaction.date, day, |day| {
            day.map(|day| wire::date_value(day).to_string()).unwrap_or_default()
        });
    }
    if body.amount.is_some() || body.is_null("amount") {
        changes.set("amount", &mut transaction.amount, amount(body)?, |amount| {
            amount.map(|amount| padded(amount, desk.book.fraction_digits).to_string()).unwrap_or_default()
        });
    }
    let is_posted = transaction.status.is_posted();
    let id = |id: &Option<AccountId>| id.map(|id| id.0.to_string()).unwrap_or_default();
    if is_told(body.credit_account.as_ref()) || body.is_null("creditAccount") {
        let account = account(body.credit_account.as_ref(), &desk.chart, is_posted)?;
        changes.set("creditAccId", &mut transaction.credit, account, id);
    }
    if is_told(body.debit_account.as_ref()) || body.is_null("debitAccount") {
        let account = account(body.debit_account.as_ref(), &desk.chart, is_posted)?;
        changes.set("debitAccId", &mut transaction.debit, account, id);
    }
    Ok(())
}

/// What is said about it.
fn change_words(
    transaction: &mut Transaction,
    body: &wire::Transaction,
    desk: &Desk<'_>,
    changes: &mut Changes,
) -> Result<(), Refusal> {
    if body.description.is_some() || body.is_null("description") {
        let description = body.description.clone().unwrap_or_default();
        changes.set("description", &mut transaction.description, description, String::clone);
    }
    if let Some(properties) = Properties::said_in(body, body.properties.as_ref())? {
        changes.set_properties(&mut transaction.properties, properties);
    }
    if body.urls.is_some() || body.is_null("urls") {
        changes.set_untold(&mut transaction.urls, texts(body.urls.as_deref()));
    }
    if body.remote_ids.is_some() || body.is_null("remoteIds") {
        changes.set_untold(&mut transaction.remote_ids, texts(body.remote_ids.as_deref()));
    }
    if body.files.is_some() || body.is_null("files") {
        let files = files::attached(desk.act, desk.book, body.files.as_deref().unwrap_or_default())?;
        changes.set_untold(&mut transaction.files, files);
    }
    Ok(())
}

/// The amount of the body without its sign. Zero is none.
fn amount(body: &wire::Transaction) -> Result<Option<Decimal>, Refusal> {
    let Some(amount) = &body.amount else { return Ok(None) };
    let decimal =
        amount.decimal().map_err(|error| Refusal::Invalid { field: "amount", message: error.to_string() })?;
    Ok(Some(decimal.abs()).filter(|amount| !amount.is_zero()))
}

/// Whether the body refers to an account at all: clients send empty objects too.
pub(super) fn is_told(reference: Option<&wire::Account>) -> bool {
    reference.is_some_and(|account| account.id.is_some() || account.name.is_some())
}

/// The account that is referred to. A draft lives without one that is not in the book.
fn account(
    reference: Option<&wire::Account>,
    chart: &Chart<'_>,
    must_be_there: bool,
) -> Result<Option<AccountId>, Refusal> {
    let Some(reference) = reference else { return Ok(None) };
    match chart.referred_account(reference)? {
        Some(Account { id, .. }) => Ok(Some(id)),
        None if must_be_there => Err(Refusal::NotFound { kind: Kind::Account, id: name(reference) }),
        None => Ok(None),
    }
}

fn name(reference: &wire::Account) -> String {
    let id = reference.id.as_ref().map(AsRef::as_ref);
    reference.name.as_deref().or(id).unwrap_or_default().to_owned()
}

/// Texts without empty ones, each of them once.
pub(super) fn texts(given: Option<&[String]>) -> Vec<String> {
    let mut seen = HashSet::new();
    let texts = given.unwrap_or_default().iter().filter(|text| !text.is_empty());
    texts.filter(|text| seen.insert(*text)).cloned().collect()
}
