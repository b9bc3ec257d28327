//! What people do in the books, through Bkper's API.

use anyhow::Context;
use bookhook::BookHandle;
use bookhook::bkper_client::NewTransaction;
use bookhook::bkper_model::{Account, BotResponse, Event, EventType, Transaction};
use jiff::Zoned;

use super::apps::{RATE, TAX_BOT};

pub(super) const BANK: &str = "Bank Account";
/// An account whose sales have a tax in them.
pub(super) const PRODUCT_SALES: &str = "Product Sales";
/// An account whose sales could have one.
pub(super) const CONSULTING: &str = "Consulting";
pub(super) const OUTPUT_TAX: &str = "Output Tax";

/// Posts a sale of today, and checks it.
pub(super) async fn sell(book: &BookHandle, amount: &str, account: &str) -> anyhow::Result<Transaction> {
    let posted = sale(book, amount, account).post().await?;
    Ok(book.transaction(&posted).check().await?)
}

/// A sale of today that is still to be made.
pub(super) fn sale(book: &BookHandle, amount: &str, account: &str) -> NewTransaction {
    book.new_transaction().date(Zoned::now().date()).amount(amount).from(account).to(BANK)
}

/// Says that the sales of an account have a tax in them.
pub(super) async fn set_rate(book: &BookHandle, account: &str, rate: &str) -> anyhow::Result<()> {
    let mut account = book.account(account).get().await?;
    account.properties.get_or_insert_default().insert(RATE, rate);
    book.update_account(&account).await?;
    Ok(())
}

/// What the tax app has drafted in the book.
pub(super) async fn drafts(book: &BookHandle) -> anyhow::Result<Vec<Transaction>> {
    Ok(book.transactions(format!("is:draft using:{TAX_BOT}")).all().await?)
}

/// The event of this type about this transaction, with what apps answered.
pub(super) async fn event_of(
    book: &BookHandle,
    transaction: &Transaction,
    event_type: &EventType,
) -> anyhow::Result<Event> {
    let id = transaction.id.as_ref().context("a transaction has an id")?;
    let events = book.events().about(id).all().await?;
    let found = events.into_iter().find(|event| event.event_type.as_ref() == Some(event_type));
    found.with_context(|| format!("the book tells of no {event_type}"))
}

/// What apps answered to the event, as the book's activity shows it.
pub(super) fn shown(event: &Event) -> Vec<String> {
    let responses = event.bot_responses.iter().flatten();
    let text = |response: &BotResponse| {
        let kind = response.response_type.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{kind}: {}", response.message.as_deref().unwrap_or_default())
    };
    responses.map(text).collect()
}

/// A draft in a few words.
pub(super) fn in_words(draft: &Transaction) -> String {
    let name = |account: &Option<Account>| {
        account.as_ref().and_then(|account| account.name.clone()).unwrap_or_default()
    };
    let amount = draft.amount.as_ref().map(ToString::to_string).unwrap_or_default();
    let agent = draft.agent_id.as_ref().map(ToString::to_string).unwrap_or_default();
    format!(
        "{amount} from {} to {}, a draft made by {agent} for {}",
        name(&draft.credit_account),
        name(&draft.debit_account),
        draft.created_by.as_deref().unwrap_or_default()
    )
}
