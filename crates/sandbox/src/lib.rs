//! A local Bkper to build and test against, with nothing to install and nobody to ask.
//!
//! [`google`] stands in for the part of Google that vouches for Bkper's calls: it signs ID tokens and publishes the key
//! that verifies them.
//!
//! This crate never uses the REST client: a mistake about the API must not be made on both sides at once.

pub mod google;
