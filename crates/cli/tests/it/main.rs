//! The program as people use it: the real binary, its output, and its exit status.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod activity;
mod check;
mod command_line;
mod demo;
mod dev;
mod examples;
mod handler;
mod init;
mod journal;
mod operators;
mod place;
mod preload;
mod processes;
mod round_trip;
mod sandbox;
mod send;
mod serve;
mod steady;
