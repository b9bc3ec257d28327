//! What the app does with an event.

use bookhook::bkper_model::{Amount, AmountError, Decimal};
use bookhook::{Context, Error, Response, Result};

/// Drafts the tax of a transaction that was checked, unless the transaction is the app's own.
pub(crate) async fn draft_tax(cx: Context) -> Result<Response> {
    let event = cx.event()?;
    let app = cx.client().agent_id();
    let Some(sale) = event.transaction().filter(|checked| checked.agent_id.as_ref() != app) else {
        return Ok(Response::suppressed());
    };
    let (Some(id), Some(date), Some(amount), Some(account)) =
        (&sale.id, sale.date, &sale.amount, &sale.credit_account)
    else {
        return Err(Error::msg("a checked transaction has an id, a date, an amount and accounts"));
    };
    let tax = tax_on(amount, event.book.as_ref().and_then(|book| book.fraction_digits).unwrap_or(2))?;
    if tax.is_zero() {
        return Ok(Response::suppressed());
    }
    let draft = cx.book().new_transaction().date(date).amount(tax).from("Output Tax").to(account);
    let description = format!("20 % tax on {}", sale.description.as_deref().unwrap_or_default());
    // A second run finds the draft of the first.
    let draft = draft.description(description).remote_id(format!("tax_{id}")).draft().await?;
    Ok(Response::result(format!("TAX: {}", draft.amount.unwrap_or(tax.into()))))
}

/// The tax in exact arithmetic, rounded half up to so many digits.
fn tax_on(amount: &Amount, digits: u32) -> Result<Decimal, AmountError> {
    let mut tax = amount.decimal()? * Decimal::new(20, 2);
    tax.rescale(digits);
    Ok(tax)
}
