//! The journal, seen from outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod checking;
mod conformance;
mod copying;
mod crash;
mod erasure;
mod faults;
mod files;
mod finding;
mod given;
mod model;
mod moving;
mod postgres;
mod power_loss;
mod simulated;
mod statements;
mod users;
