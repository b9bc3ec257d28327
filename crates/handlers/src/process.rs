//! Processes that the host starts: the command, the process and all that it starts, what they write, and their end.
//!
//! What is common to `run` and `exec` is here; what a process is for is not.

mod command;
mod group;
mod guard;
mod lines;
mod log;
mod words;

pub use command::{CommandLine, NotRunnable};
pub use guard::Guard;

pub(crate) use group::Group;
pub(crate) use lines::read_lines;
pub(crate) use log::Log;
pub(crate) use words::Words;
