//! Bookhook as a library: what the author of a handler in Rust uses, and what the `bookhook` program is made of.
//!
//! ```no_run
//! use bookhook::{Context, EventType, Hook, Host, Response, Result};
//!
//! # #[tokio::main]
//! async fn main() -> Result<()> {
//!     let tax = Hook::bkper("bkper.yaml")?.on(EventType::TransactionChecked, add_tax);
//!     Host::from_env()?.hook(tax).serve().await
//! }
//!
//! async fn add_tax(cx: Context) -> Result<Response> {
//!     let Some(amount) = cx.event()?.transaction().and_then(|transaction| transaction.amount.as_ref()) else {
//!         return Ok(Response::suppressed());
//!     };
//!     Ok(Response::result(format!("TAX of {amount}")))
//! }
//! ```
//!
//! A [`Hook`] is one endpoint: a name, a source, a handler, a policy. A [`Host`] serves hooks: those of a
//! configuration file, and those that are given to it. What happens between the two is told in
//! `docs/architecture.md`.

pub mod config;

mod behind;
mod context;
mod hook;
mod host;
mod open_files;
mod remote_ids;
mod servers;
mod signals;
#[cfg(feature = "testing")]
pub mod testing;
mod wiring;

pub use anyhow::{Error, Result};
pub use bkper_client::{self, BookHandle, Client};
pub use bkper_model::{self, EventType};
pub use bookhook_handlers as handlers;
pub use bookhook_journal as journal;
pub use bookhook_model::{self as model, Response};
pub use bookhook_receiver::Refused;

pub use context::{Context, NotAnEvent};
pub use hook::Hook;
pub use host::{Host, HostError, RunningHost};
pub use signals::Signals;
