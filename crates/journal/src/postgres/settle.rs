//! A run has ended.

use futures_util::future::try_join;

use bookhook_model::{DeliveryId, Response, RunEnd, State, policy};

use crate::acts::{Settle, Then};
use crate::error::WriteError;

use super::act::{Act, Fault};
use super::lanes;
use super::routes::Routes;
use super::rows::{Column, Columns};
use super::session::Session;

/// The status of a handler that answers "not now".
const TOO_MANY_REQUESTS: u16 = 429;

/// Where a delivery stands; or refuses.
pub(super) async fn find_state(id: DeliveryId, db: &Session) -> Result<State, Fault> {
    match db.query_opt(&db.statements.find_standing, &[&Column(id)]).await? {
        Some(row) => Ok(Columns::of(&row).value()?),
        None => Err(Fault::Refused(WriteError::NotFound(id))),
    }
}

impl Act for Settle {
    type Found = ();

    /// The two statements look for themselves whether it is this run that runs, so that one way to the server is enough.
    async fn apply(&self, db: &Session) -> Result<(), Fault> {
        let (ended, holds_lane) = try_join(end_run(self, db), go_on(self, db)).await?;
        if ended == 0 {
            let state = find_state(self.id, db).await?;
            return Err(Fault::Refused(WriteError::Refused { id: self.id, state, act: "end that run" }));
        }
        if let Then::Park { reason, on_park } = &self.then {
            lanes::hold_for((self.id, reason, *on_park), self.at, db).await?;
        }
        if holds_lane {
            lanes::go_on_after(self.id, db).await?;
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        256 + self.end.response().map_or(0, |response| response.json().len())
    }

    fn left(&self, (): &()) -> Option<DeliveryId> {
        (!matches!(self.then, Then::RetryAt(_))).then_some(self.id)
    }

    fn conclude(&self, found: Option<&()>, routes: &mut Routes) {
        if found.is_some() && !matches!(self.then, Then::RetryAt(_)) {
            routes.leave(self.id);
        }
    }
}

async fn end_run(act: &Settle, db: &Session) -> Result<u64, Fault> {
    let (status, error) = match &act.end {
        RunEnd::Answered { status, .. } => (*status, None),
        RunEnd::Busy { .. } => (Some(TOO_MANY_REQUESTS), Some("the handler was busy (429)")),
        RunEnd::Failed(failure) => (failure.kind.handler_status(), Some(failure.message.as_str())),
    };
    let response = act.end.response().map(|response| &response.json()[..]);
    let (id, run, at) = (Column(act.id), Column(act.run), Column(act.at));
    db.execute(&db.statements.settle_run, &[&id, &run, &at, &status.map(Column), &response, &error, &db.host])
        .await
}

/// Whether it is settled by that, and its lane waits for it.
async fn go_on(act: &Settle, db: &Session) -> Result<bool, Fault> {
    let (id, run) = (Column(act.id), Column(act.run));
    match &act.then {
        Then::Settled(response) => return settle(act, response, db).await,
        Then::AwaitCaller => db.execute(&db.statements.await_caller, &[&id, &run, &db.host]).await?,
        Then::RetryAt(at) => {
            db.execute(&db.statements.retry_at, &[&id, &run, &db.host, &Column(*at)]).await?
        }
        Then::Park { reason, .. } => {
            db.execute(&db.statements.park_run, &[&id, &run, &db.host, &reason.to_string()]).await?
        }
    };
    Ok(false)
}

/// The response is written once: with the run that gave it, or else (the host made it) with the delivery.
async fn settle(act: &Settle, response: &Response, db: &Session) -> Result<bool, Fault> {
    let is_the_runs = act.end.response() == Some(response);
    let own = (!is_the_runs).then(|| &response.json()[..]);
    let outcome = response.outcome();
    let keeps_token = policy::keeps_token_after(outcome);
    let (id, run, at) = (Column(act.id), Column(act.run), Column(act.at));
    let settled = db
        .query_opt(
            &db.statements.settle_delivery,
            &[&id, &run, &db.host, &at, &outcome.as_str(), &own, &keeps_token],
        )
        .await?;
    Ok(settled.map(|row| Columns::of(&row).next()).transpose()?.unwrap_or_default())
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
