//! Recording an event, in the transaction of what caused it.

use bkper_model::{AgentId, Event, EventData, EventId, EventObject, EventType, TextMap};

use crate::act::Act;
use crate::ledger::{Book, apps};
use crate::refusal::Refusal;
use crate::store;
use crate::store::integrations::Listener;
use crate::store::outbox::Lane;

impl Act<'_> {
    /// Records that something happened in the book, which must already be as it is afterwards.
    ///
    /// `previous` is what an update changed; other events have none.
    pub(crate) fn record(
        &self,
        book: &Book,
        what: EventType,
        resource: &str,
        object: EventObject,
        previous: Option<TextMap>,
    ) -> Result<(), Refusal> {
        if !self.is_told {
            return Ok(());
        }
        let agent = self.actor.agent.clone().unwrap_or_else(|| AgentId::new(apps::BKPER));
        let id = EventId::new(self.opaque_id("event")?);
        let permission = book.permission_of(self.db, &self.actor.user)?;
        let event = Event {
            id: Some(id),
            event_type: Some(what),
            book_id: Some(book.id.clone()),
            book: Some(book.shown(self, permission)?),
            user: Some(self.actor.user.shown()),
            agent: Some(apps::agent(self.db, &agent)?),
            resource: Some(resource.to_owned()),
            data: Some(EventData {
                object: Some(object),
                previous_attributes: previous,
                ..EventData::default()
            }),
            bot_responses: Some(Vec::new()),
            created_at: Some(self.timestamp()),
            created_on: Some(self.timestamp().timestamp().into()),
            ..Event::default()
        };
        let seq = store::events::insert(self.db, &event)?;
        self.send(book, &event, seq)
    }

    /// Puts the event into the outbox for each app that wants it.
    fn send(&self, book: &Book, event: &Event, seq: i64) -> Result<(), Refusal> {
        for listener in store::integrations::listeners(self.db, &book.id)? {
            if wants(&listener, event) {
                let lane = Lane { book: book.id.clone(), agent: listener.agent };
                self.post(seq, &lane, &listener.user)?;
            }
        }
        Ok(())
    }
}

/// Whether the app is told of the event.
pub(super) fn wants(listener: &Listener, event: &Event) -> bool {
    let agent = event.agent.as_ref().and_then(|agent| agent.id.as_ref());
    let is_own = agent == Some(&listener.agent);
    let what = event.event_type.as_ref();
    !(is_own && listener.own_events_suppressed)
        && what.is_some_and(|what| listener.wishes.include(what, event.object()))
}
