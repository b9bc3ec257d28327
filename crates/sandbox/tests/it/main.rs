//! The sandbox from outside: what a client of Bkper sees.

mod accounts;
mod books;
mod bots;
mod client;
mod collaborators;
mod collections;
mod control;
mod copies;
mod files;
mod google;
mod groups;
mod node;
mod saved_queries;
mod verifier;
