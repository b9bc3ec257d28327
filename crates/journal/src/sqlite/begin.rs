//! A delivery's turn has come.

use rusqlite::params;

use jiff::Timestamp;

use bookhook_model::{DeliveryId, Event, HookName, RunNumber, State};

use crate::backend::{SealedBegin, SealedBegun, SealedRun};
use crate::error::WriteError;
use crate::headers;
use crate::replaying::Token;

use super::act::{Act, Fault};
use super::lanes;
use super::rows::{Column, Columns, damaged};
use super::settle::{Stand, stand};
use super::statements::Statements;

/// A delivery as a run needs it.
struct Found {
    seq: i64,
    state: State,
    runs: RunNumber,
    hook: HookName,
    event: Event,
    token_expires_at: Option<Timestamp>,
    sealed: Option<Vec<u8>>,
}

impl Act for SealedBegin {
    type Found = SealedBegun;

    fn apply(&self, db: &mut Statements<'_>) -> Result<SealedBegun, Fault> {
        let id = self.act.id;
        let found = find(self, db)?.ok_or(Fault::Refused(WriteError::NotFound(id)))?;
        // What was settled or parked meanwhile does not run before it is put back into its lane.
        if found.state != State::Waiting && !(found.state == State::Held && is_released(found.seq, db)?) {
            return Err(Fault::Refused(WriteError::Refused { id, state: found.state, act: "begin a run" }));
        }
        refuse_while_running(self.act.after, db)?;
        let token = Token { expires_at: found.token_expires_at, sealed: found.sealed.as_deref() };
        let gives_up = || self.act.gives_up.clone();
        match token.problem(self.key, self.act.at).or_else(gives_up) {
            Some(reason) => {
                lanes::park(found.seq, (id, &reason, self.act.on_park), self.act.at, db)?;
                Ok(SealedBegun::Parked(reason))
            }
            None => Ok(SealedBegun::Run(Box::new(run(self, found, db)?))),
        }
    }
}

/// Whether what is held may run after all: whoever paused its hook or lane could not write that down.
fn is_released(seq: i64, db: &mut Statements<'_>) -> rusqlite::Result<bool> {
    Ok(db.release_unpaused.execute([seq])? > 0)
}

/// In order: should the settling before it have failed, the lane waits until it is written.
pub(super) fn refuse_while_running(before: Option<DeliveryId>, db: &mut Statements<'_>) -> Result<(), Fault> {
    let Some(before) = before else { return Ok(()) };
    match stand(before, db) {
        Ok(Stand { state: state @ State::Running, .. }) => {
            Err(Fault::Refused(WriteError::Refused { id: before, state, act: "be followed in its lane" }))
        }
        // Settled and erased since.
        Err(Fault::Refused(WriteError::NotFound(_))) | Ok(_) => Ok(()),
        Err(fault) => Err(fault),
    }
}

fn find(begin: &SealedBegin, db: &mut Statements<'_>) -> rusqlite::Result<Option<Found>> {
    let mut rows = db.begin_find.query([begin.act.id.to_bytes()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let mut columns = Columns::of(row);
    let (seq, state, runs, hook) = (columns.next()?, columns.value()?, columns.value()?, columns.value()?);
    let (id, event_type, lane) = (columns.optional()?, columns.value()?, columns.optional()?);
    let (book_id, agent_id, user_id) = (columns.optional()?, columns.optional()?, columns.optional()?);
    let fingerprint = columns.value()?;
    let token_expires_at = columns.optional()?;
    let headers: bytes::Bytes = columns.value()?;
    let headers = headers::decode(&headers).map_err(damaged)?;
    let body = columns.value()?;
    let sealed = columns.next()?;
    let secrets = Vec::new();
    let event =
        Event { id, event_type, lane, book_id, agent_id, user_id, headers, secrets, body, fingerprint };
    Ok(Some(Found { seq, state, runs, hook, event, token_expires_at, sealed }))
}

fn run(begin: &SealedBegin, found: Found, db: &mut Statements<'_>) -> rusqlite::Result<SealedRun> {
    let number = found.runs.next();
    db.begin_run.execute(params![found.seq, number.0])?;
    db.insert_run.execute(params![found.seq, number.0, begin.act.cause.as_str(), Column(begin.act.at)])?;
    Ok(SealedRun { number, hook: found.hook, event: found.event, sealed: found.sealed })
}
