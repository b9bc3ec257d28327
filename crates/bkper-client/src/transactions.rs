//! Transactions of a book, one by one: found, made, changed, moved through their states.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;

use bkper_model::{Count, Transaction, TransactionList, TransactionOperation};
use reqwest::Method;

use crate::books::found;
use crate::http::Request;
use crate::lists::List;
use crate::paging::{Listing, paged};
use crate::{BookHandle, Error, NewTransaction, RefersTo};

/// # Transactions
///
/// Those that make a transaction draw its [remote id](crate::RemoteIds), if it is to get one, when they are called, not
/// when they are awaited.
impl BookHandle {
    /// A transaction to be filled in and then posted.
    ///
    /// ```no_run
    /// # async fn example(book: bkper_client::BookHandle) -> Result<(), Box<dyn std::error::Error>> {
    /// let rent = book
    ///     .new_transaction()
    ///     .date(jiff::civil::date(2026, 3, 4))
    ///     .amount("950.00")
    ///     .from("Bank Account")
    ///     .to("Rent")
    ///     .description("March #rent")
    ///     .remote_id("rent-2026-03")
    ///     .post()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn new_transaction(&self) -> NewTransaction {
        NewTransaction::new(self.clone())
    }

    /// The transaction with this id. Nothing is sent yet.
    pub fn transaction(&self, transaction: impl RefersTo<Transaction>) -> TransactionHandle {
        TransactionHandle { book: self.clone(), id: transaction.reference().in_path().to_owned() }
    }

    /// The transactions that a query finds, newest first. Nothing is sent yet.
    ///
    /// The query is text, or an [`Expression`](bkper_model::query::Expression) or
    /// [`Term`](bkper_model::query::Term), which put names in quotes where they need them. The empty text finds all
    /// but those in the trash.
    ///
    /// ```no_run
    /// # async fn example(book: bkper_client::BookHandle) -> Result<(), bkper_client::Error> {
    /// use bkper_client::model::query::Term;
    ///
    /// let recent = book.transactions("account:'Bank Account' after:$m-1").page_size(500).all().await?;
    /// let mirrored = book.transactions(Term::RemoteId("sale-17".into())).first().await?;
    /// let drafts = book.transactions("is:draft").count().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn transactions(&self, query: impl fmt::Display) -> Transactions {
        Transactions(Listing::new(self.clone(), "transactions").with("query", query.to_string()))
    }

    /// Makes a transaction: posted when it is complete and the book posts automatically, a draft otherwise, and always
    /// with `draft`. It is complete with a date, an amount and two accounts; what is missing Bkper looks for in the
    /// description (`950 Bank Account Rent`).
    ///
    /// An `id` does not count. When a remote id is that of a transaction of the book, that one is given back, and
    /// nothing is made.
    pub fn create_transaction(
        &self,
        transaction: &Transaction,
    ) -> impl Future<Output = Result<Transaction, Error>> + Send + use<> {
        let transaction = self.identified(transaction);
        let request = self.at(Method::POST, &["transactions"]).repeatable(has_remote_id(&transaction));
        operated(request.body(&*transaction))
    }

    /// Posts the transaction that has the `id`; without an `id` makes one and posts it, whether the book posts
    /// automatically or not. One that is posted stays as it is.
    pub fn post_transaction(
        &self,
        transaction: &Transaction,
    ) -> impl Future<Output = Result<Transaction, Error>> + Send + use<> {
        let is_stored = transaction.id.is_some();
        let transaction = if is_stored { Cow::Borrowed(transaction) } else { self.identified(transaction) };
        let repeatable = is_stored || has_remote_id(&transaction);
        operated(self.at(Method::PATCH, &["transactions", "post"]).repeatable(repeatable).body(&*transaction))
    }

    /// Changes the transaction that has the `id`: the fields that are set. `properties`, `urls`, `files` and
    /// `remote_ids` replace all that were there. A draft is not posted by it, and a checked transaction is refused.
    pub async fn update_transaction(&self, transaction: &Transaction) -> Result<Transaction, Error> {
        let request = self.at(Method::PUT, &["transactions"]).refusing(transaction.id.is_none());
        operated(request.body(transaction)).await
    }

    /// Makes one transaction of two that are the same in truth, and gives it back; the two go to the trash.
    pub async fn merge_transactions(
        &self,
        one: impl RefersTo<Transaction>,
        other: impl RefersTo<Transaction>,
    ) -> Result<Transaction, Error> {
        let pair = vec![by_id(&one), by_id(&other)];
        let refers_to_nothing = pair.iter().any(is_unknown);
        let request = self.at(Method::PATCH, &["transactions", "merge"]).refusing(refers_to_nothing);
        operated(request.body(&TransactionList::of(pair))).await
    }

    /// The transaction as it is to be created: with a remote id of its own, or one that is made for it.
    pub(crate) fn identified<'a>(&self, transaction: &'a Transaction) -> Cow<'a, Transaction> {
        match self.client().remote_ids() {
            Some(remote_ids) if !has_remote_id(transaction) => {
                let remote_ids = Some(vec![remote_ids.next()]);
                Cow::Owned(Transaction { remote_ids, ..transaction.clone() })
            }
            _ => Cow::Borrowed(transaction),
        }
    }
}

