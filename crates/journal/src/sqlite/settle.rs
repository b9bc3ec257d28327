//! A run has ended.

use rusqlite::params;

use bookhook_model::{DeliveryId, Response, RunEnd, RunNumber, State, policy};

use crate::acts::{Settle, Then};
use crate::error::WriteError;

use super::act::{Act, Fault};
use super::lanes;
use super::rows::{Column, Columns};
use super::statements::Statements;

/// The status of a handler that answers "not now".
const TOO_MANY_REQUESTS: u16 = 429;

/// Where a delivery stands.
pub(super) struct Stand {
    pub(super) seq: i64,
    pub(super) state: State,
    pub(super) runs: RunNumber,
    /// Its lane is paused until it is settled.
    pub(super) holds_lane: bool,
}

/// Finds it, or refuses.
pub(super) fn stand(id: DeliveryId, db: &mut Statements<'_>) -> Result<Stand, Fault> {
    let mut rows = db.find_standing.query([id.to_bytes()])?;
    let row = rows.next()?.ok_or(Fault::Refused(WriteError::NotFound(id)))?;
    let mut columns = Columns::of(row);
    Ok(Stand {
        seq: columns.next()?,
        state: columns.value()?,
        runs: columns.value()?,
        holds_lane: columns.next()?,
    })
}

impl Act for Settle {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        let Stand { seq, state, runs, holds_lane } = stand(self.id, db)?;
        if state != State::Running || runs != self.run {
            return Err(Fault::Refused(WriteError::Refused { id: self.id, state, act: "end that run" }));
        }
        end_run(self, seq, db)?;
        match &self.then {
            Then::Settled(response) => {
                settle(self, seq, response, db)?;
                if holds_lane {
                    lanes::go_on_after(self.id, db)?;
                }
            }
            Then::AwaitCaller => drop(db.await_caller.execute([seq])?),
            Then::RetryAt(at) => drop(db.retry_at.execute(params![seq, Column(*at)])?),
            Then::Park { reason, on_park } => lanes::park(seq, (self.id, reason, *on_park), self.at, db)?,
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        256 + self.end.response().map_or(0, |response| response.json().len())
    }
}

fn end_run(act: &Settle, seq: i64, db: &mut Statements<'_>) -> rusqlite::Result<()> {
    let (status, error) = match &act.end {
        RunEnd::Answered { status, .. } => (*status, None),
        RunEnd::Busy { .. } => (Some(TOO_MANY_REQUESTS), Some("the handler was busy (429)")),
        RunEnd::Failed(failure) => (failure.kind.handler_status(), Some(failure.message.as_str())),
    };
    let response = act.end.response().map(|response| &response.json()[..]);
    db.settle_run.execute(params![seq, act.run.0, Column(act.at), status, response, error])?;
    Ok(())
}

/// The response is written once: with the run that gave it, or else (the host made it) with the delivery.
fn settle(act: &Settle, seq: i64, response: &Response, db: &mut Statements<'_>) -> rusqlite::Result<()> {
    let is_the_runs = act.end.response() == Some(response);
    let own = (!is_the_runs).then(|| &response.json()[..]);
    let outcome = response.outcome();
    let keeps_token = policy::keeps_token_after(outcome);
    db.settle_delivery.execute(params![seq, Column(act.at), outcome.as_str(), own, keeps_token])?;
    Ok(())
}

/// The response in the end of a run.
trait EndResponse {
    fn response(&self) -> Option<&Response>;
}

impl EndResponse for RunEnd {
    fn response(&self) -> Option<&Response> {
        match self {
            Self::Answered { response, .. } => Some(response),
            Self::Busy { .. } | Self::Failed(_) => None,
        }
    }
}
