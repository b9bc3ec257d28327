//! Transactions of a book, many in one call.

use std::future::{self, Future};

use bkper_model::{Transaction, TransactionList};
use futures_util::future::Either;
use reqwest::Method;

use crate::http::Request;
use crate::lists::List;
use crate::transactions::{by_id, has_remote_id, is_unknown};
use crate::{BookHandle, Error, RefersTo};

/// # Many transactions at once
///
/// Nothing to do makes no call. The API says nothing of how many it takes at once; some hundred are fine.
impl BookHandle {
    /// Makes transactions like [`create_transaction`](Self::create_transaction), and gives them back in the same order.
    /// The client tries it again only if every one has a remote id.
    ///
    /// ```no_run
    /// # async fn example(book: bkper_client::BookHandle) -> Result<(), bkper_client::Error> {
    /// let fee = book.new_transaction().amount("1.50").description("Bank Account Fees").build();
    /// let tip = book.new_transaction().amount("0.50").description("Bank Account Tips").build();
    /// let created = book.create_transactions(vec![fee, tip]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn create_transactions(
        &self,
        transactions: Vec<Transaction>,
    ) -> impl Future<Output = Result<Vec<Transaction>, Error>> + Send + use<> {
        if transactions.is_empty() {
            return Either::Left(future::ready(Ok(transactions)));
        }
        let identified: Vec<_> = transactions.iter().map(|one| self.identified(one).into_owned()).collect();
        let repeatable = identified.iter().all(has_remote_id);
        let request = self.at(Method::POST, &["transactions", "batch"]).repeatable(repeatable);
        Either::Right(request.body(&TransactionList::of(identified)).list::<TransactionList>())
    }

    /// Changes transactions, each with its `id`, like [`update_transaction`](Self::update_transaction), and gives them
    /// back. If one of them is checked, all are refused.
    pub async fn update_transactions(
        &self,
        transactions: Vec<Transaction>,
    ) -> Result<Vec<Transaction>, Error> {
        self.update_batch(transactions, None).await
    }

    /// The same, the checked ones too.
    pub async fn update_transactions_even_checked(
        &self,
        transactions: Vec<Transaction>,
    ) -> Result<Vec<Transaction>, Error> {
        self.update_batch(transactions, Some("true")).await
    }

    /// Posts drafts.
    pub async fn post_transactions(
        &self,
        transactions: impl IntoIterator<Item = impl RefersTo<Transaction>>,
    ) -> Result<(), Error> {
        self.each("post", transactions, None).await
    }

    /// Checks posted transactions.
    pub async fn check_transactions(
        &self,
        transactions: impl IntoIterator<Item = impl RefersTo<Transaction>>,
    ) -> Result<(), Error> {
        self.each("check", transactions, None).await
    }

    /// Takes the checks away.
    pub async fn uncheck_transactions(
        &self,
        transactions: impl IntoIterator<Item = impl RefersTo<Transaction>>,
    ) -> Result<(), Error> {
        self.each("uncheck", transactions, None).await
    }

    /// Puts transactions into the trash. If one of them is checked, all are refused.
    pub async fn trash_transactions(
        &self,
        transactions: impl IntoIterator<Item = impl RefersTo<Transaction>>,
    ) -> Result<(), Error> {
        self.each("trash", transactions, None).await
    }

    /// The same, the checked ones too.
    pub async fn trash_transactions_even_checked(
        &self,
        transactions: impl IntoIterator<Item = impl RefersTo<Transaction>>,
    ) -> Result<(), Error> {
        self.each("trash", transactions, Some("trashChecked")).await
    }

    /// Takes transactions out of the trash.
    pub async fn restore_transactions(
        &self,
        transactions: impl IntoIterator<Item = impl RefersTo<Transaction>>,
    ) -> Result<(), Error> {
        self.each("untrash", transactions, None).await
    }

    async fn update_batch(
        &self,
        transactions: Vec<Transaction>,
        update_checked: Option<&str>,
    ) -> Result<Vec<Transaction>, Error> {
        if transactions.is_empty() {
            return Ok(transactions);
        }
        let request = self.at(Method::PUT, &["transactions", "batch"]).maybe("updateChecked", update_checked);
        batch(request, transactions).list::<TransactionList>().await
    }

    /// Does this to each of them, by id.
    async fn each(
        &self,
        act: &str,
        transactions: impl IntoIterator<Item = impl RefersTo<Transaction>>,
        flag: Option<&str>,
    ) -> Result<(), Error> {
        let transactions: Vec<_> = transactions.into_iter().map(|one| by_id(&one)).collect();
        if transactions.is_empty() {
            return Ok(());
        }
        let mut request = self.at(Method::PATCH, &["transactions", act, "batch"]).repeatable(true);
        if let Some(flag) = flag {
            request = request.parameter(flag, "true");
        }
        batch(request, transactions).send_only().await
    }
}

/// The call with these transactions, all of which must have an id.
fn batch(request: Request, transactions: Vec<Transaction>) -> Request {
    let refers_to_nothing = transactions.iter().any(is_unknown);
    request.refusing(refers_to_nothing).body(&TransactionList::of(transactions))
}
