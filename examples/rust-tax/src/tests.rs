//! The app in a sandbox's book.

use bookhook::bkper_model::{AccountType, Book, Date, Transaction};
use bookhook::testing::Testing;
use bookhook::{EventType, Response, Result};

use crate::tax_bot;

/// The app in a book with the accounts of a shop.
async fn shop() -> Result<Testing> {
    let test = Testing::start(tax_bot()?).await?;
    test.account("Bank Account", AccountType::Asset).await?;
    test.account("Product Sales", AccountType::Incoming).await?;
    test.account("Output Tax", AccountType::Liability).await?;
    Ok(test)
}

/// Sells for this amount, and checks the sale; what the app answers to it.
async fn sell(test: &Testing, amount: &str) -> Result<Response> {
    let day: Date = "2026-03-04".parse()?;
    let sale = test.book().new_transaction().date(day).amount(amount);
    let sale = sale.from("Product Sales").to("Bank Account").description("Shirts #retail").post().await?;
    test.book().transaction(&sale).check().await?;
    Ok(test.response_to(EventType::TransactionChecked).await?)
}

async fn drafts(test: &Testing) -> Result<Vec<Transaction>> {
    Ok(test.book().transactions("is:draft").all().await?)
}

#[tokio::test]
async fn a_checked_sale_gets_the_draft_of_its_tax() -> Result<()> {
    let shop = shop().await?;

    assert_eq!(sell(&shop, "62.50").await?, Response::result("TAX: 12.50"));

    let drafts = drafts(&shop).await?;
    let [draft] = &drafts[..] else { panic!("one draft, not {drafts:?}") };
    assert_eq!(draft.amount, Some("12.50".into()));
    assert_eq!(draft.description.as_deref(), Some("20 % tax on Shirts #retail"));
    assert_eq!(draft.credit_account.as_ref().and_then(|account| account.name.as_deref()), Some("Output Tax"));
    assert_eq!(
        draft.debit_account.as_ref().and_then(|account| account.name.as_deref()),
        Some("Product Sales")
    );
    Ok(())
}

#[tokio::test]
async fn the_tax_is_rounded_half_up_to_the_digits_of_the_book() -> Result<()> {
    let shop = shop().await?;
    for (amount, tax) in [("0.13", "0.03"), ("0.12", "0.02"), ("12345678901234567.89", "2469135780246913.58")]
    {
        assert_eq!(sell(&shop, amount).await?, Response::result(format!("TAX: {tax}")));
    }
    assert_eq!(sell(&shop, "0.02").await?, Response::suppressed());

    shop.book().update(&Book { fraction_digits: Some(0), ..Book::default() }).await?;
    assert_eq!(sell(&shop, "13").await?, Response::result("TAX: 3"));
    Ok(())
}

#[tokio::test]
async fn a_draft_that_becomes_a_transaction_is_not_taxed_itself() -> Result<()> {
    let shop = shop().await?;
    sell(&shop, "62.50").await?;
    let draft = &drafts(&shop).await?[0];
    shop.book().transaction(draft).post().await?;
    shop.book().transaction(draft).check().await?;
    assert_eq!(shop.response_to(EventType::TransactionChecked).await?, Response::suppressed());
    Ok(())
}

#[tokio::test]
async fn a_sale_that_is_checked_again_keeps_its_draft() -> Result<()> {
    let shop = shop().await?;
    sell(&shop, "62.50").await?;
    let sale = shop.book().transactions("is:checked").first().await?.unwrap_or_default();
    shop.book().transaction(&sale).uncheck().await?;
    shop.book().transaction(&sale).check().await?;
    assert_eq!(shop.response_to(EventType::TransactionChecked).await?, Response::result("TAX: 12.50"));
    assert_eq!(drafts(&shop).await?.len(), 1);
    Ok(())
}
