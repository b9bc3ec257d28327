//! What acts have made durable, change by change.

use rusqlite::types::FromSql;
use rusqlite::{Connection, Row};

use bookhook_model::{DeliveryId, EventId, Fingerprint, HookName, LaneKey, Response, RunNumber, State};

use crate::sqlite::rows::{Column, damaged};

const WATCH: &str = include_str!("watch.sql");
const TAKE: &str = "SELECT * FROM temp.change ORDER BY rowid";
const FORGET: &str = "DELETE FROM temp.change";

/// A delivery by its place in the order of append.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub i64);

/// Where a delivery stands on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stand {
    /// Its state.
    pub state: State,
    /// It waits for its caller.
    pub awaits_caller: bool,
    /// How many runs were begun.
    pub runs: RunNumber,
    /// The status that reached a caller.
    pub answered: Option<u16>,
    /// Its place in the order of its lane.
    pub turn: i64,
}

/// What does not change in a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: DeliveryId,
    /// Its hook.
    pub hook: HookName,
    /// Its lane.
    pub lane: Option<LaneKey>,
    /// Its event.
    pub event_id: Option<EventId>,
    /// Its content.
    pub fingerprint: Fingerprint,
}

/// One change, durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A delivery is new.
    Comes {
        /// Its place in the order of append.
        seq: Seq,
        /// What does not change in it.
        known: Known,
        /// Where it stands.
        stand: Stand,
        /// Its response, if the host has made it.
        response: Option<Response>,
    },
    /// A delivery stands elsewhere than before.
    Moves {
        /// The delivery.
        seq: Seq,
        /// Where it stood.
        from: Stand,
        /// Where it stands.
        to: Stand,
        /// Its response, if it is settled with another than that of its last run.
        response: Option<Response>,
    },
    /// A delivery is removed.
    Goes(Seq),
    /// A run is journaled.
    Begins(Seq, RunNumber),
    /// A run's end is written; `again` when it had one.
    Ends {
        /// The delivery.
        seq: Seq,
        /// The run.
        run: RunNumber,
        /// It had ended before.
        again: bool,
        /// What it answered.
        response: Option<Response>,
    },
    /// A hook is paused.
    Pauses(HookName),
    /// It goes on.
    Resumes(HookName),
    /// A lane is paused; perhaps it waits for a delivery.
    LanePauses(HookName, LaneKey, Option<DeliveryId>),
    /// It goes on.
    LaneResumes(HookName, LaneKey),
}

/// From now on, changes are noted.
pub(super) fn watch(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(WATCH)
}

/// The changes since this was asked last.
pub(super) fn take(conn: &Connection) -> rusqlite::Result<Vec<Change>> {
    let changes = conn.prepare_cached(TAKE)?.query_map([], read)?.collect::<Result<Vec<_>, _>>()?;
    if !changes.is_empty() {
        conn.prepare_cached(FORGET)?.execute([])?;
    }
    Ok(changes)
}

#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no change")]
struct NoChange(String);

fn read(row: &Row<'_>) -> rusqlite::Result<Change> {
    let seq = || row.get("delivery").map(Seq);
    let run = || row.get("runs").map(RunNumber);
    let what: String = row.get("what")?;
    Ok(match what.as_str() {
        "comes" => Change::Comes {
            seq: seq()?,
            known: known(row)?,
            stand: stand(row, STANDS)?,
            response: optional(row, "response")?,
        },
        "moves" => Change::Moves {
            seq: seq()?,
            from: stand(row, STOOD)?,
            to: stand(row, STANDS)?,
            response: optional(row, "response")?,
        },
        "goes" => Change::Goes(seq()?),
        "begins" => Change::Begins(seq()?, run()?),
        "ends" => Change::Ends {
            seq: seq()?,
            run: run()?,
            again: row.get("was_ended")?,
            response: optional(row, "response")?,
        },
        "pauses" => Change::Pauses(value(row, "hook")?),
        "resumes" => Change::Resumes(value(row, "hook")?),
        "lane pauses" => Change::LanePauses(value(row, "hook")?, value(row, "lane")?, optional(row, "id")?),
        "lane resumes" => Change::LaneResumes(value(row, "hook")?, value(row, "lane")?),
        _ => return Err(damaged(NoChange(what))),
    })
}

fn known(row: &Row<'_>) -> rusqlite::Result<Known> {
    Ok(Known {
        id: value(row, "id")?,
        hook: value(row, "hook")?,
        lane: optional(row, "lane")?,
        event_id: optional(row, "event_id")?,
        fingerprint: value(row, "fingerprint")?,
    })
}

const STOOD: [&str; 5] = ["was_state", "was_awaiting", "was_runs", "was_answered", "was_turn"];
const STANDS: [&str; 5] = ["state", "awaiting", "runs", "answered", "turn"];

fn stand(row: &Row<'_>, [state, awaiting, runs, answered, turn]: [&str; 5]) -> rusqlite::Result<Stand> {
    Ok(Stand {
        state: value(row, state)?,
        awaits_caller: row.get(awaiting)?,
        runs: value(row, runs)?,
        answered: row.get(answered)?,
        turn: row.get(turn)?,
    })
}

fn value<T>(row: &Row<'_>, name: &str) -> rusqlite::Result<T>
where
    Column<T>: FromSql,
{
    row.get::<_, Column<T>>(name).map(|column| column.0)
}

fn optional<T>(row: &Row<'_>, name: &str) -> rusqlite::Result<Option<T>>
where
    Column<T>: FromSql,
{
    row.get::<_, Option<Column<T>>>(name).map(|column| column.map(|column| column.0))
}
