//! What apps answered to events: one response for each.

use bkper_model::{AgentId, BotResponse, EventId, TimestampMs};
use jiff::Timestamp;
use rusqlite::{Connection, params};

/// Records the response of an app, in the place of the one before.
pub(crate) fn put(db: &Connection, event: &EventId, response: &BotResponse) -> rusqlite::Result<()> {
    const SQL: &str = "INSERT OR REPLACE INTO response (event, agent, type, message, created) \
                       SELECT seq, ?2, ?3, ?4, ?5 FROM event WHERE id = ?1";
    db.prepare_cached(SQL)?.execute(params![
        event.as_str(),
        response.agent_id.as_ref().map(AgentId::as_str),
        response.response_type.as_ref().map(ToString::to_string),
        response.message,
        response.created_at.map(|at| at.timestamp().as_millisecond()),
    ])?;
    note_failure(db, event)
}

/// Removes the response of the app. `false` when there was none.
pub(crate) fn remove(db: &Connection, event: &EventId, agent: &AgentId) -> rusqlite::Result<bool> {
    let sql = "DELETE FROM response WHERE event = (SELECT seq FROM event WHERE id = ?1) AND agent = ?2";
    let removed = db.prepare_cached(sql)?.execute([event.as_str(), agent.as_str()])?;
    note_failure(db, event)?;
    Ok(removed > 0)
}

/// Events with errors are looked for.
fn note_failure(db: &Connection, event: &EventId) -> rusqlite::Result<()> {
    const SQL: &str = "UPDATE event SET failed = EXISTS \
                       (SELECT 1 FROM response WHERE response.event = event.seq AND response.type = 'ERROR') WHERE id = ?1";
    db.prepare_cached(SQL)?.execute([event.as_str()]).map(drop)
}

/// The responses to the event, by app.
pub(crate) fn of_event(db: &Connection, event: &EventId) -> rusqlite::Result<Vec<BotResponse>> {
    const SQL: &str = "SELECT agent, response.type, message, response.created FROM response \
                       JOIN event ON event.seq = response.event WHERE event.id = ?1 ORDER BY agent";
    let read = |row: &rusqlite::Row<'_>| {
        // Written from a timestamp, so it is in range.
        let created = Timestamp::from_millisecond(row.get(3)?).ok();
        Ok(BotResponse {
            agent_id: Some(AgentId::new(row.get::<_, String>(0)?)),
            response_type: Some(row.get::<_, String>(1)?.into()),
            message: Some(row.get(2)?),
            created_at: created.map(TimestampMs::from),
            ..BotResponse::default()
        })
    };
    db.prepare_cached(SQL)?.query_map([event.as_str()], read)?.collect()
}
