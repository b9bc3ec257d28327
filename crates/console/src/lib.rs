//! The operators' door: the REST API under `/api/v1`, the live stream, and the metrics.
//!
//! A request goes through [`access`] (who may come in), then to the function of its route ([`routes`]). What is read comes
//! from the journal, what is done is done by the dispatcher. The API's description is [`OPENAPI`]; a test compares it with
//! the routes, and every answer of the tests with it.
//!
//! Not here: the public door, SQL, and what an act leads to.

mod access;
mod actor;
mod acts;
mod body;
mod console;
mod deliveries;
mod erasures;
mod hooks;
mod metrics;
mod openapi;
mod problem;
mod query;
mod record;
mod replays;
mod routes;
mod server;
mod stream;

pub use access::{Access, NoToken};
pub use console::{Console, HookAbout, Refused, Setup};
pub use openapi::OPENAPI;
pub use server::Server;
