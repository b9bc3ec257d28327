//! Events of a book: what happened, what apps answered, and having them answer again.

use bkper_model::{App, Backlog, Event, EventList, EventType};
use jiff::Timestamp;
use reqwest::Method;

use crate::lists::List;
use crate::paging::{Listing, paged};
use crate::{BookHandle, Error, RefersTo};

/// # Events
impl BookHandle {
    /// What happened in the book, newest first. Nothing is sent yet.
    ///
    /// ```no_run
    /// # async fn example(book: bkper_client::BookHandle) -> Result<(), Box<dyn std::error::Error>> {
    /// let failed = book.events().after("2026-03-01T00:00:00Z".parse()?).with_errors().all().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn events(&self) -> Events {
        Events(Listing::new(self.clone(), "events"))
    }

    /// The event with this id. Nothing is sent yet.
    pub fn event(&self, event: impl RefersTo<Event>) -> EventHandle {
        EventHandle { book: self.clone(), id: event.reference().in_path().to_owned() }
    }

    /// Has Bkper send these events again, to all apps that listen. It does so after it has answered. No events make no
    /// call.
    pub async fn replay_events(
        &self,
        events: impl IntoIterator<Item = impl RefersTo<Event>>,
    ) -> Result<(), Error> {
        self.replay(events, None).await
    }

    /// The same, only to the apps that answered with an error.
    pub async fn replay_failed_events(
        &self,
        events: impl IntoIterator<Item = impl RefersTo<Event>>,
    ) -> Result<(), Error> {
        self.replay(events, Some("true")).await
    }

    /// How many deliveries of events are waiting.
    pub async fn backlog(&self) -> Result<u64, Error> {
        let request = self.get_at(&["events", "backlog"]);
        let call = request.call();
        let backlog: Backlog = request.send().await?;
        backlog.count.ok_or(Error::Incomplete { call, missing: "count" })
    }

    async fn replay(
        &self,
        events: impl IntoIterator<Item = impl RefersTo<Event>>,
        errors_only: Option<&str>,
    ) -> Result<(), Error> {
        let events: Vec<_> = events.into_iter().map(|event| by_id(&event)).collect();
        if events.is_empty() {
            return Ok(());
        }
        let refers_to_nothing = events.iter().any(|event| event.id.is_none());
        let request = self.at(Method::PATCH, &["events", "replay", "batch"]).maybe("errorsOnly", errors_only);
        request.refusing(refers_to_nothing).body(&EventList::of(events)).send_only().await
    }
}

/// The event with nothing but its id.
fn by_id(event: &impl RefersTo<Event>) -> Event {
    Event { id: event.reference().id(), ..Event::default() }
}

/// The events of a book, newest first: see [`BookHandle::events`].
///
/// Not all filters count together: [`about`](Self::about) leaves out `with_errors` and `of_type`, and
/// [`with_errors`](Self::with_errors) leaves out `of_type`.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until they are asked for"]
pub struct Events(Listing<EventList>);

paged!(Events lists Event as EventList, 200 a page);

impl Events {
    /// Those that happened at this time or later.
    pub fn after(self, time: Timestamp) -> Self {
        Self(self.0.with("after", time.to_string()))
    }

    /// Those that happened before this time.
    pub fn before(self, time: Timestamp) -> Self {
        Self(self.0.with("before", time.to_string()))
    }

    /// Those that an app answered with an error.
    pub fn with_errors(self) -> Self {
        Self(self.0.with("error", "true".to_owned()))
    }

    /// Those about the resource with this id: a transaction, an account, a group, …
    pub fn about(self, resource_id: impl AsRef<str>) -> Self {
        // The API spells it so.
        Self(self.0.with("resoureId", resource_id.as_ref().to_owned()))
    }

    /// Those of this type.
    pub fn of_type(self, event_type: &EventType) -> Self {
        Self(self.0.with("type", event_type.to_string()))
    }
}

/// One event of a book, to be acted upon. What it *says* is an [`Event`].
#[derive(Clone, Debug)]
pub struct EventHandle {
    book: BookHandle,
    id: String,
}

impl EventHandle {
    /// Has Bkper send the event to this app again, waits for its response, and gives back the event with it.
    ///
    /// That may take as long as the handler does: mind the [time limit](crate::ClientBuilder::timeout). The client does
    /// not try it again.
    pub async fn replay(&self, app: impl RefersTo<App>) -> Result<Event, Error> {
        let path = ["events", &self.id, "responses", app.reference().in_path()];
        self.book.at(Method::PUT, &path).repeatable(false).send().await
    }

    /// Deletes what this app answered, and gives back the event without it.
    pub async fn delete_response(&self, app: impl RefersTo<App>) -> Result<Event, Error> {
        let path = ["events", &self.id, "responses", app.reference().in_path()];
        self.book.at(Method::DELETE, &path).send().await
    }
}
