//! What a process is told in its environment: what a server would be told in headers.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use secrecy::ExposeSecret;
use tokio::process::Command;

use crate::Invocation;
use crate::traceparent::traceparent;

/// The event's headers that become variables. Named one by one: a header that somebody makes up must not become `PATH`.
const HEADERS: [(&str, &str); 3] = [
    ("content-type", "CONTENT_TYPE"),
    ("bkper-agent-id", "BKPER_AGENT_ID"),
    ("bkper-oauth-token", "BKPER_OAUTH_TOKEN"),
];

/// Puts the facts of a run into the environment. What the host's own environment says under these names is not passed
/// on.
pub(super) fn tell(command: &mut Command, invocation: &Invocation) {
    let event = &invocation.event;
    for (header, variable) in HEADERS {
        command.env_remove(variable);
        if let Some(open) = event.headers.iter().find(|given| &*given.name == header) {
            command.env(variable, OsStr::from_bytes(&open.value));
        }
        if let Some(sealed) = event.secrets.iter().find(|given| &*given.name == header) {
            command.env(variable, sealed.value.expose_secret());
        }
    }
    command
        .env("CONTENT_LENGTH", event.body.len().to_string())
        .env("TRACEPARENT", traceparent(invocation.delivery, invocation.run))
        .env("BOOKHOOK_HOOK", invocation.hook.as_str())
        .env("BOOKHOOK_DELIVERY", invocation.delivery.to_string())
        .env("BOOKHOOK_RUN", invocation.run.to_string())
        .env("BOOKHOOK_CAUSE", invocation.cause.as_str())
        .env("BOOKHOOK_EVENT_TYPE", &*event.event_type);
    if let Some(id) = &event.id {
        command.env("BOOKHOOK_EVENT_ID", &*id.0);
    }
    if let Some(book) = &event.book_id {
        command.env("BOOKHOOK_BOOK_ID", &**book);
    }
}
