//! An event comes in.

use futures_util::future::try_join;
use tokio_postgres::types::ToSql;

use bookhook_model::{Cause, DeliveryId, Outcome, Response, State, policy};

use crate::acts::{Appended, Place};
use crate::backend::SealedAppend;
use crate::error::WriteError;
use crate::standing::{Resending, Standing, resending};

use super::act::{Act, Fault};
use super::begin::refuse_while_running;
use super::routes::{Routes, Track};
use super::rows::{Column, Columns};
use super::session::Session;
use super::settle::find_state;

/// An earlier delivery of the same event.
struct Known {
    seq: i64,
    id: DeliveryId,
    standing: Standing,
}

impl Act for SealedAppend {
    type Found = Appended;

    /// Tries to insert first, for nearly every event is new; what stands in the way is looked for afterwards.
    async fn apply(&self, db: &Session) -> Result<Appended, Fault> {
        if self.act.place == Place::Start {
            refuse_while_running(self.act.after, db).await?;
        }
        if let Some(appended) = insert(self, self.act.place.state(), db).await? {
            return Ok(appended);
        }
        if let Some(known) = find_same(self, db).await? {
            return again(self, &known, db).await;
        }
        // Its lane is taken.
        if let Some(appended) = insert(self, State::Waiting, db).await? {
            return Ok(appended);
        }
        let (id, state) = (self.act.id, find_state(self.act.id, db).await?);
        Err(Fault::Refused(WriteError::Refused { id, state, act: "be appended again" }))
    }

    fn bytes(&self) -> usize {
        self.act.event.body.len() + self.headers.len() + self.sealed.as_ref().map_or(0, Vec::len) + 512
    }

    fn volume(&self, found: &Appended) -> i64 {
        let bytes = 512 + self.headers.len() + self.act.event.body.len();
        if matches!(found, Appended::Fresh { .. } | Appended::Deferred { .. }) {
            i64::try_from(bytes).unwrap_or(i64::MAX)
        } else {
            0
        }
    }

    fn conclude(&self, found: Option<&Appended>, routes: &mut Routes) {
        let id = self.act.id;
        match found {
            Some(Appended::Fresh { .. } | Appended::Deferred { .. }) => match self.act.place {
                Place::Start | Place::Queue | Place::Hold => {}
                Place::Unmatched | Place::Settle(_) => routes.leave(id),
            },
            Some(Appended::Again { id: known, .. }) => {
                routes.forget(id);
                routes.enter(*known, Track::of_event(&self.act.hook, &self.act.event, *known));
            }
            Some(Appended::Joined { .. } | Appended::Stored { .. }) | None => routes.forget(id),
        }
    }
}

/// Where it stands now; none when it could not be inserted.
async fn insert(append: &SealedAppend, state: State, db: &Session) -> Result<Option<Appended>, Fault> {
    let SealedAppend { act, event_key, headers, sealed } = append;
    let event = &act.event;
    let settled = match &act.place {
        Place::Settle(response) => Some(response),
        _ => None,
    };
    let inserted = db
        .query_opt(
            &db.statements.append_insert_delivery,
            &[
                &Column(act.id),
                &act.hook.as_str(),
                &event.id.as_ref().map(|id| &*id.0),
                event_key,
                &&event.fingerprint.0[..],
                &&*event.event_type,
                &event.lane.as_ref().map(|lane| &*lane.0),
                &event.book_id.as_deref(),
                &event.agent_id.as_deref(),
                &Column(act.received_at),
                &sealed.as_ref().map(|_| Column(act.token_expires_at)),
                &sealed.as_ref().filter(|_| keeps_token(state, settled.map(Response::outcome))),
                &state.as_str(),
                &settled.map(|response| response.outcome().as_str()),
                &settled.map(|response| &response.json()[..]),
                &db.host,
                headers,
                &&event.body[..],
                &event.user_id.as_deref(),
            ],
        )
        .await?;
    let Some(row) = inserted else { return Ok(None) };
    let mut columns = Columns::of(&row);
    let (state, conflict) = (columns.value()?, columns.next()?);
    let is_as_asked = state == act.place.state();
    Ok(Some(if is_as_asked { Appended::Fresh { conflict } } else { Appended::Deferred { conflict, state } }))
}

/// What never runs by itself keeps a token only where a replay of it may need one.
fn keeps_token(state: State, outcome: Option<Outcome>) -> bool {
    state != State::Unmatched && outcome.is_none_or(policy::keeps_token_after)
}

/// This very sending, if the journal has it.
async fn find_same(append: &SealedAppend, db: &Session) -> Result<Option<Known>, Fault> {
    let Some(event_key) = append.event_key else { return Ok(None) };
    let fingerprint = &append.act.event.fingerprint.0[..];
    let row = db.query_opt(&db.statements.append_find_same, &[&event_key, &fingerprint]).await?;
    let Some(row) = row else { return Ok(None) };
    let mut columns = Columns::of(&row);
    let (seq, id) = (columns.next()?, columns.value()?);
    let standing =
        Standing { state: columns.value()?, awaits_caller: columns.next()?, answered: columns.optional()? };
    Ok(Some(Known { seq, id, standing }))
}

/// The response of a settled delivery; what has none, because it never runs or runs just now, is suppressed.
async fn stored_response(seq: i64, db: &Session) -> Result<Response, Fault> {
    match db.query_opt(&db.statements.find_response, &[&seq]).await? {
        Some(row) => Ok(Columns::of(&row).value()?),
        None => Ok(Response::suppressed()),
    }
}

async fn again(append: &SealedAppend, known: &Known, db: &Session) -> Result<Appended, Fault> {
    match resending(known.standing, &append.act.place) {
        Resending::Joins => Ok(Appended::Joined { id: known.id, state: known.standing.state }),
        Resending::IsAnswered => {
            Ok(Appended::Stored { id: known.id, response: stored_response(known.seq, db).await? })
        }
        Resending::RunsAgain(cause) => run_again(append, known, cause, db).await,
    }
}

/// Body, headers and tokens of this sending take the place of those of the one before.
async fn run_again(
    append: &SealedAppend,
    known: &Known,
    cause: Cause,
    db: &Session,
) -> Result<Appended, Fault> {
    let act = &append.act;
    let (id, seq, state, body) = (known.id, known.seq, act.place.state().as_str(), &act.event.body[..]);
    let (sent_at, expires_at) =
        (Column(act.received_at), append.sealed.as_ref().map(|_| Column(act.token_expires_at)));
    let (again, _) = try_join(
        async {
            let wanted: [&(dyn ToSql + Sync); 6] =
                [&seq, &state, &sent_at, &expires_at, &append.sealed, &db.host];
            db.query_one(&db.statements.append_again, &wanted).await
        },
        db.execute(&db.statements.append_again_payload, &[&seq, &append.headers, &body]),
    )
    .await?;
    let mut columns = Columns::of(&again);
    let (state, runs) = (columns.value::<State>()?, columns.value()?);
    let run = (state == State::Running).then_some(runs);
    if let Some(number) = run {
        db.execute(&db.statements.insert_run, &[&seq, &Column(number), &cause.as_str(), &sent_at]).await?;
    }
    Ok(Appended::Again { id, cause, run })
}
