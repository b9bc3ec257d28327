//! Why there is no answer at all, in a sentence.

use std::error::Error;
use std::io;

use bookhook_model::units::show_duration;
use bookhook_model::{Failure, FailureKind};
use hyper_util::client::legacy;

use super::client::{CONNECT_LIMIT, Unresolved};
use super::target::Target;

/// What the client's error means for the person who runs the handler.
pub(super) fn explain(target: &Target, error: &legacy::Error) -> Failure {
    if error.is_connect() {
        Failure::new(FailureKind::Unreachable, unreachable(target, error))
    } else {
        unanswered(target, error)
    }
}

fn unreachable(target: &Target, error: &legacy::Error) -> String {
    let place = target.place();
    if let Some(cause) = find::<Unresolved>(error) {
        return format!("the name {} cannot be resolved: {cause}", target.host());
    }
    if let Some(cause) = find::<rustls::Error>(error) {
        return format!("no secure connection to {place}: {cause}");
    }
    let cause = causes(error).last().map(ToString::to_string).unwrap_or_default();
    match causes(error).filter_map(|cause| cause.downcast_ref()).last().map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => {
            format!("nothing listens at {place}: is the handler running?")
        }
        Some(io::ErrorKind::TimedOut) => {
            format!("{place} did not accept a connection within {}", show_duration(CONNECT_LIMIT))
        }
        _ => format!("no connection to {place}: {cause}"),
    }
}

fn unanswered(target: &Target, error: &legacy::Error) -> Failure {
    match find::<hyper::Error>(error) {
        Some(cause) if cause.is_parse() => {
            Failure::new(FailureKind::BadResponse, format!("{target} did not answer in HTTP/1.1: {cause}"))
        }
        _ => Failure::new(
            FailureKind::Disconnected,
            format!("{target} closed the connection before it answered{}", detail(error)),
        ),
    }
}

/// What the system says of a broken connection, when it says more than that it ended.
pub(super) fn detail(error: &(dyn Error + 'static)) -> String {
    match find::<io::Error>(error) {
        Some(cause) if cause.kind() != io::ErrorKind::UnexpectedEof => format!(" ({cause})"),
        _ => String::new(),
    }
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The error and what is behind it. An `io::Error` leaves out what it wraps when asked for its source.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(wrapper) => wrapper.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    })
}
