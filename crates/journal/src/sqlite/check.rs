//! Whether a journal in SQLite is sound.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, Row};

use bookhook_model::DeliveryId;

use crate::check::{Aspect, CheckError, Checked, Finding, NO_KEY, NOT_WHOLE, Verdict, verdict};
use crate::seal::KeyId;

use super::filter::Filter;
use super::{migrate, open, problem, queries, rows};

/// Checks the journal in this file, beside the host that may be running on it.
pub(crate) fn check(path: &Path, key: Option<KeyId>) -> Result<Checked, CheckError> {
    let conn = open::Place::File(path.to_owned()).open_for_reading()?;
    if !migrate::is_current(&conn, path)? {
        return Err(CheckError::Older { journal: path.display().to_string() });
    }
    all(&conn, key).map_err(|error| problem::read(path, error).into())
}

/// At one moment: a host that goes on is not seen to.
pub(super) fn all(conn: &Connection, key: Option<KeyId>) -> rusqlite::Result<Checked> {
    let snapshot = conn.unchecked_transaction()?;
    Checks { conn: &snapshot, key }.all()
}

struct Checks<'c> {
    conn: &'c Connection,
    key: Option<KeyId>,
}

impl Checks<'_> {
    fn all(&self) -> rusqlite::Result<Checked> {
        let pages = verdict(self.pages()?);
        let is_whole = pages == Verdict::Sound;
        let mut verdicts = vec![(Aspect::Pages, pages)];
        for aspect in Aspect::ALL.into_iter().skip(1) {
            verdicts
                .push((aspect, if is_whole { self.look_at(aspect)? } else { Verdict::Skipped(NOT_WHOLE) }));
        }
        let count = || self.conn.query_row("SELECT count(*) FROM delivery", [], |row| rows::count(row, 0));
        let deliveries = if is_whole { Some(count()?) } else { None };
        Ok(Checked { deliveries, verdicts })
    }

    fn look_at(&self, aspect: Aspect) -> rusqlite::Result<Verdict> {
        let found = match aspect {
            Aspect::Pages => self.pages(),
            Aspect::Payloads => self.find(queries::check_payloads),
            Aspect::Strays => self.find(queries::check_strays),
            Aspect::Runs => self.find(queries::check_runs),
            Aspect::OpenRuns => self.find(queries::check_open_runs),
            Aspect::Lanes => self.find(queries::check_lanes),
            Aspect::Tally => self.find(queries::check_tally),
            Aspect::Events => self.events(),
            Aspect::Keys => match self.key {
                None => return Ok(Verdict::Skipped(NO_KEY)),
                Some(key) => self.conn.query_row(queries::check_keys, [key.as_bytes()], finding).optional(),
            },
        };
        found.map(verdict)
    }

    fn find(&self, sql: &str) -> rusqlite::Result<Option<Finding>> {
        self.conn.query_row(sql, [], finding).optional()
    }

    fn events(&self) -> rusqlite::Result<Option<Finding>> {
        match self.find(queries::check_events)? {
            None => self.filters(),
            found => Ok(found),
        }
    }

    /// Keys that the filter of their run does not let pass.
    fn filters(&self) -> rusqlite::Result<Option<Finding>> {
        let mut found: Option<Finding> = None;
        let mut filters = self.conn.prepare(queries::list_event_runs)?;
        let mut filters = filters.query([])?;
        let mut keys = self.conn.prepare(queries::list_keys_of_run)?;
        while let Some(row) = filters.next()? {
            let (run, filter): (i64, _) = (row.get(0)?, Filter::from_bytes(row.get_ref(1)?.as_blob()?));
            let mut keys = keys.query([run])?;
            while let Some(row) = keys.next()? {
                if !filter.may_have(row.get(0)?) {
                    let example = || format!("a key in run {run}");
                    found.get_or_insert_with(|| Finding { count: 0, example: example() }).count += 1;
                }
            }
        }
        Ok(found)
    }

    /// Of a page that cannot be read at all, SQLite tells by failing.
    fn pages(&self) -> rusqlite::Result<Option<Finding>> {
        match self.complaints() {
            Ok(complaints) if complaints == ["ok"] => Ok(None),
            Ok(complaints) => Ok(Some(Finding {
                count: u64::try_from(complaints.len()).unwrap_or(u64::MAX),
                example: complaints.into_iter().next().unwrap_or_default(),
            })),
            Err(error) if problem::is_damage(&error) => {
                Ok(Some(Finding { count: 1, example: error.to_string() }))
            }
            Err(error) => Err(error),
        }
    }

    fn complaints(&self) -> rusqlite::Result<Vec<String>> {
        self.conn.prepare("PRAGMA integrity_check")?.query_map([], |row| row.get(0))?.collect()
    }
}

fn finding(row: &Row<'_>) -> rusqlite::Result<Finding> {
    let example = match row.get_ref(0)? {
        ValueRef::Blob(_) => DeliveryId::from_bytes(row.get(0)?).to_string(),
        _ => row.get(0)?,
    };
    Ok(Finding { count: rows::count(row, 1)?, example })
}
