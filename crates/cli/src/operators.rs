//! A running host, as operators talk to it: its REST API.

mod client;
mod place;

pub(crate) use client::{Host, Page};
