//! The sandbox's state: one SQLite database, in a file or in memory.
//!
//! Here live the tables and what reads and writes their rows. What a row may say is decided in [`crate::ledger`]; rows
//! are written within the transaction of one request, so a request that is refused leaves nothing behind.

mod open;
mod rows;

pub(crate) mod accounts;
pub(crate) mod apps;
pub(crate) mod books;
pub(crate) mod collaborators;
pub(crate) mod collections;
pub(crate) mod comments;
pub(crate) mod connections;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod groups;
pub(crate) mod integrations;
pub(crate) mod outbox;
pub(crate) mod responses;
pub(crate) mod saved_queries;
pub(crate) mod search;
pub(crate) mod totals;
pub(crate) mod transactions;
pub(crate) mod users;
pub(crate) mod whole;

pub use open::OpenError;
pub(crate) use open::{Data, open};
pub(crate) use rows::{json, read};
