//! What the writer keeps in memory of the keys by which an event is known again, so that an append looks on the disk only
//! where its key may be.
//!
//! It is a hint. It knows every key that is committed, which is what it must never fail in; and it may know others: of acts
//! that were rolled back, of deliveries that were removed. So what it names is looked up, and nobody who takes something
//! back needs to tell it.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};

use super::filter::Filter;
use super::queries;

/// Makes the filters of runs that a migration has made, which let every key pass until then.
pub(super) fn make_filters(conn: &Connection) -> rusqlite::Result<()> {
    let mut select = conn.prepare(queries::find_passing_event_runs)?;
    let runs = select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    let mut select = conn.prepare(queries::list_keys_of_run)?;
    for run in runs {
        let keys = select.query_map([run], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
        let filter = Filter::of(keys.into_iter()).to_bytes();
        conn.execute(queries::set_event_filter, params![run, filter])?;
    }
    Ok(())
}

/// The keys of one journal, by what is in `event_recent` and `event_run`.
pub(super) struct Keys {
    /// Each with the place of its delivery.
    recent: BTreeSet<(i64, i64)>,
    /// None of those has a smaller place.
    recent_from: i64,
    /// By the last place that is in it.
    runs: BTreeMap<i64, Filter>,
}

impl Keys {
    /// Those that are committed.
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let mut select = conn.prepare(queries::list_recent_events)?;
        let recent = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let recent = recent.collect::<rusqlite::Result<_>>()?;
        let mut select = conn.prepare(queries::list_event_runs)?;
        let filter = |bytes: &[u8]| Filter::from_bytes(bytes);
        let runs = select.query_map([], |row| Ok((row.get(0)?, filter(row.get_ref(1)?.as_blob()?))))?;
        let runs = runs.collect::<rusqlite::Result<_>>()?;
        Ok(Self { recent, recent_from: i64::MIN, runs })
    }

    /// The recent places that may have this key.
    pub(super) fn places(&self, key: i64) -> Vec<i64> {
        self.recent.range((key, i64::MIN)..=(key, i64::MAX)).map(|(_, place)| *place).collect()
    }

    /// The runs that may have it.
    pub(super) fn runs(&self, key: i64) -> Vec<i64> {
        Filter::that_may_have(key, self.runs.iter().map(|(run, filter)| (*run, filter)))
    }

    /// A delivery comes.
    pub(super) fn insert(&mut self, key: i64, place: i64) {
        self.recent.insert((key, place));
    }

    /// A run has all of its keys.
    pub(super) fn insert_run(&mut self, run: i64, filter: Filter) {
        self.runs.insert(run, filter);
    }

    /// Of what is before this place, it was committed that it is recent no more.
    pub(super) fn forget_recent(&mut self, before: i64) {
        if before > self.recent_from {
            self.recent.retain(|(_, place)| *place >= before);
            self.recent_from = before;
        }
    }

    /// It was committed that the run is empty.
    pub(super) fn forget_run(&mut self, run: i64) {
        self.runs.remove(&run);
    }
}
