//! Recent keys become a run.
//!
//! A run is begun, written key by key in their order, and finished with its filter; then its keys are recent no more. Each
//! step begins with what is on the disk and changes nothing when it is done again, so after a crash, or a disk that was
//! full, the next one goes on.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::WriteError;

use super::Tidying;
use crate::sqlite::act::{Act, Fault};
use crate::sqlite::filter::Filter;
use crate::sqlite::queries;
use crate::sqlite::statements::Statements;

/// A key that is written takes about so much, with its part of a page that was begun.
const KEY_BYTES: usize = 64;

pub(super) async fn tidy(tidying: &Tidying) -> Result<(), WriteError> {
    let recent = tidying.amounts.recent;
    loop {
        age(tidying).await?;
        if let Some(up_to) = tidying.reads.ask(move |conn| run_to_begin(conn, recent)).await? {
            tidying.take_turns(BeginRun { up_to }).await?;
        }
        match tidying.reads.ask(begun_run).await? {
            Some(run) => write(tidying, run).await?,
            None => break,
        }
    }
    let gone = tidying.reads.ask(gone).await?;
    tidying.take_turns(gone).await
}

/// What is in a run is recent no more.
async fn age(tidying: &Tidying) -> Result<(), WriteError> {
    let places = tidying.reads.ask(recent_in_runs).await?;
    for slice in places.chunks(tidying.amounts.recent_slice) {
        if let Some(up_to) = slice.last().copied() {
            tidying.take_turns(AgeEvents { up_to, count: slice.len() }).await?;
        }
    }
    Ok(())
}

async fn write(tidying: &Tidying, run: Run) -> Result<(), WriteError> {
    for slice in run.events.chunks(tidying.amounts.recent_slice) {
        let deliveries = slice.iter().map(|(_, delivery)| *delivery).collect();
        tidying.take_turns(WriteSome { run: run.up_to, deliveries }).await?;
    }
    let filter = Filter::of(run.events.iter().map(|(key, _)| *key)).to_bytes();
    tidying.take_turns(FinishRun { run: run.up_to, filter }).await
}

/// The last place of the next run, if enough is recent.
fn run_to_begin(conn: &Connection, recent: u32) -> rusqlite::Result<Option<i64>> {
    conn.prepare_cached(queries::find_event_run_to_begin)?.query_row([recent], |row| row.get(0)).optional()
}

/// A run that is begun and not finished.
struct Run {
    up_to: i64,
    /// Its keys and deliveries, in their order: all of them, as none is aged before the run is finished.
    events: Vec<(i64, i64)>,
}

/// At one moment: a run that is finished meanwhile may have lost keys.
fn begun_run(conn: &Connection) -> rusqlite::Result<Option<Run>> {
    let snapshot = conn.unchecked_transaction()?;
    let mut select = snapshot.prepare_cached(queries::find_begun_event_run)?;
    let Some(up_to) = select.query_row([], |row| row.get(0)).optional()? else { return Ok(None) };
    let mut select = snapshot.prepare_cached(queries::find_events_up_to)?;
    let mut events: Vec<(i64, i64)> =
        select.query_map([up_to], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    events.sort_unstable();
    Ok(Some(Run { up_to, events }))
}

/// The places of those that are recent and in a run, in order.
fn recent_in_runs(conn: &Connection) -> rusqlite::Result<Vec<i64>> {
    conn.prepare_cached(queries::find_events_in_runs)?.query_map([], |row| row.get(0))?.collect()
}

/// What is committed to be gone.
fn gone(conn: &Connection) -> rusqlite::Result<Forget> {
    let snapshot = conn.unchecked_transaction()?;
    let mut select = snapshot.prepare_cached(queries::find_first_recent_event)?;
    let recent_from = select.query_row([], |row| row.get(0))?;
    let mut select = snapshot.prepare_cached(queries::find_empty_event_runs)?;
    let empty = select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(Forget { recent_from, empty })
}

/// A run is to have what is recent up to this place, unless another is begun.
struct BeginRun {
    up_to: i64,
}

impl Act for BeginRun {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        db.begin_event_run.execute([self.up_to])?;
        Ok(())
    }
}

/// Some keys come into their run.
struct WriteSome {
    run: i64,
    deliveries: Vec<i64>,
}

impl Act for WriteSome {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        for delivery in &self.deliveries {
            db.insert_old_event.execute([self.run, *delivery])?;
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.deliveries.len() * KEY_BYTES
    }
}

/// All keys are in their run: it may be looked in.
struct FinishRun {
    run: i64,
    filter: Vec<u8>,
}

impl Act for FinishRun {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        if db.finish_event_run.execute(params![self.run, self.filter])? > 0 {
            db.keys.insert_run(self.run, Filter::from_bytes(&self.filter));
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.filter.len()
    }
}

/// What is in a run, up to this place, is recent no more.
struct AgeEvents {
    up_to: i64,
    count: usize,
}

impl Act for AgeEvents {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        db.age_events.execute([self.up_to])?;
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.count * KEY_BYTES
    }
}

/// What was committed to be gone is forgotten: from here it is too late for anything that comes back when it is rolled back.
struct Forget {
    recent_from: i64,
    empty: Vec<i64>,
}

impl Act for Forget {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        db.keys.forget_recent(self.recent_from);
        for run in self.empty.iter().copied() {
            db.remove_event_run.execute([run])?;
            db.keys.forget_run(run);
        }
        Ok(())
    }
}
