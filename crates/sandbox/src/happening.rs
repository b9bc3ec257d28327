//! What goes on in a sandbox, told to whoever watches: calls of the API, and deliveries to apps.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bkper_model::{AgentId, BookId, BotResponseType, EventId, EventType};
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use tokio::sync::broadcast;

/// So much is kept for a watcher that is slow.
const KEPT: usize = 4096;

/// Something that went on.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Happening {
    /// The API was called.
    Call(Call),
    /// An event was sent to an app.
    Delivery(Delivery),
    /// The watcher was too slow, and did not hear of so many happenings.
    Missed(u64),
}

/// A call of the API.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// When, by the sandbox's clock.
    pub at: Timestamp,
    /// Username of who called; none where the call did not come so far.
    pub user: Option<String>,
    /// The app through which the user called.
    pub agent: Option<AgentId>,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path with its query, as it was sent.
    pub path: String,
    /// The answer's status.
    pub status: u16,
    /// How long the answer took.
    #[serde(rename = "micros", serialize_with = "micros")]
    pub took: Duration,
}

/// One attempt to send an event to an app.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// When, by the sandbox's clock.
    pub at: Timestamp,
    /// The event.
    pub event: EventId,
    /// Its type.
    pub event_type: EventType,
    /// Its book.
    pub book: BookId,
    /// The app.
    pub app: AgentId,
    /// The first is 1.
    pub attempt: u32,
    /// The answer's status; none where there was no answer.
    pub status: Option<u16>,
    /// What came of it.
    pub outcome: Outcome,
    /// How long it took.
    #[serde(rename = "micros", serialize_with = "micros")]
    pub took: Duration,
}

/// What came of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The app had nothing to say.
    Suppressed,
    /// The app's response, as it is recorded with the event.
    Recorded {
        /// How severe it is.
        #[serde(rename = "type")]
        kind: BotResponseType,
        /// What it says.
        message: String,
    },
    /// It will be sent again.
    Again {
        /// When, by the sandbox's clock.
        at: Timestamp,
    },
}

fn micros<S: Serializer>(took: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(u64::try_from(took.as_micros()).unwrap_or(u64::MAX))
}

/// Hears what goes on, from the moment that it was made.
#[derive(Debug)]
pub struct Watch(broadcast::Receiver<Happening>);

impl Watch {
    /// Waits for what goes on next; `None` when the sandbox is gone.
    pub async fn next(&mut self) -> Option<Happening> {
        match self.0.recv().await {
            Ok(happening) => Some(happening),
            Err(broadcast::error::RecvError::Lagged(missed)) => Some(Happening::Missed(missed)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

/// Tells what goes on.
#[derive(Debug)]
pub(crate) struct Teller(broadcast::Sender<Happening>);

impl Default for Teller {
    fn default() -> Self {
        Self(broadcast::Sender::new(KEPT))
    }
}

impl Teller {
    pub(crate) fn watch(&self) -> Watch {
        Watch(self.0.subscribe())
    }

    pub(crate) fn tell(&self, happening: Happening) {
        // Mostly nobody watches, which is no error.
        let _ = self.0.send(happening);
    }
}

/// Where the name of a call's user is noted, once it is known who that is.
#[derive(Clone, Debug, Default)]
pub(crate) struct NameTag(Arc<OnceLock<String>>);

impl NameTag {
    pub(crate) fn note(&self, username: &str) {
        // A request that acts several times does so as the same user.
        let _ = self.0.set(username.to_owned());
    }

    pub(crate) fn name(&self) -> Option<String> {
        self.0.get().cloned()
    }
}
