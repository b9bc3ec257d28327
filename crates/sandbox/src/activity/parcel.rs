//! What is sent: an event as it was recorded, for one app, with a token to act with.

use std::time::Duration;

use bkper_model::{AgentId, BookId, Event, EventId, EventObject, EventType, UserId};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::identity;
use crate::ledger::{App, User};
use crate::store;
use crate::world::World;

/// What is to be sent.
#[derive(Clone, Debug)]
pub(super) struct Errand {
    pub(super) event: EventId,
    pub(super) agent: AgentId,
    /// Who installed the app.
    pub(super) user: UserId,
}

/// What is sent.
pub(super) struct Parcel {
    pub(super) event: EventId,
    pub(super) event_type: EventType,
    pub(super) book: BookId,
    pub(super) agent: AgentId,
    pub(super) url: String,
    pub(super) token: String,
    pub(super) payload: String,
}

impl Errand {
    /// Packs the event, with a new token. `None` when the app has no URL for it.
    pub(super) fn pack(self, db: &Connection, world: &World) -> rusqlite::Result<Option<Parcel>> {
        let Some(payload) = store::events::payload(db, &self.event)? else { return Ok(None) };
        let Some(app) = store::apps::find(db, &self.agent)? else { return Ok(None) };
        let Some(installer) = store::users::find(db, self.user.as_str())? else { return Ok(None) };
        let event: Event = store::read(&payload)?;
        let Some(url) = url(db, &app, &event)? else { return Ok(None) };
        let token = token(db, world, &installer)?;
        let payload = with_content(db, &app, &event)?.unwrap_or(payload);
        let Event { id: Some(id), event_type: Some(event_type), book_id: Some(book), .. } = event else {
            return Ok(None);
        };
        Ok(Some(Parcel { event: id, event_type, book, agent: self.agent, url, token, payload }))
    }
}

/// Where the event is sent: it depends on who caused it.
fn url(db: &Connection, app: &App, event: &Event) -> rusqlite::Result<Option<String>> {
    let Some(id) = event.user.as_ref().and_then(|user| user.id.as_ref()) else { return Ok(None) };
    let causer = store::users::find(db, id.as_str())?;
    Ok(causer.and_then(|causer| app.webhook_url(&causer).map(str::to_owned)))
}

/// A new token, with which the app acts for who installed it.
fn token(db: &Connection, world: &World, installer: &User) -> rusqlite::Result<String> {
    let now = world.clock.now();
    let is_expired = world.mischief.strikes(|faults| &mut faults.deliveries.expired_token);
    let lifetime = if is_expired { Duration::ZERO } else { world.post.settings.token_lifetime };
    let expires = now.saturating_add(lifetime).unwrap_or(Timestamp::MAX);
    store::users::forget_tokens(db, now)?;
    identity::issue(db, installer, Some(expires))
}

/// The event with the content of its file, for an app that has patterns for files. It is not kept with the event.
fn with_content(db: &Connection, app: &App, event: &Event) -> rusqlite::Result<Option<String>> {
    let Some(EventObject::File(file)) = event.object() else { return Ok(None) };
    let is_new = event.event_type == Some(EventType::FileCreated);
    let Some(id) = file.id.as_ref().filter(|_| is_new && app.wishes().has_file_patterns()) else {
        return Ok(None);
    };
    let Some(content) = store::files::content(db, id)? else { return Ok(None) };
    let mut event = event.clone();
    if let Some(EventObject::File(file)) = event.data.as_mut().and_then(|data| data.object.as_mut()) {
        file.content = Some(content.as_base64().to_owned());
    }
    store::json(&event).map(Some)
}