pub(crate) fn has_remote_id(transaction: &Transaction) -> bool {
    transaction.remote_ids.as_ref().is_some_and(|ids| !ids.is_empty())
}

/// The transaction with nothing but its id.
pub(crate) fn by_id(transaction: &impl RefersTo<Transaction>) -> Transaction {
    Transaction { id: transaction.reference().id(), ..Transaction::default() }
}

/// Whether it refers to nothing that is stored.
pub(crate) fn is_unknown(transaction: &Transaction) -> bool {
    transaction.id.is_none()
}

/// Sends an operation. Of its answer the accounts are left out: they say nothing of their balances.
async fn operated(request: Request) -> Result<Transaction, Error> {
    let call = request.call();
    let operation: TransactionOperation = request.send().await?;
    operation.transaction.ok_or(Error::Incomplete { call, missing: "transaction" })
}

/// The transactions that a query finds, newest first: see [`BookHandle::transactions`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until they are asked for"]
pub struct Transactions(Listing<TransactionList>);

paged!(Transactions lists Transaction as TransactionList, 1000 a page);

impl Transactions {
    /// How many they are, without fetching them.
    pub async fn count(&self) -> Result<u64, Error> {
        let request = self.0.count();
        let call = request.call();
        let count: Count = request.send().await?;
        count.total.ok_or(Error::Incomplete { call, missing: "total" })
    }
}

/// One transaction of a book, to be acted upon. What it *says* is a [`Transaction`].
///
/// Its state changes by id only: nothing else of the transaction is stored. To be in the state already is a success.
#[derive(Clone, Debug)]
pub struct TransactionHandle {
    book: BookHandle,
    id: String,
}

impl TransactionHandle {
    /// The transaction, also when it is in the trash.
    pub async fn get(&self) -> Result<Transaction, Error> {
        self.book.get_at(&["transactions", &self.id]).send().await
    }

    /// The transaction, or `None` when there is none.
    pub async fn find(&self) -> Result<Option<Transaction>, Error> {
        found(self.get().await)
    }

    /// Posts a draft, which must be complete: it counts in balances from now on.
    pub async fn post(&self) -> Result<Transaction, Error> {
        self.to("post").await
    }

    /// Checks a posted transaction, which protects it from changes.
    pub async fn check(&self) -> Result<Transaction, Error> {
        self.to("check").await
    }

    /// Takes the check away.
    pub async fn uncheck(&self) -> Result<Transaction, Error> {
        self.to("uncheck").await
    }

    /// Puts the transaction into the trash. A checked one is refused: uncheck it first.
    pub async fn trash(&self) -> Result<Transaction, Error> {
        self.to("trash").await
    }

    /// Takes the transaction out of the trash, into the state that it had before, unchecked.
    pub async fn restore(&self) -> Result<Transaction, Error> {
        self.to("restore").await
    }

    /// Removes the transaction from the trash, for good.
    pub async fn remove(&self) -> Result<Transaction, Error> {
        self.to("remove").await
    }

    async fn to(&self, state: &str) -> Result<Transaction, Error> {
        let transaction = by_id(&self.id);
        let request = self.book.at(Method::PATCH, &["transactions", state]).repeatable(true);
        operated(request.refusing(is_unknown(&transaction)).body(&transaction)).await
    }
}
