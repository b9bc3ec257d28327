//! A small book that is known in every detail: what a query finds in it can be told beforehand.

#![allow(clippy::unwrap_used, reason = "a book that cannot be made fails the test")]

use std::collections::HashMap;

use bookhook_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::{Answer, Client, given_a_book};

/// The book. Its transactions are called by letters, which stand nowhere in it.
pub(crate) struct KnownBook {
    pub(crate) _sandbox: Sandbox,
    pub(crate) mia: Client,
    pub(crate) path: String,
    /// Letters by id.
    letters: HashMap<String, char>,
}

impl KnownBook {
    /// It is March 4, 2026.
    pub(crate) async fn open() -> Self {
        let (sandbox, mia, path) = given_a_book().await;
        mia.put("/sandbox/clock", json!({"now": "2026-03-04T12:00:00Z", "running": false})).await.ok();
        let mut book = Self { _sandbox: sandbox, mia, path, letters: HashMap::new() };
        book.make_chart().await;
        book.record_transactions().await;
        book
    }

    async fn make_chart(&self) {
        for group in [
            json!({"name": "Assets"}),
            json!({"name": "Current Assets", "parent": {"name": "Assets"}}),
            json!({"name": "Revenue"}),
            json!({"name": "Expenses"}),
        ] {
            self.mia.post(&format!("{}/groups", self.path), group).await.ok();
        }
        let account = |name, kind, group| json!({"name": name, "type": kind, "groups": [{"name": group}]});
        let accounts = [
            account("Bank Account", "ASSET", "Current Assets"),
            account("Cash", "ASSET", "Current Assets"),
            account("Stock", "ASSET", "Assets"),
            account("Output Tax", "LIABILITY", "none"),
            account("Product Sales", "INCOMING", "Revenue"),
            account("Office Supplies", "OUTGOING", "Expenses"),
            account("O'Brien \"Mac\" Ltd", "OUTGOING", "Expenses"),
        ];
        self.mia.post(&format!("{}/accounts/batch", self.path), json!({"items": accounts})).await.ok();
    }

    async fn record_transactions(&mut self) {
        let of = |from: &str, to: &str, date: &str, amount: &str, description: &str| {
            json!({
                "creditAccount": {"name": from}, "debitAccount": {"name": to},
                "date": date, "amount": amount, "description": description,
            })
        };
        let with = |mut transaction: Value, more: Value| {
            transaction.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            transaction
        };
        let (bank, cash, tax) = ("Bank Account", "Cash", "Output Tax");
        let (sales, supplies) = ("Product Sales", "Office Supplies");
        let recorded = [
            (
                'a',
                with(
                    of(sales, bank, "2025-01-15", "440.00", "Service sold #retail #Spring"),
                    json!({"remoteIds": ["tag_tx1_7", "a"], "properties": {"invoice": "INV 1"}}),
                ),
            ),
            (
                'b',
                with(
                    of(bank, supplies, "2025-05-31", "100", "Papier für das Café"),
                    json!({"checked": true, "urls": ["https://example.com/receipts/77"]}),
                ),
            ),
            ('c', of(bank, cash, "2025-12-31", "99.9", "withdrawal of Müller")),
            ('d', of(cash, supplies, "2026-02-10", "1000", "oak desk #Retail_2")),
            (
                'f',
                json!({
                    "description": "lunch in spring", "amount": "5",
                    "creditAccount": {"name": bank}, "remoteIds": ["F-1"],
                }),
            ),
            ('g', with(of(sales, cash, "2026-03-01", "30", "not yet"), json!({"draft": true}))),
            ('h', with(of(sales, bank, "2025-06-15", "7", "gone #retail"), json!({"remoteIds": ["a2"]}))),
            ('i', with(of(bank, cash, "2025-06-15", "8", "gone"), json!({"draft": true}))),
        ];
        for (letter, transaction) in recorded {
            self.record(&self.mia.clone(), letter, transaction).await;
        }
        let paid = of(bank, tax, "2026-03-04", "12.50", "paid to the office");
        self.record(&self.mia.agent("tax-bot"), 'e', paid).await;
        for letter in ['h', 'i'] {
            let trash = format!("{}/transactions/trash", self.path);
            self.mia.patch(&trash, json!({"id": self.id(letter)})).await.ok();
        }
    }

    async fn record(&mut self, client: &Client, letter: char, transaction: Value) {
        let made = client.post(&format!("{}/transactions", self.path), transaction).await.ok();
        self.letters.insert(made["transaction"]["id"].as_str().unwrap().to_owned(), letter);
    }

    /// The id of the transaction that is called so.
    pub(crate) fn id(&self, letter: char) -> &str {
        self.letters.iter().find(|(_, known)| **known == letter).unwrap().0
    }

    /// Asks with a query: `path` is `transactions`, `balances`, and so on.
    pub(crate) async fn ask(&self, path: &str, query: &str) -> Answer {
        self.mia.get(&format!("{}/{path}?query={}&time=17", self.path, encoded(query))).await
    }

    /// The letters of what the query finds, in order.
    pub(crate) async fn found(&self, query: &str) -> String {
        let list = self.ask("transactions", query).await.ok();
        self.letters_of(&list)
    }

    pub(crate) fn letters_of(&self, list: &Value) -> String {
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| self.letters[item["id"].as_str().unwrap()]).collect()
    }
}

/// As JavaScript's `encodeURIComponent` does it.
pub(crate) fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(byte);
    let encode = |byte: u8| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}
