//! The books and the rules they follow: what Bkper does with what it is asked.
//!
//! Here live the resources as the sandbox keeps them and every rule about them. How they are stored is in
//! [`crate::store`], how they are asked for in [`crate::api`]. Every change is recorded as an event in the same
//! transaction ([`crate::activity`]).

mod access;
mod account;
pub(crate) mod accounts;
mod app;
pub(crate) mod apps;
pub(crate) mod audit;
pub(crate) mod balances;
pub(crate) mod billing;
mod book;
pub(crate) mod books;
mod changes;
mod chart;
mod collaborator;
pub(crate) mod collaborators;
mod collection;
pub(crate) mod collections;
pub(crate) mod comments;
mod condition;
mod connection;
pub(crate) mod connections;
pub(crate) mod copy;
mod file;
pub(crate) mod files;
mod group;
pub(crate) mod groups;
mod integration;
pub(crate) mod integrations;
pub(crate) mod listing;
#[cfg(test)]
mod naive;
mod name;
mod nature;
mod number_id;
mod pattern;
mod periods;
mod properties;
pub(crate) mod saved_queries;
mod sums;
mod transaction;
pub(crate) mod transactions;
mod user;

pub(crate) use access::{Entered, Permission, Right};
pub(crate) use account::Account;
pub(crate) use app::{App, Wishes};
pub(crate) use bkper_model::UserId;
pub(crate) use book::Book;
pub(crate) use changes::Changes;
pub(crate) use chart::Chart;
pub(crate) use collaborator::{AccessRequest, Collaborator};
pub(crate) use collection::Collection;
pub(crate) use comments::Comment;
pub(crate) use condition::{Condition, LAST_DAY, Names};
pub(crate) use connection::Connection;
pub(crate) use file::{Content, File};
pub(crate) use group::{Below, Group};
pub(crate) use integration::Integration;
use name::name_given;
pub(crate) use nature::Nature;
pub(crate) use number_id::{AccountId, GroupId, IntegrationId, QueryId};
pub(crate) use periods::fuzzy_date;
pub(crate) use properties::Properties;
pub(crate) use saved_queries::SavedQuery;
pub(crate) use sums::{DayTotal, Sums, exact_sum};
pub(crate) use transaction::{Posting, Status, Transaction, padded};
pub(crate) use user::User;
