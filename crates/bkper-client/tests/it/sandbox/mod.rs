//! Every call once, against the sandbox.

#![allow(clippy::unwrap_used, reason = "a test that cannot call fails")]

mod accounts;
mod apps;
mod books;
mod events;
mod files;
mod once;
mod sharing;
mod transactions;
mod user;

use bkper_client::model::{Account, AccountType, Book, Transaction};
use bkper_client::{BookHandle, Client};
use bookhook_sandbox::Sandbox;

/// A sandbox in which mia has a book with three accounts.
struct World {
    sandbox: Sandbox,
    client: Client,
    book: BookHandle,
}

impl World {
    async fn new() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let client = Client::builder().base_url(sandbox.url()).token("mia").build().unwrap();
        let book = client.create_book(&named_book("Aurora")).await.unwrap();
        let book = client.book(book);
        for (name, account_type) in [
            ("Bank Account", AccountType::Asset),
            ("Product Sales", AccountType::Incoming),
            ("Office Supplies", AccountType::Outgoing),
        ] {
            book.create_account(&account(name, account_type)).await.unwrap();
        }
        Self { sandbox, client, book }
    }

    /// The same sandbox as another user sees it.
    fn as_user(&self, name: &str) -> Client {
        self.client.with_token(name)
    }

    /// Pens were bought.
    async fn purchase(&self, amount: &str) -> Transaction {
        self.book
            .new_transaction()
            .date(jiff::civil::date(2026, 3, 4))
            .amount(amount)
            .from("Bank Account")
            .to("Office Supplies")
            .description("pens #office")
            .post()
            .await
            .unwrap()
    }
}

fn named_book(name: &str) -> Book {
    Book { name: Some(name.into()), ..Book::default() }
}

fn account(name: &str, account_type: AccountType) -> Account {
    Account { name: Some(name.into()), account_type: Some(account_type), ..Account::default() }
}

/// The names of what was listed.
fn names<T>(items: &[T], name: impl Fn(&T) -> Option<&String>) -> Vec<&str> {
    items.iter().map(|item| name(item).unwrap().as_str()).collect()
}
