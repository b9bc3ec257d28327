//! The Bkper API v5 as types: what an event of a book says, and everything that it can contain.
//!
//! Here live the resources (books, accounts, transactions, …), their lists and their parts (amounts, dates, ids),
//! each readable from JSON and writable to it; the forms in which Bkper compares names, keys and days; and the
//! [query language](query). Nothing here talks to a network, a disk or a clock.
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
//! A server must be stricter: [`from_request`] refuses what the API does not have and says where it stands, and
//! [`Resource::faults`] finds it in what was read before.
//!
//! Build a resource with `..Default::default()`: later versions of the API add fields.

mod account;
mod agent;
mod amount;
mod api_error;
mod app;
mod backlog;
mod balances;
mod billing;
mod book;
mod bot_response;
mod collaborator;
mod collection;
mod comment;
mod connection;
mod counts;
mod date;
mod date_pattern;
mod event;
mod event_object;
mod event_type;
mod fault;
mod file;
mod group;
mod id;
mod integration;
mod lists;
mod name;
mod permission;
mod property_key;
pub mod query;
mod request;
mod saved_query;
mod template;
mod text_map;
mod timestamp;
mod transaction;
mod url;
mod user;
mod wire;

pub use account::{Account, AccountType};
pub use agent::Agent;
pub use amount::{Amount, AmountError};
pub use api_error::{ApiError, ApiErrorDetail, ErrorBody};
pub use app::{ApiVersion, App, AppPropertiesSchema, AppPropertySchema, MenuOpenMode, PopupSize};
pub use backlog::Backlog;
pub use balances::{AccountBalances, Balance, Balances, GroupBalances, Periodicity};
pub use billing::Billing;
pub use book::{Book, DecimalSeparator, Month, Period, Visibility};
pub use bot_response::{BotResponse, BotResponseType};
pub use collaborator::Collaborator;
pub use collection::Collection;
pub use comment::Comment;
pub use connection::{Connection, ConnectionType};
pub use counts::{Count, Counts};
pub use date::{Date, InvalidDate, date_value, day_of_value};
pub use date_pattern::{DatePattern, InvalidDatePattern, InvalidDay};
pub use event::{Event, EventData};
pub use event_object::EventObject;
pub use event_type::EventType;
pub use fault::Fault;
pub use file::File;
pub use group::Group;
pub use id::{
    AccountId, AgentId, BookId, CollaboratorId, CollectionId, CommentId, ConnectionId, DomainId, EventId,
    FileId, GroupId, IntegrationId, QueryId, TransactionId, UserId,
};
pub use integration::Integration;
pub use lists::{
    AccountList, AppList, BookList, CollaboratorList, CollectionList, ConnectionList, EventList, FileList,
    GroupList, IntegrationList, QueryList, TemplateList, TransactionList,
};
pub use name::{fold_text, hashtags, normalize_name};
pub use permission::Permission;
pub use property_key::{PropertyKeyTooLong, property_key};
pub use request::{RequestError, from_request};
pub use rust_decimal::Decimal;
pub use saved_query::Query;
pub use template::Template;
pub use text_map::TextMap;
pub use timestamp::{TimestampMs, TimestampRfc3339};
pub use transaction::{Transaction, TransactionOperation};
pub use url::Url;
pub use user::{Domain, PlanCycle, User};
pub use wire::choice::Unknown;
pub use wire::resource::Resource;
