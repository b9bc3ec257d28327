//! The journal, seen from outside.

mod conformance;
mod given;
