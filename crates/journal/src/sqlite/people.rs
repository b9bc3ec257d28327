//! What people do with one delivery: replay, unpark, park, skip; and how acts are remembered.

use jiff::Timestamp;
use rusqlite::params;

use bookhook_model::{ActKind, DeliveryId, HookName, LaneKey, ParkReason, ReplayJobId, Response, State};

use crate::acts::{By, Park, Replay, Returned, Skip, Target, Unpark};
use crate::error::WriteError;
use crate::replaying::{Candidate, Runner, Token, may_replay, may_run, refused};
use crate::seal::KeyId;

use super::act::{Act, Fault};
use super::lanes;
use super::rows::{Column, Columns};
use super::statements::Statements;

/// A delivery, as acts of people need it.
pub(super) struct Subject {
    pub(super) seq: i64,
    pub(super) id: DeliveryId,
    pub(super) hook: HookName,
    pub(super) lane: Option<LaneKey>,
    pub(super) state: State,
    pub(super) runs: u32,
    awaits_caller: bool,
    token_expires_at: Option<Timestamp>,
    sealed: Option<Vec<u8>>,
    holds_lane: bool,
}

impl Subject {
    pub(super) fn candidate(&self) -> Candidate<'_> {
        let token = Token { expires_at: self.token_expires_at, sealed: self.sealed.as_deref() };
        Candidate { hook: &self.hook, state: self.state, awaits_caller: self.awaits_caller, token }
    }

    fn target(&self) -> Target<'_> {
        Target { hook: Some(&self.hook), delivery: Some(self.id), ..Target::default() }
    }

    fn refuse(&self, act: &'static str) -> Fault {
        Fault::Refused(WriteError::Refused { id: self.id, state: self.state, act })
    }
}

/// Finds it, if it is there.
pub(super) fn find(id: DeliveryId, db: &mut Statements<'_>) -> rusqlite::Result<Option<Subject>> {
    let mut rows = db.find_to_act_on.query([id.to_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let mut columns = Columns::of(row);
    Ok(Some(Subject {
        seq: columns.next()?,
        id,
        hook: columns.value()?,
        lane: columns.optional()?,
        state: columns.value()?,
        awaits_caller: columns.next()?,
        runs: columns.next()?,
        token_expires_at: columns.optional()?,
        sealed: columns.next()?,
        holds_lane: columns.next()?,
    }))
}

fn subject(id: DeliveryId, db: &mut Statements<'_>) -> Result<Subject, Fault> {
    find(id, db)?.ok_or(Fault::Refused(WriteError::NotFound(id)))
}

/// Remembers an act.
pub(super) fn remember(
    by: By<'_>,
    target: &Target<'_>,
    detail: Option<&str>,
    db: &mut Statements<'_>,
) -> rusqlite::Result<()> {
    db.insert_act.execute(params![
        Column(by.at),
        by.who.as_str(),
        by.what.as_str(),
        target.hook.map(HookName::as_str),
        target.lane.map(|lane| &*lane.0),
        target.delivery.map(DeliveryId::to_bytes),
        target.replays.map(ReplayJobId::to_bytes),
        detail,
    ])?;
    Ok(())
}

/// A [`Replay`] by a host with this key.
pub(super) struct SealedReplay {
    pub(super) act: Replay,
    pub(super) key: KeyId,
}

impl Act for SealedReplay {
    type Found = Returned;

    fn apply(&self, db: &mut Statements<'_>) -> Result<Returned, Fault> {
        let Replay { id, options, serves, who, at } = &self.act;
        let found = subject(*id, db)?;
        let runner = Runner { serves, key: self.key, now: *at };
        let known = found.candidate();
        may_replay(&known, options.without_token, runner)
            .map_err(|refusal| Fault::Refused(refused(refusal, *id, &known, "be replayed")))?;
        let returned = replay(&found, options.without_token, *at, db)?;
        let by = By { who, what: ActKind::Replay, at: *at };
        let detail = options.without_token.then_some("without its token");
        remember(by, &found.target(), detail, db)?;
        Ok(returned)
    }
}

/// Puts a delivery that may run again at the back of its lane.
pub(super) fn replay(
    found: &Subject,
    without_token: bool,
    at: Timestamp,
    db: &mut Statements<'_>,
) -> rusqlite::Result<Returned> {
    let state = state_in_lane(found, db)?;
    db.replay.execute(params![found.seq, state.as_str(), Column(at), !without_token])?;
    Ok(returned(found))
}

/// Whether it waits, or is held with its hook or its lane.
fn state_in_lane(found: &Subject, db: &mut Statements<'_>) -> rusqlite::Result<State> {
    let lane = found.lane.as_ref().map(|lane| &*lane.0);
    let wanted = params![found.hook.as_str(), lane, found.id.to_bytes()];
    let is_held = db.find_whether_held.query_row(wanted, |row| row.get(0))?;
    Ok(if is_held { State::Held } else { State::Waiting })
}

fn returned(found: &Subject) -> Returned {
    Returned { hook: found.hook.clone(), lane: found.lane.clone(), runs: found.runs, earlier: Vec::new() }
}

/// An [`Unpark`] by a host with this key.
pub(super) struct SealedUnpark {
    pub(super) act: Unpark,
    pub(super) key: KeyId,
}

impl Act for SealedUnpark {
    type Found = Returned;

    fn apply(&self, db: &mut Statements<'_>) -> Result<Returned, Fault> {
        let Unpark { id, serves, who, at } = &self.act;
        let found = subject(*id, db)?;
        if found.state != State::Parked {
            return Err(found.refuse("be unparked"));
        }
        let known = found.candidate();
        may_run(&known, false, Runner { serves, key: self.key, now: *at })
            .map_err(|refusal| Fault::Refused(refused(refusal, *id, &known, "be unparked")))?;
        let state = state_in_lane(&found, db)?;
        db.unpark.execute(params![found.seq, state.as_str(), Column(*at)])?;
        remember(By { who, what: ActKind::Unpark, at: *at }, &found.target(), None, db)?;
        let ids = db.find_earlier.query_map([found.seq], |row| Columns::of(row).value())?;
        let earlier = ids.collect::<Result<_, _>>()?;
        Ok(Returned { earlier, ..returned(&found) })
    }
}

impl Act for Park {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        let Self { id, reason, who, at } = self;
        let found = subject(*id, db)?;
        if !matches!(found.state, State::Waiting | State::Held) {
            return Err(found.refuse("be parked"));
        }
        let parked = ParkReason::ByPerson { who: who.clone(), why: reason.clone() };
        db.park.execute(params![found.seq, parked.to_string()])?;
        remember(By { who, what: ActKind::Park, at: *at }, &found.target(), reason.as_deref(), db)?;
        Ok(())
    }
}

impl Act for Skip {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        let Self { id, who, at } = self;
        let found = subject(*id, db)?;
        if !matches!(found.state, State::Waiting | State::Held | State::Parked) {
            return Err(found.refuse("be skipped"));
        }
        db.skip.execute(params![found.seq, Column(*at), &Response::suppressed().json()[..]])?;
        if found.holds_lane {
            lanes::go_on_after(*id, db)?;
        }
        remember(By { who, what: ActKind::Skip, at: *at }, &found.target(), None, db)?;
        Ok(())
    }
}
