//! What a handler in Rust is given.

use std::sync::OnceLock;

use bkper_model::Event;
use bookhook_handlers::Invocation;
use bookhook_model::{Cause, DeliveryId, HookName, RunNumber};
use secrecy::SecretString;

/// One run: the event, and the facts that go with it.
#[derive(Debug)]
pub struct Context {
    invocation: Invocation,
    event: OnceLock<Event>,
}

/// The payload is JSON, as the receiver saw, and yet no Bkper event.
#[derive(Debug, thiserror::Error)]
#[error("the payload of {delivery} is not a Bkper event")]
pub struct NotAnEvent {
    delivery: DeliveryId,
    source: serde_json::Error,
}

impl Context {
    pub(crate) fn new(invocation: Invocation) -> Self {
        Self { invocation, event: OnceLock::new() }
    }

    /// The event. It is read when it is first asked for: a handler that needs none of it does not pay for it.
    pub fn event(&self) -> Result<&Event, NotAnEvent> {
        if let Some(event) = self.event.get() {
            return Ok(event);
        }
        let read = serde_json::from_slice(self.body());
        let event = read.map_err(|source| NotAnEvent { delivery: self.delivery(), source })?;
        Ok(self.event.get_or_init(|| event))
    }

    /// The payload, byte for byte.
    pub fn body(&self) -> &[u8] {
        &self.invocation.event.body
    }

    /// The access token of the user who installed the app, with which the handler acts on the book.
    pub fn oauth_token(&self) -> Option<&SecretString> {
        let secrets = &self.invocation.event.secrets;
        secrets.iter().find(|secret| &*secret.name == "bkper-oauth-token").map(|secret| &secret.value)
    }

    /// The hook.
    pub fn hook(&self) -> &HookName {
        &self.invocation.hook
    }

    /// The delivery. It stays the same over all runs, so it can serve as an idempotency key.
    pub fn delivery(&self) -> DeliveryId {
        self.invocation.delivery
    }

    /// The run's number within the delivery, from 1.
    pub fn run(&self) -> RunNumber {
        self.invocation.run
    }

    /// Why it runs.
    pub fn cause(&self) -> Cause {
        self.invocation.cause
    }
}
