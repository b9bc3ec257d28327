//! The life of transactions, as a client sees it.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

mod batches;
mod creating;
mod events;
mod living;
mod locked;
mod merging;
mod permissions;

use bookhook_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::{Answer, Client};

/// A book with four accounts: Bank Account, Output Tax, Product Sales, Office Supplies.
pub(crate) struct Aurora {
    pub(crate) sandbox: Sandbox,
    /// Its owner.
    pub(crate) mia: Client,
    /// Path of the book.
    pub(crate) book: String,
}

impl Aurora {
    pub(crate) async fn open() -> Self {
        Self::with(json!({})).await
    }

    /// With these settings of the book.
    pub(crate) async fn with(settings: Value) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let mia = Client::of(&sandbox).user("mia");
        let mut book = settings;
        book["name"] = json!("Aurora");
        let book = mia.post("/v5/books", book).await.ok();
        let book = format!("/v5/books/{}", book["id"].as_str().unwrap());
        let accounts = [
            ("Bank Account", "ASSET"),
            ("Output Tax", "LIABILITY"),
            ("Product Sales", "INCOMING"),
            ("Office Supplies", "OUTGOING"),
        ];
        let items = accounts.map(|(name, kind)| json!({"name": name, "type": kind}));
        mia.post(&format!("{book}/accounts/batch"), json!({"items": items})).await.ok();
        Self { sandbox, mia, book }
    }

    fn path(&self, end: &str) -> String {
        format!("{}/transactions{end}", self.book)
    }

    /// The answer to POST of a transaction.
    pub(crate) async fn create(&self, body: Value) -> Value {
        self.mia.post(&self.path(""), body).await.ok()["transaction"].take()
    }

    /// A posted transaction of 100 from the bank for supplies.
    pub(crate) async fn posted(&self) -> Value {
        let posted = self.create(complete()).await;
        assert_eq!(posted["posted"], true);
        posted
    }

    /// A draft of the same.
    pub(crate) async fn draft(&self) -> Value {
        self.create(with(complete(), json!({"draft": true}))).await
    }

    /// A checked transaction.
    pub(crate) async fn checked(&self) -> Value {
        self.create(with(complete(), json!({"checked": true}))).await
    }

    pub(crate) async fn put(&self, body: Value) -> Answer {
        self.mia.put(&self.path(""), body).await
    }

    /// PATCH of `transactions/{what}`.
    pub(crate) async fn patch(&self, what: &str, body: Value) -> Answer {
        self.mia.patch(&self.path(&format!("/{what}")), body).await
    }

    /// The types of all events about transactions, oldest first.
    pub(crate) async fn told(&self) -> Vec<String> {
        self.events().await.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }

    /// All events about transactions, oldest first.
    pub(crate) async fn events(&self) -> Vec<Value> {
        let mut events = self.mia.get(&format!("{}/events?limit=200", self.book)).await.ok()["items"].take();
        let events = events.as_array_mut().unwrap();
        events.reverse();
        let is_of_transaction = |event: &Value| event["type"].as_str().unwrap().starts_with("TRANSACTION_");
        events.iter().filter(|event| is_of_transaction(event)).cloned().collect()
    }

    pub(crate) async fn get(&self, transaction: &Value) -> Value {
        self.mia.get(&self.path(&format!("/{}", transaction["id"].as_str().unwrap()))).await.ok()
    }
}

/// A complete transaction.
pub(crate) fn complete() -> Value {
    json!({
        "date": "2026-03-04",
        "amount": "100",
        "creditAccount": {"name": "Bank Account"},
        "debitAccount": {"name": "Office Supplies"},
        "description": "paper",
    })
}

/// The object with other fields.
pub(crate) fn with(mut object: Value, fields: Value) -> Value {
    let Value::Object(fields) = fields else { panic!("no fields: {fields}") };
    object.as_object_mut().unwrap().extend(fields);
    object
}

/// What a transaction is: its flags.
pub(crate) fn status(transaction: &Value) -> &'static str {
    let is = |flag: &str| transaction[flag].as_bool().unwrap_or_else(|| panic!("{flag}: {transaction}"));
    assert_eq!(is("draft"), !is("posted"));
    match (is("posted"), is("checked"), is("trashed")) {
        (false, false, false) => "draft",
        (true, false, false) => "unchecked",
        (true, true, false) => "checked",
        (false, false, true) => "trashed draft",
        (true, false, true) => "trashed",
        _ => panic!("no status: {transaction}"),
    }
}
