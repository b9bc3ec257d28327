//! What is read for people who act: what they and others did, what is paused, how jobs stand, what a delivery waits for.

use std::num::NonZeroU32;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use bookhook_model::{Act, Actor, Delivery, DeliveryId, Filter, HookName, Pause, ReplayJob, ReplayJobId};

use crate::error::ReadError;
use crate::pending::Pending;
use crate::reading::{ActListing, Cursor, KeptToken, Outlook, Page};

use super::super::queries;
use super::super::rows::{Columns, damaged};
use super::{Reads, find_within};

/// So many jobs are listed.
const JOBS_MAX: u32 = 100;

impl Reads {
    pub(crate) fn acts(&self, listing: ActListing) -> Pending<Page<Act>, ReadError> {
        self.ask(move |conn| acts(conn, &listing))
    }

    pub(crate) fn pauses(&self) -> Pending<Vec<Pause>, ReadError> {
        self.ask(pauses)
    }

    pub(crate) fn outlook(&self, id: DeliveryId) -> Pending<Option<Outlook>, ReadError> {
        self.ask(move |conn| outlook(conn, id))
    }

    pub(crate) fn replay_jobs(&self, id: Option<ReplayJobId>) -> Pending<Vec<ReplayJob>, ReadError> {
        self.ask(move |conn| replay_jobs(conn, id))
    }
}

fn acts(conn: &Connection, listing: &ActListing) -> rusqlite::Result<Page<Act>> {
    let limit = i64::try_from(listing.limit).unwrap_or(i64::MAX - 1);
    let before = listing.before.map_or(i64::MAX, Cursor::seq);
    let filter = &listing.filter;
    // One more tells whether there is another page.
    let wanted = params![
        before,
        limit.saturating_add(1),
        filter.hook.as_ref().map(HookName::as_str),
        filter.delivery.map(DeliveryId::to_bytes),
    ];
    let mut select = conn.prepare_cached(queries::list_acts)?;
    let mut found: Vec<(i64, Act)> = select.query_map(wanted, act)?.collect::<Result<_, _>>()?;
    let is_more = found.len() > listing.limit;
    found.truncate(listing.limit);
    let next = found.last().filter(|_| is_more).map(|(number, _)| Cursor::at(*number));
    Ok(Page { items: found.into_iter().map(|(_, act)| act).collect(), next })
}

fn act(row: &Row<'_>) -> rusqlite::Result<(i64, Act)> {
    let mut columns = Columns::of(row);
    let number = columns.next()?;
    let act = Act {
        at: columns.value()?,
        who: columns.value()?,
        what: columns.value()?,
        hook: columns.optional()?,
        lane: columns.optional()?,
        delivery: columns.optional()?,
        replays: columns.optional()?,
        detail: columns.next()?,
    };
    Ok((number, act))
}

fn pauses(conn: &Connection) -> rusqlite::Result<Vec<Pause>> {
    conn.prepare_cached(queries::list_pauses)?.query_map([], pause)?.collect()
}

fn pause(row: &Row<'_>) -> rusqlite::Result<Pause> {
    let mut columns = Columns::of(row);
    Ok(Pause {
        hook: columns.value()?,
        lane: columns.optional()?,
        since: columns.value()?,
        by: columns.optional()?.unwrap_or_else(Actor::host),
        reason: columns.next()?,
        held_for: columns.optional()?,
    })
}

/// In one transaction, so that all of it tells the same story.
fn outlook(conn: &Connection, id: DeliveryId) -> rusqlite::Result<Option<Outlook>> {
    let snapshot = conn.unchecked_transaction()?;
    let Some(delivery) = find_within(&snapshot, id)? else { return Ok(None) };
    let pauses = pauses(&snapshot)?.into_iter().filter(|pause| is_over(pause, &delivery)).collect();
    let mut select = snapshot.prepare_cached(queries::find_outlook)?;
    let outlook = select.query_row([id.to_bytes()], |row| {
        let mut columns = Columns::of(row);
        let (awaits_caller, sent_at, tries) = (columns.next()?, columns.value()?, columns.next()?);
        let token = match (columns.optional()?, columns.next()?) {
            (None, _) => KeptToken::None,
            (Some(_), false) => KeptToken::Erased,
            (Some(expires_at), true) => KeptToken::Until(expires_at),
        };
        Ok(Outlook { delivery, awaits_caller, sent_at, tries, token, pauses, host: None })
    });
    outlook.optional()
}

fn is_over(pause: &Pause, delivery: &Delivery) -> bool {
    pause.hook == delivery.hook && (pause.lane.is_none() || pause.lane == delivery.lane)
}

fn replay_jobs(conn: &Connection, id: Option<ReplayJobId>) -> rusqlite::Result<Vec<ReplayJob>> {
    let snapshot = conn.unchecked_transaction()?;
    let mut select = snapshot.prepare_cached(queries::list_replay_jobs)?;
    let wanted = params![id.map(ReplayJobId::to_bytes), JOBS_MAX];
    let mut jobs: Vec<ReplayJob> = select.query_map(wanted, replay_job)?.collect::<Result<_, _>>()?;
    let mut refusals = snapshot.prepare_cached(queries::list_replay_refusals)?;
    for job in &mut jobs {
        let counts = refusals.query_map([job.id.to_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        job.refusals = counts.collect::<Result<_, _>>()?;
    }
    Ok(jobs)
}

fn replay_job(row: &Row<'_>) -> rusqlite::Result<ReplayJob> {
    let mut columns = Columns::of(row);
    let id = columns.value()?;
    let filter: String = columns.next()?;
    let filter: Filter = serde_json::from_str(&filter).map_err(damaged)?;
    let without_token = columns.next()?;
    let per_second = NonZeroU32::try_from(columns.next::<u32>()?).map_err(damaged)?;
    Ok(ReplayJob {
        id,
        filter,
        without_token,
        per_second,
        who: columns.value()?,
        created_at: columns.value()?,
        state: columns.value()?,
        matched: columns.next()?,
        done: columns.next()?,
        refused: columns.next()?,
        refusals: std::collections::BTreeMap::new(),
        finished_at: columns.optional()?,
    })
}
