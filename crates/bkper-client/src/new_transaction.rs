//! A transaction that is being filled in.

use std::future::Future;

use bkper_model::{Account, Amount, Date, File, Transaction};

use crate::accounts::referred;
use crate::{BookHandle, Error, RefersTo};

/// A transaction that is to be made: see [`BookHandle::new_transaction`].
///
/// It ends with [`post`](Self::post), [`draft`](Self::draft) or [`create`](Self::create); or with
/// [`build`](Self::build), for those that are [made together](BookHandle::create_transactions).
#[derive(Clone, Debug)]
#[must_use = "it is made by post, draft or create"]
pub struct NewTransaction {
    book: BookHandle,
    transaction: Transaction,
}

impl NewTransaction {
    pub(crate) fn new(book: BookHandle) -> Self {
        Self { book, transaction: Transaction::default() }
    }

    /// The day. Without one it stays a draft.
    pub fn date(self, day: impl Into<Date>) -> Self {
        self.with(|transaction| transaction.date = Some(day.into()))
    }

    /// What is moved, in the unit of the book: a [`Decimal`](bkper_model::Decimal), or text such as `"12.50"`. It is
    /// positive; the accounts tell the direction.
    pub fn amount(self, amount: impl Into<Amount>) -> Self {
        self.with(|transaction| transaction.amount = Some(amount.into()))
    }

    /// The account that the amount comes from, which is credited. Text is its name. Without an account, or with one
    /// that the book does not have, it stays a draft.
    pub fn from(self, account: impl RefersTo<Account>) -> Self {
        self.with(|transaction| transaction.credit_account = Some(referred(account.reference())))
    }

    /// The account that the amount goes to, which is debited. Text is its name.
    pub fn to(self, account: impl RefersTo<Account>) -> Self {
        self.with(|transaction| transaction.debit_account = Some(referred(account.reference())))
    }

    /// What it is about. Words after `#` are hashtags.
    pub fn description(self, text: impl Into<String>) -> Self {
        self.with(|transaction| transaction.description = Some(text.into()))
    }

    /// A custom property. An empty value is none.
    pub fn property(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(|transaction| transaction.properties.get_or_insert_default().insert(key, value))
    }

    /// An id by which another system, or the next run of a handler, knows the transaction: the book has no second one
    /// with it, but for those in the trash. Being asked for it again, Bkper gives back the one that is there.
    ///
    /// There may be several. They are found by the query `remoteId:`.
    pub fn remote_id(self, id: impl Into<String>) -> Self {
        self.with(|transaction| transaction.remote_ids.get_or_insert_default().push(id.into()))
    }

    /// A web address that belongs to it.
    pub fn url(self, url: impl Into<String>) -> Self {
        self.with(|transaction| transaction.urls.get_or_insert_default().push(url.into()))
    }

    /// Attaches a file of the book: see [`BookHandle::upload_file`].
    pub fn file(self, file: &File) -> Self {
        let without_content = File { content: None, ..file.clone() };
        self.with(|transaction| transaction.files.get_or_insert_default().push(without_content))
    }

    /// It is checked as soon as it is posted.
    pub fn checked(self) -> Self {
        self.with(|transaction| transaction.checked = Some(true))
    }

    /// What was filled in so far. Nothing is sent.
    pub fn build(self) -> Transaction {
        self.transaction
    }

    /// Makes it, and posts it, whether the book posts automatically or not: see [`BookHandle::post_transaction`].
    pub fn post(self) -> impl Future<Output = Result<Transaction, Error>> + Send + use<> {
        self.book.post_transaction(&self.transaction)
    }

    /// Makes a draft, for a person to look at, even if it is complete.
    pub fn draft(self) -> impl Future<Output = Result<Transaction, Error>> + Send + use<> {
        self.with(|transaction| transaction.draft = Some(true)).create()
    }

    /// Makes it, and leaves to the book whether it is posted: see [`BookHandle::create_transaction`].
    pub fn create(self) -> impl Future<Output = Result<Transaction, Error>> + Send + use<> {
        self.book.create_transaction(&self.transaction)
    }

    fn with(mut self, fill_in: impl FnOnce(&mut Transaction)) -> Self {
        fill_in(&mut self.transaction);
        self
    }
}

#[cfg(test)]
mod tests {
    use bkper_model::Decimal;
    use serde_json::json;

    use crate::Client;

    #[test]
    fn says_what_was_filled_in_and_nothing_else() {
        let client = Client::builder().build().unwrap();
        let transaction = client
            .book("b1")
            .new_transaction()
            .date(jiff::civil::date(2026, 3, 4))
            .amount(Decimal::new(1250, 2))
            .from("Bank Account")
            .to(bkper_model::AccountId::from("7"))
            .description("lunch #team")
            .property("guests", "3")
            .property("city", "Lisbon")
            .remote_id("r1")
            .remote_id("r2")
            .url("https://example.com/menu")
            .file(&serde_json::from_value(json!({"id": "f1", "content": "AAAA"})).unwrap())
            .checked()
            .build();
        let expected = json!({
            "date": "2026-03-04",
            "amount": "12.50",
            "creditAccount": {"name": "Bank Account"},
            "debitAccount": {"id": "7"},
            "description": "lunch #team",
            "properties": {"guests": "3", "city": "Lisbon"},
            "remoteIds": ["r1", "r2"],
            "urls": ["https://example.com/menu"],
            "files": [{"id": "f1"}],
            "checked": true,
        });
        assert_eq!(serde_json::to_value(transaction).unwrap(), expected);
    }
}
