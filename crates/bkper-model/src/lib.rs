//! The Bkper API v5 as types: what an event of a book says, and everything that it can contain.
//!
//! Here live the resources (books, accounts, transactions, …) and their parts (amounts, dates, ids), each
//! readable from JSON and writable to it. Nothing here talks to a network, a disk or a clock.
//!
//! ```
//! use bkper_model::{Event, EventType};
//!
//! let event: Event = serde_json::from_str(
//!     r#"{"type": "TRANSACTION_UPDATED",
//!         "data": {"object": {"transaction": {"amount": "120.00", "properties": {"exc_code": "USD"}}},
//!                  "previousAttributes": {"amount": "102.00"}}}"#,
//! )?;
//!
//! assert_eq!(event.event_type, Some(EventType::TransactionUpdated));
//! assert_eq!(event.previous("amount"), Some("102.00"));
//!
//! let transaction = event.transaction().ok_or("no transaction")?;
//! let amount = transaction.amount.as_ref().ok_or("no amount")?.decimal()?;
//! assert_eq!(amount.to_string(), "120.00");
//! assert_eq!(transaction.property("exc_code"), Some("USD"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is read is written back
//!
//! Every JSON object can be read as any of the resources, and is written back as an equal JSON object:
//!
//! - Every field is an `Option`. It is `Some` when the JSON has the field in the documented form; then, and only
//!   then, is it written.
//! - Everything else is kept in the resource's `extra`, under its JSON name: fields that this crate does not know,
//!   a `null`, and values of an undocumented form (`"archived": "yes"`).
//! - When a program sets a field that `extra` also has, the field wins.
//!
//! So `account.name = None` leaves the name out, and a `null` in `extra` under `"name"` writes one.
//!
//! Build a resource with `..Default::default()`: later versions of the API add fields.

mod account;
mod agent;
mod amount;
mod book;
mod bot_response;
mod collaborator;
mod collection;
mod comment;
mod date;
mod event;
mod event_object;
mod event_type;
mod file;
mod group;
mod id;
mod integration;
mod permission;
mod saved_query;
mod text_map;
mod timestamp;
mod transaction;
mod user;
mod wire;

pub use account::{Account, AccountType};
pub use agent::Agent;
pub use amount::{Amount, AmountError};
pub use book::{Book, DecimalSeparator, Month, Period, Visibility};
pub use bot_response::{BotResponse, BotResponseType};
pub use collaborator::Collaborator;
pub use collection::Collection;
pub use comment::Comment;
pub use date::{Date, InvalidDate};
pub use event::{Event, EventData};
pub use event_object::EventObject;
pub use event_type::EventType;
pub use file::File;
pub use group::Group;
pub use id::{
    AccountId, AgentId, BookId, CollaboratorId, CollectionId, CommentId, ConnectionId, DomainId, EventId,
    FileId, GroupId, IntegrationId, QueryId, TransactionId, UserId,
};
pub use integration::Integration;
pub use permission::Permission;
pub use rust_decimal::Decimal;
pub use saved_query::Query;
pub use text_map::TextMap;
pub use timestamp::{TimestampMs, TimestampRfc3339};
pub use transaction::{Transaction, TransactionOperation};
pub use user::{Domain, PlanCycle, User};
pub use wire::choice::Unknown;
