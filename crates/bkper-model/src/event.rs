//! Events: what Bkper sends to an app.

use crate::wire::resource::resource;
use crate::{
    Account, Agent, Book, BookId, BotResponse, EventId, EventObject, EventType, Group, TextMap, TimestampMs,
    TimestampRfc3339, Transaction, User,
};

resource! {
    /// Something that happened in a book.
    pub struct Event {
        /// Id of the event. It stays the same when the event is sent again.
        id: EventId = "id",
        /// What happened.
        event_type: EventType = "type",
        /// The book that it happened in, after it happened, with its collection but without accounts and groups.
        book: Book = "book",
        /// Id of that book.
        book_id: BookId = "bookId",
        /// The user who did it. What an app did was done by the user who installed it.
        user: User = "user",
        /// The app through which it was done.
        agent: Agent = "agent",
        /// Id of the resource that the event is about.
        resource: String = "resource",
        /// The resource that the event is about, and what it was like before.
        data: EventData = "data",
        /// What apps answered so far. Empty when the event is first sent.
        bot_responses: Vec<BotResponse> = "botResponses",
        /// When it happened.
        created_at: TimestampMs = "createdAt",
        /// When it happened, as RFC 3339 text.
        created_on: TimestampRfc3339 = "createdOn",
    }
    settled by Event::type_object
}

resource! {
    /// What an event is about.
    ///
    /// Read on its own, without the event's type, it has its object as [`EventObject::Other`].
    pub struct EventData {
        /// The resource that the event is about.
        object: EventObject = "object",
        /// The attributes that an update changed, with their previous values as text.
        ///
        /// Properties stand under their own key, with `""` when they are new. The date is under `dateValue` (as
        /// `YYYYMMDD`), accounts are under `creditAccId` and `debitAccId`. An empty map says that nothing relevant
        /// changed; no map says nothing about it.
        previous_attributes: TextMap = "previousAttributes",
    }
}

impl Event {
    /// The transaction, of an event about one.
    pub fn transaction(&self) -> Option<&Transaction> {
        match self.object()? {
            EventObject::Transaction(operation) => operation.transaction.as_ref(),
            _ => None,
        }
    }

    /// The account, of an event about one.
    pub fn account(&self) -> Option<&Account> {
        match self.object()? {
            EventObject::Account(account) => Some(account),
            _ => None,
        }
    }

    /// The group, of an event about one.
    pub fn group(&self) -> Option<&Group> {
        match self.object()? {
            EventObject::Group(group) => Some(group),
            _ => None,
        }
    }

    /// The resource that the event is about.
    pub fn object(&self) -> Option<&EventObject> {
        self.data.as_ref()?.object.as_ref()
    }

    /// What an attribute was before the update, when the update changed it: see
    /// [`EventData::previous_attributes`] for the names.
    pub fn previous(&self, attribute: &str) -> Option<&str> {
        self.data.as_ref()?.previous_attributes.as_ref()?.get(attribute)
    }

    /// The type comes after the data, so the object gets its type last.
    fn type_object(&mut self) -> Result<(), serde_json::Error> {
        if let (Some(event_type), Some(data)) = (&self.event_type, &mut self.data) {
            data.object = data.object.take().map(|object| object.of(event_type)).transpose()?;
        }
        Ok(())
    }
}
