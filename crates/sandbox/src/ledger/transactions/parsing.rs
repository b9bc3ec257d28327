//! What a description says about the rest of a transaction: its accounts and its amount.

use bkper_model::{self as wire, Amount, Decimal, DecimalSeparator, normalize_name};

use super::fields::is_told;
use crate::act::View;
use crate::ledger::{AccountId, Book, Transaction};
use crate::refusal::Refusal;
use crate::store;

/// Fills what the body does not give from the description, and takes it out of there.
pub(super) fn read_description(
    transaction: &mut Transaction,
    body: &wire::Transaction,
    view: &View<'_>,
    book: &Book,
) -> Result<(), Refusal> {
    if transaction.amount.is_none()
        && let Some((amount, rest)) = only_amount(&transaction.description, &book.decimal_separator)
    {
        transaction.amount = Some(amount);
        transaction.description = rest;
    }
    // The first name is where the amount comes from, the second where it goes to.
    for (field, is_given) in [
        (&mut transaction.credit, is_told(body.credit_account.as_ref())),
        (&mut transaction.debit, is_told(body.debit_account.as_ref())),
    ] {
        if !is_given && let Some((account, rest)) = leading_account(&transaction.description, view, book)? {
            *field = Some(account);
            transaction.description = rest;
        }
    }
    Ok(())
}

/// The account with the longest name that the text begins with, and the text after it.
fn leading_account(text: &str, view: &View<'_>, book: &Book) -> Result<Option<(AccountId, String)>, Refusal> {
    let mut found = None;
    for (word, end) in words(text) {
        let name = normalize_name(&text[..end]);
        let is_name = !name.is_empty() && !word.starts_with('#');
        if !is_name || !store::accounts::is_any_named_like(view.db, &book.id, &name)? {
            break;
        }
        if let Some(account) = store::accounts::named(view.db, &book.id, &name)? {
            found = Some((account.id, text[end..].trim_start().to_owned()));
        }
    }
    Ok(found)
}

/// The words of the text, each with the place where it ends.
fn words(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let end_of = |word: &str| word.as_ptr().addr() - text.as_ptr().addr() + word.len();
    text.split_whitespace().map(move |word| (word, end_of(word)))
}

/// The one decimal number in the text, and the text without it. Of several numbers none is taken.
fn only_amount(text: &str, separator: &DecimalSeparator) -> Option<(Decimal, String)> {
    let mut numbers =
        words(text).filter_map(|(word, end)| Some((decimal(word, separator)?, end - word.len(), end)));
    let (number, start, end) = numbers.next()?;
    if numbers.next().is_some() || number.is_zero() {
        return None;
    }
    let rest = [text[..start].trim_end(), text[end..].trim_start()];
    Some((number, rest.join(" ").trim().to_owned()))
}

/// A number with a fraction, written as the book writes it, its thousands grouped or not. Without a fraction it may
/// as well be a year or the number of an invoice.
fn decimal(word: &str, separator: &DecimalSeparator) -> Option<Decimal> {
    let (point, group) = match separator {
        DecimalSeparator::Comma => (',', '.'),
        _ => ('.', ','),
    };
    let (whole, fraction) = word.split_once(point)?;
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(group);
    let first = groups.next().filter(|first| is_digits(first))?;
    let is_grouped = groups.clone().next().is_some();
    let fits = (!is_grouped || first.len() <= 3) && groups.all(|group| group.len() == 3 && is_digits(group));
    if !fits || !is_digits(fraction) {
        return None;
    }
    Amount::from(format!("{}.{fraction}", whole.replace(group, ""))).decimal().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, separator: &DecimalSeparator) -> Option<(String, String)> {
        only_amount(text, separator).map(|(amount, rest)| (amount.to_string(), rest))
    }

    #[test]
    fn one_decimal_number_is_the_amount() {
        let amount = |text| found(text, &DecimalSeparator::Dot);
        let some = |amount: &str, rest: &str| Some((amount.to_owned(), rest.to_owned()));
        assert_eq!(amount("lunch 12.50 downtown"), some("12.50", "lunch downtown"));
        assert_eq!(amount("1,250.5"), some("1250.5", ""));
        for text in [
            "lunch",
            "invoice 2026",
            "10.00 or 12.00",
            "0.00",
            "v1.2.3",
            "12,50",
            "1,25.00",
            "1234,567.8",
            "5.",
        ] {
            assert_eq!(amount(text), None, "{text}");
        }
    }

    #[test]
    fn an_amount_is_written_as_the_book_writes_it() {
        let amount = |text| found(text, &DecimalSeparator::Comma).map(|(amount, _)| amount);
        assert_eq!(amount("lunch 1.012,50"), Some("1012.50".to_owned()));
        assert_eq!(amount("lunch 12.50"), None);
    }
}
