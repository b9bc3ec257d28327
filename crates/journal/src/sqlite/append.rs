//! An event comes in.

use rusqlite::params;

use bookhook_model::{Cause, Fingerprint, Outcome, Response, RunNumber, State, policy};

use crate::acts::{Appended, Place};
use crate::backend::SealedAppend;
use crate::standing::{Resending, Standing, resending};

use super::act::{Act, Fault};
use super::begin::refuse_while_running;
use super::rows::{Column, Columns};
use super::statements::Statements;

/// An earlier delivery of the same event.
struct Known {
    seq: i64,
    id: bookhook_model::DeliveryId,
    standing: Standing,
    runs: RunNumber,
}

/// What the journal knows of an event.
enum Found {
    /// This very sending.
    Same(Known),
    /// Another one with the same id, or nothing.
    Other { conflict: bool },
}

impl Act for SealedAppend {
    type Found = Appended;

    fn apply(&self, db: &mut Statements<'_>) -> Result<Appended, Fault> {
        let known = match find(self, db)? {
            Found::Other { conflict } => return insert(self, conflict, db),
            Found::Same(known) => known,
        };
        match resending(known.standing, &self.act.place) {
            Resending::Joins => Ok(Appended::Joined { id: known.id, state: known.standing.state }),
            Resending::IsAnswered => {
                Ok(Appended::Stored { id: known.id, response: stored_response(known.seq, db)? })
            }
            Resending::RunsAgain(cause) => run_again(self, &known, cause, db),
        }
    }

    fn bytes(&self) -> usize {
        self.act.event.body.len() + self.headers.len() + self.sealed.as_ref().map_or(0, Vec::len) + 512
    }
}

fn find(append: &SealedAppend, db: &mut Statements<'_>) -> rusqlite::Result<Found> {
    let Some(event_key) = append.event_key else {
        return Ok(Found::Other { conflict: false });
    };
    let mut conflict = false;
    for place in places(event_key, db)? {
        let mut rows = db.append_find_same.query([place, event_key])?;
        let Some(row) = rows.next()? else { continue };
        let mut columns = Columns::of(row);
        let (seq, id) = (columns.next()?, columns.value()?);
        if columns.value::<Fingerprint>()? == append.act.event.fingerprint {
            let standing = Standing {
                state: columns.value()?,
                awaits_caller: columns.next()?,
                answered: columns.next()?,
            };
            return Ok(Found::Same(Known { seq, id, standing, runs: columns.value()? }));
        }
        conflict = true;
    }
    Ok(Found::Other { conflict })
}

/// Where earlier deliveries of the event may be.
fn places(event_key: i64, db: &mut Statements<'_>) -> rusqlite::Result<Vec<i64>> {
    let mut places = db.keys.places(event_key);
    for run in db.keys.runs(event_key) {
        let mut rows = db.append_find_old.query([run, event_key])?;
        while let Some(row) = rows.next()? {
            places.push(row.get(0)?);
        }
    }
    Ok(places)
}

fn insert(append: &SealedAppend, conflict: bool, db: &mut Statements<'_>) -> Result<Appended, Fault> {
    let SealedAppend { act, event_key, headers, sealed } = append;
    let event = &act.event;
    let settled = match &act.place {
        Place::Settle(response) => Some(response),
        _ => None,
    };
    let starts = act.place == Place::Start;
    if starts {
        refuse_while_running(act.after, db)?;
    }
    let seq = db.append_insert_delivery.insert(params![
        act.id.to_bytes(),
        act.hook.as_str(),
        event.id.as_ref().map(|id| &*id.0),
        event_key,
        event.fingerprint.0,
        event.event_type,
        event.lane.as_ref().map(|lane| &*lane.0),
        event.book_id,
        event.agent_id,
        conflict,
        act.received_at.as_microsecond(),
        sealed.as_ref().map(|_| Column(act.token_expires_at)),
        act.place.state().as_str(),
        u32::from(starts),
        settled.map(|_| Column(act.received_at)),
        settled.map(|response| response.outcome().as_str()),
        settled.map(|response| &response.json()[..]),
        sealed.as_ref().filter(|_| keeps_token(act.place.state(), settled.map(Response::outcome))),
        event.user_id,
    ])?;
    if let Some(event_key) = event_key {
        db.append_insert_event.execute([seq, *event_key])?;
        db.keys.insert(*event_key, seq);
    }
    db.append_insert_payload.execute(params![seq, headers, &event.body[..]])?;
    if starts {
        insert_run(append, seq, RunNumber::FIRST, Cause::First, db)?;
    }
    Ok(Appended::Fresh { conflict })
}

/// What never runs by itself keeps a token only where a replay of it may need one.
fn keeps_token(state: State, outcome: Option<Outcome>) -> bool {
    state != State::Unmatched && outcome.is_none_or(policy::keeps_token_after)
}

fn insert_run(
    append: &SealedAppend,
    seq: i64,
    number: RunNumber,
    cause: Cause,
    db: &mut Statements<'_>,
) -> rusqlite::Result<()> {
    db.insert_run.execute(params![seq, number.0, cause.as_str(), Column(append.act.received_at)])?;
    Ok(())
}

/// The response of a settled delivery; what has none, because it never runs or runs just now, is suppressed.
fn stored_response(seq: i64, db: &mut Statements<'_>) -> rusqlite::Result<Response> {
    let mut rows = db.find_response.query([seq])?;
    match rows.next()? {
        Some(row) => Columns::of(row).value(),
        None => Ok(Response::suppressed()),
    }
}

/// Body, headers and tokens of this sending take the place of those of the one before. What its paused lane waits for is
/// not held.
fn run_again(
    append: &SealedAppend,
    known: &Known,
    cause: Cause,
    db: &mut Statements<'_>,
) -> Result<Appended, Fault> {
    let act = &append.act;
    let run = (act.place == Place::Start).then(|| known.runs.next());
    if run.is_some() {
        refuse_while_running(act.after, db)?;
    }
    let may_wait = act.place == Place::Hold && db.find_lane_held_for.exists([known.id.to_bytes()])?;
    let state = if may_wait { State::Waiting } else { act.place.state() };
    db.append_again.execute(params![
        known.seq,
        state.as_str(),
        run.unwrap_or(known.runs).0,
        Column(act.received_at),
        append.sealed.as_ref().map(|_| Column(act.token_expires_at)),
        append.sealed,
    ])?;
    db.append_again_payload.execute(params![known.seq, append.headers, &act.event.body[..]])?;
    if let Some(number) = run {
        insert_run(append, known.seq, number, cause, db)?;
    }
    Ok(Appended::Again { id: known.id, cause, run })
}
