//! Recording an event, in the transaction of what caused it.

use bkper_model::{Agent, AgentId, Event, EventData, EventId, EventObject, EventType, TextMap};

use crate::act::Act;
use crate::ledger::Book;
use crate::refusal::Refusal;
use crate::store;

/// Who acts when no app does. Handlers look at the agent of every event.
const BKPER: &str = "bkper";

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
        let id = EventId::new(self.opaque_id("event")?);
        let permission = book.permission_of(self.db, &self.actor.user)?;
        let event = Event {
            id: Some(id),
            event_type: Some(what),
            book_id: Some(book.id.clone()),
            book: Some(book.shown(self, permission)?),
            user: Some(self.actor.user.shown()),
            agent: Some(self.agent()?),
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
        store::events::insert(self.db, &event)?;
        Ok(())
    }

    /// The app through which the request is made.
    fn agent(&self) -> Result<Agent, Refusal> {
        let id = self.actor.agent.clone().unwrap_or_else(|| AgentId::new(BKPER));
        let name = if id.as_str() == BKPER { "Bkper".to_owned() } else { id.to_string() };
        Ok(Agent { id: Some(id), name: Some(name), ..Agent::default() })
    }
}
