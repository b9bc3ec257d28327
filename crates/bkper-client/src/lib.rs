//! A client of Bkper's REST API v5, for handlers and other programs that act on books.
//!
//! A handler in twenty lines: a sale was checked, so its tax is drafted in the same book, on behalf of the user whose
//! token came with the event.
//!
//! ```no_run
//! use bkper_client::model::{Decimal, Event};
//! use bkper_client::{Client, Error};
//!
//! async fn draft_tax(client: &Client, event: &Event, token: &str) -> Result<String, Box<dyn std::error::Error>> {
//!     let book = client.with_token(token).with_agent_id("tax-bot").book(event);
//!     let sale = event.transaction().ok_or("not about a transaction")?;
//!     let (Some(id), Some(date), Some(amount)) = (&sale.id, sale.date, &sale.amount) else {
//!         return Ok("nothing to tax".into());
//!     };
//!     let mut tax = amount.decimal()? * Decimal::new(20, 2);
//!     tax.rescale(2); // rounds half up
//!     book.new_transaction()
//!         .date(date)
//!         .amount(tax)
//!         .from("Output Tax")
//!         .to("Product Sales")
//!         .description("#vat 20 %")
//!         .property("tax_of", id.as_str())
//!         .remote_id(format!("vat_{id}"))
//!         .draft()
//!         .await?;
//!     Ok(format!("TAX: {tax}"))
//! }
//! ```
//!
//! # The parts
//!
//! - A [`Client`] knows the server, the user's token, the app that acts, and how patient to be. It is made once by a
//!   [`ClientBuilder`]; [`with_token`](Client::with_token) makes one for each user, over the same connections.
//! - What the API *says* are the types of [`model`]: [`model::Book`], [`model::Transaction`], … All of their fields are
//!   optional, as on the wire; in an update, what is `None` stays as it is.
//! - What is *done* goes through handles: [`client.book(…)`](Client::book) is a [`BookHandle`], on which is everything
//!   that can be done in a book, and `book.account(…)`, `book.transaction(…)` and so on lead to one thing in it. Handles
//!   are addresses: they are made without a call, from an id, a name, or the resource itself ([`RefersTo`]).
//! - Each `async` method is one call of the API, unless it says otherwise. `get` fails for what is not there, `find` gives
//!   `None`.
//!
//! ```no_run
//! # async fn example(client: bkper_client::Client) -> Result<(), bkper_client::Error> {
//! use bkper_client::model::{Account, AccountType};
//!
//! let book = client.book("agtzfmJrcGVyLWhyZHI");
//! let fees = match book.account("Bank Fees").find().await? {
//!     Some(account) => account,
//!     None => {
//!         let name = Some("Bank Fees".into());
//!         let account = Account { name, account_type: Some(AccountType::Outgoing), ..Account::default() };
//!         book.create_account(&account).await?
//!     }
//! };
//! for draft in book.transactions("is:draft to:'Bank Fees'").all().await? {
//!     book.transaction(&draft).post().await?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Lists
//!
//! Transactions, events and files come page by page: [`Transactions`], [`Events`], [`Files`]. Take them as a
//! [stream](Paged), all at once, only the first, or a page with its cursor. Everything else is short, and comes as a
//! `Vec`.
//!
//! # Errors and retries
//!
//! An [`Error`] says which call it was, and what came of it; tokens and queries are in none. What can be tried again
//! without doing anything twice is tried again, within the [`RetryPolicy`].
//!
//! ```no_run
//! # async fn example(book: bkper_client::BookHandle) {
//! match book.account("Bank Account").get().await {
//!     Ok(account) => println!("{account:?}"),
//!     Err(error) if error.is_not_found() => println!("no such account"),
//!     Err(error) if error.is_transient() => println!("later: {error}"),
//!     Err(error) => println!("{error}"),
//! }
//! # }
//! ```
//!
//! # Twice is once
//!
//! A transaction with a remote id is made once, however often it is posted: Bkper gives back the one that is there. A
//! handler that may run twice for an event gives each transaction a [remote id](NewTransaction::remote_id) that follows
//! from the event, or has the client make them: [`RemoteIds`].
//!
//! # Elsewhere
//!
//! [`ClientBuilder::from_env`] takes the address from `BKPER_API_URL`, so that the same program acts on a sandbox. A
//! whole program, that prints what is in a book:
//!
//! ```no_run
//! use std::env;
//!
//! use bkper_client::ClientBuilder;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let client = ClientBuilder::from_env()?.token(env::var("BKPER_TOKEN")?).build()?;
//!     let book = client.book(env::args().nth(1).ok_or("which book?")?);
//!     let mut transactions = book.transactions("after:$m-1").stream();
//!     while let Some(transaction) = transactions.try_next().await? {
//!         let [day, what] = [transaction.date_formatted, transaction.description].map(Option::unwrap_or_default);
//!         println!("{day} {what}");
//!     }
//!     Ok(())
//! }
//! ```

mod accounts;
mod apps;
mod balances;
mod batches;
mod books;
mod builder;
mod client;
mod collections;
mod error;
mod events;
mod files;
mod groups;
mod http;
mod lists;
mod new_transaction;
mod paging;
mod queries;
mod refers_to;
mod remote_ids;
mod retry;
mod sharing;
mod transactions;
mod user;

pub use bkper_model as model;
pub use secrecy::SecretString;

pub use accounts::AccountHandle;
pub use apps::AppHandle;
pub use books::BookHandle;
pub use builder::{BuildError, ClientBuilder};
pub use client::Client;
pub use collections::CollectionHandle;
pub use error::{Call, Error};
pub use events::{EventHandle, Events};
pub use files::{FileHandle, Files};
pub use groups::GroupHandle;
pub use new_transaction::NewTransaction;
pub use paging::Paged;
pub use refers_to::RefersTo;
pub use remote_ids::RemoteIds;
pub use retry::RetryPolicy;
pub use transactions::{TransactionHandle, Transactions};
pub use user::ConnectionHandle;
