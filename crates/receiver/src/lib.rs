//! bookhook-receiver

pub mod identity;
