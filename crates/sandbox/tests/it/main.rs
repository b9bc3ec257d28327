//! The sandbox from outside: what a client of Bkper sees.

mod accounts;
mod audits;
mod books;
mod bots;
mod chart_rights;
mod client;
mod collaborators;
mod collections;
mod control;
mod copies;
mod files;
mod google;
mod groups;
mod node;
mod permissions;
mod saved_queries;
mod seed;
mod snapshot;
mod verifier;
