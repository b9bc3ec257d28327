//! The sandbox from outside: what a client of Bkper sees.

mod accounts;
mod books;
mod client;
mod collections;
mod files;
mod control;
mod google;
mod groups;
mod node;
mod verifier;
