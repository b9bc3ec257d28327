//! A host as its callers meet it: through the real door, with a real journal on disk.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accepted;
mod acting;
mod admission;
mod behind;
mod console;
mod deadline;
mod door;
mod drain;
mod handler_server;
mod killed;
mod kinds;
mod lanes;
mod matching;
mod native;
mod pausing;
mod processes;
mod recovery;
mod resending;
mod retry;
mod stage;
mod whole_way;
