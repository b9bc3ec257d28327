//! Users keep connections to what they have elsewhere. Each user sees their own, and nobody else's.

use bkper_model::{self as wire, ConnectionId};

use super::{Connection, integrations};
use crate::act::{Act, View};
use crate::refusal::{Kind, Refusal};
use crate::store;

/// The user's connections.
pub(crate) fn list(view: &View<'_>) -> Result<Vec<wire::Connection>, Refusal> {
    Ok(store::connections::of_user(view.db, &view.actor.user.id)?.iter().map(Connection::shown).collect())
}

/// One of the user's connections.
pub(crate) fn get(view: &View<'_>, id: &ConnectionId) -> Result<wire::Connection, Refusal> {
    Ok(find(view, id)?.shown())
}

/// What the user integrated in books with this connection.
pub(crate) fn integrations(view: &View<'_>, id: &ConnectionId) -> Result<Vec<wire::Integration>, Refusal> {
    let connection = find(view, id)?;
    let made = store::integrations::of_connection(view.db, &connection.user, &connection.id)?;
    made.iter().map(|integration| integrations::shown(view, integration)).collect()
}

/// A new connection.
pub(crate) fn create(act: &Act<'_>, body: &wire::Connection) -> Result<wire::Connection, Refusal> {
    let id = ConnectionId::new(act.opaque_id("connection")?);
    let mut connection = Connection::new(id, act.actor.user.id.clone(), act.now);
    connection.change(body)?;
    store::connections::insert(act.db, &connection)?;
    Ok(connection.shown())
}

/// Changes the connection.
pub(crate) fn update(act: &Act<'_>, body: &wire::Connection) -> Result<wire::Connection, Refusal> {
    let id = body.id.as_ref().ok_or(Refusal::Required { field: "id" })?;
    let mut connection = find(act, id)?;
    if connection.change(body)?.previous().is_some() {
        connection.updated = act.now;
        store::connections::update(act.db, &connection)?;
    }
    Ok(connection.shown())
}

/// Deletes the connection. What uses it keeps its id.
pub(crate) fn delete(act: &Act<'_>, id: &ConnectionId) -> Result<wire::Connection, Refusal> {
    let connection = find(act, id)?;
    store::connections::delete(act.db, id)?;
    Ok(connection.shown())
}

fn find(view: &View<'_>, id: &ConnectionId) -> Result<Connection, Refusal> {
    let unknown = || Refusal::NotFound { kind: Kind::Connection, id: id.to_string() };
    store::connections::find(view.db, &view.actor.user.id, id)?.ok_or_else(unknown)
}
