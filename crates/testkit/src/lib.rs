//! What the tests of several crates share: example events, Bkper as a caller, handlers that a test holds back
//! and looks at, databases, and
//! lines to them that can be cut.
//!
//! Helpers fail as tests do: with a panic that says what was waited for. Every wait is for a condition, with a bound.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

pub mod caller;
pub mod events;
pub mod line;
pub mod postgres;
pub mod runs;
pub mod wait;
pub mod wire;

pub use caller::{Bkper, OAUTH_TOKEN, Post};
pub use events::{Example, example};
pub use line::Line;
pub use postgres::Database;
pub use runs::{Gate, Runs, Span};
pub use wait::eventually;
pub use wire::{Exchange, Reply};
