//! Integrations: what is installed in a book.

use bkper_model::{AgentId, BookId, ConnectionId};
use rusqlite::{Connection, params};

use super::rows::{all, json, one};
use crate::ledger::{App, Integration, IntegrationId, UserId, Wishes};

pub(crate) fn insert(db: &Connection, integration: &Integration) -> rusqlite::Result<()> {
    let sql = "INSERT INTO integration (id, book, agent, user, doc) VALUES (?1, ?2, ?3, ?4, ?5)";
    db.prepare_cached(sql)?
        .execute(params![
            integration.id,
            integration.book.as_str(),
            integration.agent.as_ref().map(AgentId::as_str),
            integration.user.as_str(),
            json(integration)?,
        ])
        .map(drop)
}

/// The app, the book and the user stay as they were.
pub(crate) fn update(db: &Connection, integration: &Integration) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE integration SET doc = ?2 WHERE id = ?1")?
        .execute(params![integration.id, json(integration)?])
        .map(drop)
}

pub(crate) fn delete(db: &Connection, id: IntegrationId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM integration WHERE id = ?1")?.execute([id]).map(drop)
}

pub(crate) fn find(
    db: &Connection,
    book: &BookId,
    id: IntegrationId,
) -> rusqlite::Result<Option<Integration>> {
    one(db, "SELECT doc FROM integration WHERE id = ?1 AND book = ?2", params![id, book.as_str()])
}

/// The app's integration in the book.
pub(crate) fn of_app(
    db: &Connection,
    book: &BookId,
    agent: &AgentId,
) -> rusqlite::Result<Option<Integration>> {
    one(db, "SELECT doc FROM integration WHERE book = ?1 AND agent = ?2", [book.as_str(), agent.as_str()])
}

/// All of the book, oldest first.
pub(crate) fn of_book(db: &Connection, book: &BookId) -> rusqlite::Result<Vec<Integration>> {
    all(db, "SELECT doc FROM integration WHERE book = ?1 ORDER BY id", [book.as_str()])
}

/// Those that the user made with this connection, oldest first.
pub(crate) fn of_connection(
    db: &Connection,
    user: &UserId,
    connection: &ConnectionId,
) -> rusqlite::Result<Vec<Integration>> {
    const SQL: &str = "SELECT doc FROM integration WHERE user = ?1 AND doc ->> 'connection' = ?2 ORDER BY id";
    all(db, SQL, [user.as_str(), connection.as_str()])
}

/// The apps that are installed in the book.
pub(crate) fn apps(db: &Connection, book: &BookId) -> rusqlite::Result<Vec<App>> {
    const SQL: &str = "SELECT app.doc FROM integration JOIN app ON app.id = integration.agent \
                       WHERE integration.book = ?1 ORDER BY app.id";
    all(db, SQL, [book.as_str()])
}

/// An app that is installed in a book.
pub(crate) struct Listener {
    pub(crate) agent: AgentId,
    /// Who installed it.
    pub(crate) user: UserId,
    pub(crate) wishes: Wishes,
    /// Whether it is not told of what it did itself.
    pub(crate) own_events_suppressed: bool,
}

/// The apps in the book, with what tells whether an event is for them.
pub(crate) fn listeners(db: &Connection, book: &BookId) -> rusqlite::Result<Vec<Listener>> {
    const SQL: &str = "SELECT app.wishes, app.id, integration.user, own_events_suppressed.agent IS NOT NULL \
                       FROM integration JOIN app ON app.id = integration.agent \
                       LEFT JOIN own_events_suppressed ON own_events_suppressed.agent = app.id \
                       WHERE integration.book = ?1 ORDER BY app.id";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Listener {
            wishes: super::rows::doc(row)?,
            agent: AgentId::new(row.get::<_, String>(1)?),
            user: UserId::new(row.get::<_, String>(2)?),
            own_events_suppressed: row.get(3)?,
        })
    };
    db.prepare_cached(SQL)?.query_map([book.as_str()], read)?.collect()
}
