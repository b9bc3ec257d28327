//! The client as its users meet it: against servers that answer what the story needs, and against the sandbox.

mod errors;
mod paging;
mod remote_ids;
mod retries;
mod sandbox;
mod scripted;
