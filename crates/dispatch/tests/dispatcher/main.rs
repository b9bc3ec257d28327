//! The dispatcher with a journal that fails, or answers late.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accepted;
mod beginning;
mod durable;
mod ending;
mod erasing;
mod given;
mod hosts;
mod housekeeping;
mod jobs;
mod lanes;
mod operators;
mod parking;
mod pausing;
mod settling;
mod taking;
