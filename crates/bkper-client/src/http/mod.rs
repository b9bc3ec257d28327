//! One call on the wire: how it is addressed, sent, tried again, and how its answer is read.

mod address;
mod answer;
mod request;
mod retry_after;
mod send;

pub(crate) use request::Request;
