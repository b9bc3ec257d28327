//! The public HTTP door: who may come in, with what, and what they are told.
//!
//! A request goes through [`receive`](crate::door) from top to bottom: method, type, announced size, verification,
//! body, reading, dispatch, reply. Nothing here knows lanes or SQL.

mod answered;
mod body;
mod counters;
mod door;
mod fingerprint;
pub mod identity;
mod readiness;
mod reply;
mod server;
mod source;

pub use counters::{Counters, Refused};
pub use door::{Door, DoorError, HookDoor};
pub use server::{Server, ServerLimits};
pub use source::Source;
pub use source::bkper::{Bkper, OwnEvents};
