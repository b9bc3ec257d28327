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
    if error.is_connect() { unconnected(target, error) } else { unanswered(target, error) }
}

fn unconnected(target: &Target, error: &legacy::Error) -> Failure {
    if let Some(cause) = find::<Unresolved>(error) {
        let message = format!("the name {} cannot be resolved: {cause}", target.host());
        return Failure::new(FailureKind::Unresolved, message);
    }
    if is_insecure(error) {
        let message = format!("no secure connection to {}: {}", target.place(), root(error));
        return Failure::new(FailureKind::Insecure, message);
    }
    Failure::new(FailureKind::Unreachable, unreachable(target, error))
}

/// Whether there was a connection, and TLS failed: that reports an `io::Error` of its own, where TCP has its own type.
fn is_insecure(error: &legacy::Error) -> bool {
    matches!(error.source(), Some(cause) if cause.is::<io::Error>())
}

fn unreachable(target: &Target, error: &legacy::Error) -> String {
    let place = target.place();
    match causes(error).filter_map(|cause| cause.downcast_ref()).last().map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => {
            format!("nothing listens at {place}: is the handler running?")
        }
        Some(io::ErrorKind::TimedOut) => {
            format!("{place} did not accept a connection within {}", show_duration(CONNECT_LIMIT))
        }
        _ => format!("no connection to {place}: {}", root(error)),
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

/// What is behind it all, in its own words.
fn root(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
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
