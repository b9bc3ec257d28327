//! A delivery's turn has come.

use futures_util::future::{join, try_join};
use jiff::Timestamp;

use bookhook_model::{DeliveryId, Event, HookName, RunNumber, State};

use crate::backend::{SealedBegin, SealedBegun, SealedRun};
use crate::error::WriteError;
use crate::replaying::Token;

use super::act::{Act, Fault};
use super::lanes;
use super::routes::Routes;
use super::rows::{Column, Columns};
use super::session::Session;
use super::settle::find_state;

/// A delivery as a run needs it.
struct Found {
    seq: i64,
    state: State,
    runs: RunNumber,
    hook: HookName,
    event: Event,
    token_expires_at: Option<Timestamp>,
    sealed: Option<Vec<u8>>,
    is_ours: bool,
    /// Its hook or its lane is paused, and it is not what the lane waits for.
    is_paused: bool,
    has_free_lane: bool,
}

impl Found {
    /// Why it cannot run, now or ever. What was settled or parked meanwhile does not run before it is put back into its
    /// lane. What is held may run after all when nothing is paused: whoever did that could not write it down.
    fn obstacle(&self, id: DeliveryId) -> Option<WriteError> {
        let state = match self.state {
            State::Waiting | State::Held if !self.is_ours => return Some(WriteError::Elsewhere(id)),
            State::Waiting | State::Held if self.is_paused => State::Held,
            State::Waiting | State::Held => return None,
            state => state,
        };
        Some(WriteError::Refused { id, state, act: "begin a run" })
    }
}

impl Act for SealedBegin {
    type Found = SealedBegun;

    async fn apply(&self, db: &Session) -> Result<SealedBegun, Fault> {
        let id = self.act.id;
        let (found, before) = join(find(self, db), refuse_while_running(self.act.after, db)).await;
        let found = found?.ok_or(Fault::Refused(WriteError::NotFound(id)))?;
        if let Some(obstacle) = found.obstacle(id) {
            return Err(Fault::Refused(obstacle));
        }
        before?;
        if !found.has_free_lane {
            return Err(Fault::Refused(WriteError::LaneBusy(id)));
        }
        let token = Token { expires_at: found.token_expires_at, sealed: found.sealed.as_deref() };
        let gives_up = || self.act.gives_up.clone();
        match token.problem(self.key, self.act.at).or_else(gives_up) {
            Some(reason) => {
                db.execute(&db.statements.park, &[&Column(id), &reason.to_string()]).await?;
                lanes::hold_for((id, &reason, self.act.on_park), self.act.at, db).await?;
                Ok(SealedBegun::Parked(reason))
            }
            None => Ok(SealedBegun::Run(Box::new(run(self, found, db).await?))),
        }
    }

    fn left(&self, found: &SealedBegun) -> Option<DeliveryId> {
        matches!(found, SealedBegun::Parked(_)).then_some(self.act.id)
    }

    fn conclude(&self, found: Option<&SealedBegun>, routes: &mut Routes) {
        if let Some(SealedBegun::Parked(_)) = found {
            routes.leave(self.act.id);
        }
    }
}

/// In order: should the settling before it have failed, the lane waits until it is written.
pub(super) async fn refuse_while_running(before: Option<DeliveryId>, db: &Session) -> Result<(), Fault> {
    let Some(before) = before else { return Ok(()) };
    match find_state(before, db).await {
        Ok(state @ State::Running) => {
            Err(Fault::Refused(WriteError::Refused { id: before, state, act: "be followed in its lane" }))
        }
        // Settled and erased since.
        Err(Fault::Refused(WriteError::NotFound(_))) | Ok(_) => Ok(()),
        Err(fault) => Err(fault),
    }
}

async fn find(begin: &SealedBegin, db: &Session) -> Result<Option<Found>, Fault> {
    let row = db.query_opt(&db.statements.begin_find, &[&Column(begin.act.id), &db.host]).await?;
    let Some(row) = row else { return Ok(None) };
    let mut columns = Columns::of(&row);
    let (seq, state, runs, hook) = (columns.next()?, columns.value()?, columns.value()?, columns.value()?);
    let (id, event_type, lane) = (columns.optional()?, columns.value()?, columns.optional()?);
    let (book_id, agent_id, user_id) = (columns.optional()?, columns.optional()?, columns.optional()?);
    let fingerprint = columns.value()?;
    let token_expires_at = columns.optional()?;
    let (headers, body) = (columns.value()?, columns.value()?);
    let sealed = columns.next()?;
    let (is_ours, is_paused, has_free_lane) = (columns.next()?, columns.next()?, columns.next()?);
    let secrets = Vec::new();
    let event =
        Event { id, event_type, lane, book_id, agent_id, user_id, headers, secrets, body, fingerprint };
    let found =
        Found { seq, state, runs, hook, event, token_expires_at, sealed, is_ours, is_paused, has_free_lane };
    Ok(Some(found))
}

async fn run(begin: &SealedBegin, found: Found, db: &Session) -> Result<SealedRun, Fault> {
    let number = found.runs.next();
    let (run, started_at, cause) = (Column(number), Column(begin.act.at), begin.act.cause.as_str());
    try_join(
        db.execute(&db.statements.begin_run, &[&found.seq, &run, &db.host]),
        db.execute(&db.statements.insert_run, &[&found.seq, &run, &cause, &started_at]),
    )
    .await?;
    Ok(SealedRun { number, hook: found.hook, event: found.event, sealed: found.sealed })
}
