//! What is still to be sent, in lanes: what goes to one app from one book goes one after the other.

use bkper_model::{AgentId, BookId, EventId, UserId};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

/// The events of one book on their way to one app.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Lane {
    pub(crate) book: BookId,
    pub(crate) agent: AgentId,
}

/// An event that waits in its lane.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    /// Its place in the order of what is sent.
    pub(crate) seq: i64,
    pub(crate) event: EventId,
    /// Who installed the app.
    pub(crate) user: UserId,
    pub(crate) tries: Tries,
}

/// How often an event was sent that is to be sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tries {
    pub(crate) made: u32,
    /// How many of them failed: after the others the app only asked to be sent it later.
    pub(crate) failed: u32,
}

pub(crate) fn insert(db: &Connection, event: i64, lane: &Lane, user: &UserId) -> rusqlite::Result<()> {
    let sql = "INSERT INTO outbox (event, book, agent, user, tries, failures) VALUES (?1, ?2, ?3, ?4, 0, 0)";
    db.prepare_cached(sql)?
        .execute(params![event, lane.book.as_str(), lane.agent.as_str(), user.as_str()])
        .map(drop)
}

/// The lanes in which something waits.
pub(crate) fn lanes(db: &Connection) -> rusqlite::Result<Vec<Lane>> {
    // From lane to lane, whatever their length.
    let sql = "SELECT book, agent FROM outbox WHERE (book, agent) > (?1, ?2) ORDER BY book, agent LIMIT 1";
    let mut next = db.prepare_cached(sql)?;
    let mut last = (String::new(), String::new());
    let mut lanes = Vec::new();
    while let Some(lane) =
        next.query_row([&last.0, &last.1], |row| Ok((row.get(0)?, row.get(1)?))).optional()?
    {
        last = lane;
        lanes.push(Lane { book: BookId::new(&*last.0), agent: AgentId::new(&*last.1) });
    }
    Ok(lanes)
}

/// What waits in the lane at this place, the first at 0.
pub(crate) fn at(db: &Connection, lane: &Lane, place: u32) -> rusqlite::Result<Option<Waiting>> {
    const SQL: &str = "SELECT outbox.seq, event.id, user, tries, failures FROM outbox \
                       JOIN event ON event.seq = outbox.event \
                       WHERE outbox.book = ?1 AND agent = ?2 ORDER BY outbox.seq LIMIT 1 OFFSET ?3";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Waiting {
            seq: row.get(0)?,
            event: EventId::new(row.get::<_, String>(1)?),
            user: UserId::new(row.get::<_, String>(2)?),
            tries: Tries { made: row.get(3)?, failed: row.get(4)? },
        })
    };
    db.prepare_cached(SQL)?
        .query_row(params![lane.book.as_str(), lane.agent.as_str(), place], read)
        .optional()
}

/// It stays, and was sent so often. Like all that comes after a try, this does nothing where the sandbox was reset in
/// between: then another event may have the place.
pub(crate) fn tried(db: &Connection, waiting: &Waiting, tries: Tries) -> rusqlite::Result<()> {
    const SQL: &str = "UPDATE outbox SET tries = ?3, failures = ?4 \
                       WHERE seq = ?1 AND event = (SELECT seq FROM event WHERE id = ?2)";
    db.prepare_cached(SQL)?
        .execute(params![waiting.seq, waiting.event.as_str(), tries.made, tries.failed])
        .map(drop)
}

/// It is done.
pub(crate) fn remove(db: &Connection, waiting: &Waiting) -> rusqlite::Result<()> {
    const SQL: &str = "DELETE FROM outbox WHERE seq = ?1 AND event = (SELECT seq FROM event WHERE id = ?2)";
    db.prepare_cached(SQL)?.execute(params![waiting.seq, waiting.event.as_str()]).map(drop)
}

/// Nothing of the lane is sent any more.
pub(crate) fn clear(db: &Connection, lane: &Lane) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM outbox WHERE book = ?1 AND agent = ?2")?
        .execute([lane.book.as_str(), lane.agent.as_str()])
        .map(drop)
}

/// How much of the book's events is still to be sent.
pub(crate) fn backlog(db: &Connection, book: &BookId) -> rusqlite::Result<u64> {
    let sql = "SELECT count(*) FROM outbox WHERE book = ?1";
    let count: i64 = db.prepare_cached(sql)?.query_row([book.as_str()], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Whether nothing is left to be sent.
pub(crate) fn is_empty(db: &Connection) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT NOT EXISTS (SELECT 1 FROM outbox)")?.query_row([], |row| row.get(0))
}

/// An event that an app was not told of yet.
#[derive(Debug, Serialize)]
pub(crate) struct Unsent {
    event: EventId,
    event_type: String,
    book: BookId,
    app: AgentId,
    /// How often it was tried.
    tries: u32,
}

/// Everything that waits, in the order of the events.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<Unsent>> {
    const SQL: &str = "SELECT event.id, event.type, outbox.book, agent, tries FROM outbox \
                       JOIN event ON event.seq = outbox.event ORDER BY outbox.seq";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Unsent {
            event: EventId::new(row.get::<_, String>(0)?),
            event_type: row.get(1)?,
            book: BookId::new(row.get::<_, String>(2)?),
            app: AgentId::new(row.get::<_, String>(3)?),
            tries: row.get(4)?,
        })
    };
    db.prepare_cached(SQL)?.query_map([], read)?.collect()
}
