//! The sandbox from outside: what a client of Bkper sees.

mod accounts;
mod apps;
mod audits;
mod books;
mod bots;
mod chart_rights;
mod client;
mod collaborators;
mod collections;
mod control;
mod copies;
mod deliveries;
mod files;
mod google;
mod groups;
mod node;
mod permissions;
mod receiver;
mod saved_queries;
mod seed;
mod snapshot;
mod verifier;
