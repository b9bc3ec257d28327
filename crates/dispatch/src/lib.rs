//! From a verified event to its answer: admission, lanes, runs, retries, recovery, drain.
//!
//! [`scheduler`] decides who goes next and does no I/O; [`Dispatcher`] does what it says, with a journal and
//! handlers. What a run's end means for its delivery is decided in `verdict`. HTTP is not known here: callers are
//! given an [`Answer`], and the receiver makes a reply of it.

pub mod scheduler;

mod answer;
mod desk;
mod dispatcher;
mod erasure;
mod explain;
mod hosts;
mod housekeeping;
mod jobs;
mod lanes;
mod life;
mod operators;
mod recovery;
mod retention;
mod verdict;

pub use answer::{Answer, Arrival, Later, Purpose};
pub use dispatcher::{Clock, Dispatcher, HookSetup, StartError};
pub use operators::ActError;
