//! A local Bkper to build and test against, with nothing to install and nobody to ask.
//!
//! A [`Sandbox`] keeps books as Bkper does, serves the REST API v5, records what happens as events, and sends them to
//! the apps that listen. The clients and bots that were written for Bkper work against it unchanged, when pointed at its
//! address.
//!
//! [`google`] stands in for the part of Google that vouches for Bkper's calls: it signs ID tokens and publishes the key
//! that verifies them.
//!
//! This crate never uses the REST client: a mistake about the API must not be made on both sides at once.
//!
//! The way of a request: `api` reads it, `world` gives it a transaction and a user, `ledger` does what it asks by the
//! rules of Bkper, `store` keeps the rows, and `activity` records and sends what happened.

mod act;
mod activity;
mod api;
mod clock;
mod control;
mod faults;
pub mod google;
mod happening;
mod identity;
mod ids;
mod ledger;
mod manifest;
mod refusal;
mod registry;
mod seed;
mod server;
mod store;
mod world;
mod yaml;

pub use clock::{ClockError, Time, TimeChange};
pub use control::{About, Facts, Person, ShownApp, ShownBook};
pub use faults::{CallFaults, DeliveryFaults, Faults, Times};
pub use happening::{Call, Delivery, Happening, Outcome, Watch};
pub use manifest::{Manifest, ManifestError};
pub use registry::{OwnEvents, RegisterError};
pub use seed::{Mistake, Seed, SeedError, SeedProblem};
pub use server::{Builder, Sandbox, StartError};
pub use store::OpenError;
pub use yaml::YamlError;
