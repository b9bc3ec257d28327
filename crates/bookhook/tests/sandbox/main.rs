//! The real sandbox delivers to the real host: the protocol between Bkper and handlers, from both sides at once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod burst;
mod busy;
mod crash;
mod down;
mod every_type;
mod examples;
mod faults;
mod handlers;
mod order;
mod own_events;
mod replay;
mod responses;
mod road;
mod scene;
mod slow;
mod strangers;
mod tokens;
mod two_apps;
