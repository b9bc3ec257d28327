//! What a handler in Rust is given.

use std::sync::OnceLock;

use bkper_client::{BookHandle, Client};
use bkper_model::Event;
use bookhook_handlers::Invocation;
use bookhook_model::{Cause, DeliveryId, HookName, RunNumber};
use secrecy::SecretString;

use crate::remote_ids;

/// One run: the event, the facts that go with it, and the book in which it happened.
///
/// ```
/// use bookhook::{Context, Response, Result};
///
/// async fn remind(cx: Context) -> Result<Response> {
///     let who = cx.event()?.user.as_ref().and_then(|user| user.given_name.as_deref());
///     match cx.book().transactions("is:unchecked before:$m").count().await? {
///         0 => Ok(Response::suppressed()),
///         n => Ok(Response::warning(format!("{}, {n} transactions are unchecked", who.unwrap_or("Hello")))),
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Context {
    invocation: Invocation,
    event: OnceLock<Event>,
    /// The host's, as the app.
    app: Client,
    /// The same, for this event.
    client: OnceLock<Client>,
}

/// The payload is JSON, as the receiver saw, and yet no Bkper event.
#[derive(Debug, thiserror::Error)]
#[error("the payload of {delivery} is not a Bkper event")]
pub struct NotAnEvent {
    delivery: DeliveryId,
    source: serde_json::Error,
}

impl Context {
    pub(crate) fn new(invocation: Invocation, app: Client) -> Self {
        Self { invocation, event: OnceLock::new(), app, client: OnceLock::new() }
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

    /// The book in which the event happened, to act upon through [`client`](Self::client).
    ///
    /// No call is made for it. An event that names no book (Bkper sends none) shows in the first call, which fails with
    /// [`NoAddress`](bkper_client::Error::NoAddress).
    pub fn book(&self) -> BookHandle {
        self.client().book(self.invocation.event.book_id.as_deref().unwrap_or_default())
    }

    /// Bkper's API, on behalf of the user who installed the app, as the app.
    ///
    /// - The token is the one that came with the event. If none came (an event that was made by hand), calls go out
    ///   without one: a sandbox takes them for its default user's, Bkper refuses them.
    /// - The agent is the app, by whose id the hook knows its own events, and skips them.
    /// - Every transaction that is made through it gets a [remote id](bkper_client::RemoteIds), unless it has one,
    ///   which follows from the hook, the event, and the step: the first transaction of this run, the second, and so on.
    ///   A handler that runs again for the event, after a crash or because somebody replays it, so makes the same
    ///   transactions in the same order, and none is there twice.
    ///
    /// Its connections are those of the whole host.
    pub fn client(&self) -> &Client {
        self.client.get_or_init(|| {
            let client = self.app.with_remote_ids(remote_ids::of(&self.invocation));
            match self.oauth_token() {
                Some(token) => client.with_token(token.clone()),
                None => client,
            }
        })
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

    /// The delivery. It stays the same over all runs, so it is a key by which effects outside of books can be told apart.
    pub fn delivery(&self) -> DeliveryId {
        self.invocation.delivery
    }

    /// The run's number within the delivery, from 1.
    pub fn run(&self) -> RunNumber {
        self.invocation.run
    }

    /// Why it runs: for the first time, again for its caller, again because somebody replays it, or after a crash.
    pub fn cause(&self) -> Cause {
        self.invocation.cause
    }
}
