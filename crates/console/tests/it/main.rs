//! The operators' door, seen from outside: a real console on a real port, with a dispatcher and a journal behind it. Every
//! answer is compared with the API's own description.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod acting;
mod api;
mod entering;
mod given;
mod hooks;
mod looking;
mod metrics;
mod openapi;
mod streaming;
