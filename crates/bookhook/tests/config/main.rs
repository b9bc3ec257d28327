//! The configuration as its author meets it: files in, values or mistakes out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod anything;
mod app;
mod folder;
mod good;
mod manifest;
mod mistakes;
mod page;
mod secrets;
mod warnings;
