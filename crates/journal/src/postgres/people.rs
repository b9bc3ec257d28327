//! What people do with one delivery: replay, unpark, park, skip; and how acts are remembered.

use jiff::Timestamp;

use bookhook_model::{ActKind, DeliveryId, HookName, LaneKey, ParkReason, Response, State};

use crate::acts::{By, Park, Replay, Returned, Skip, Target, Unpark};
use crate::error::WriteError;
use crate::replaying::{Candidate, Runner, Token, may_replay, may_run, refused};
use crate::seal::KeyId;

use super::act::{Act, Fault};
use super::lanes;
use super::routes::Routes;
use super::rows::{Column, Columns};
use super::session::Session;

/// A delivery, as acts of people need it.
pub(super) struct Subject {
    seq: i64,
    id: DeliveryId,
    hook: HookName,
    lane: Option<LaneKey>,
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
pub(super) async fn find(id: DeliveryId, db: &Session) -> Result<Option<Subject>, Fault> {
    let row = db.query_opt(&db.statements.find_to_act_on, &[&Column(id)]).await?;
    let Some(row) = row else { return Ok(None) };
    let mut columns = Columns::of(&row);
    Ok(Some(Subject {
        seq: columns.next()?,
        id,
        hook: columns.value()?,
        lane: columns.optional()?,
        state: columns.value()?,
        awaits_caller: columns.next()?,
        runs: columns.value()?,
        token_expires_at: columns.optional()?,
        sealed: columns.next()?,
        holds_lane: columns.next()?,
    }))
}

async fn subject(id: DeliveryId, db: &Session) -> Result<Subject, Fault> {
    find(id, db).await?.ok_or(Fault::Refused(WriteError::NotFound(id)))
}

/// Remembers an act.
pub(super) async fn remember(
    by: By<'_>,
    target: &Target<'_>,
    detail: Option<&str>,
    db: &Session,
) -> Result<(), Fault> {
    db.execute(
        &db.statements.insert_act,
        &[
            &Column(by.at),
            &by.who.as_str(),
            &by.what.as_str(),
            &target.hook.map(HookName::as_str),
            &target.lane.map(|lane| &*lane.0),
            &target.delivery.map(Column),
            &target.replays.map(Column),
            &detail,
        ],
    )
    .await
    .map(drop)
}

/// A [`Replay`] by a host with this key.
pub(super) struct SealedReplay {
    pub(super) act: Replay,
    pub(super) key: KeyId,
}

impl Act for SealedReplay {
    type Found = Returned;

    async fn apply(&self, db: &Session) -> Result<Returned, Fault> {
        let Replay { id, options, serves, who, at } = &self.act;
        let found = subject(*id, db).await?;
        let runner = Runner { serves, key: self.key, now: *at };
        let known = found.candidate();
        may_replay(&known, options.without_token, runner)
            .map_err(|refusal| Fault::Refused(refused(refusal, *id, &known, "be replayed")))?;
        let returned = replay(&found, options.without_token, *at, db).await?;
        let by = By { who, what: ActKind::Replay, at: *at };
        let detail = options.without_token.then_some("without its token");
        remember(by, &found.target(), detail, db).await?;
        Ok(returned)
    }

    fn conclude(&self, found: Option<&Returned>, routes: &mut Routes) {
        is_back(self.act.id, found, routes);
    }
}

/// Puts a delivery that may run again at the back of its lane.
pub(super) async fn replay(
    found: &Subject,
    without_token: bool,
    at: Timestamp,
    db: &Session,
) -> Result<Returned, Fault> {
    let state = state_in_lane(found, db).await?;
    db.execute(&db.statements.replay, &[&found.seq, &state.as_str(), &Column(at), &!without_token, &db.host])
        .await?;
    Ok(returned(found))
}

/// Whether it waits, or is held with its hook or its lane.
async fn state_in_lane(found: &Subject, db: &Session) -> Result<State, Fault> {
    let (hook, lane) = (found.hook.as_str(), found.lane.as_ref().map(|lane| &*lane.0));
    let held = db.query_one(&db.statements.find_whether_held, &[&hook, &lane, &Column(found.id)]).await?;
    let is_held = Columns::of(&held).next()?;
    Ok(if is_held { State::Held } else { State::Waiting })
}

fn returned(found: &Subject) -> Returned {
    Returned { hook: found.hook.clone(), lane: found.lane.clone(), runs: found.runs, earlier: Vec::new() }
}

/// From now on its acts are in order with those of its lane.
pub(super) fn is_back(id: DeliveryId, found: Option<&Returned>, routes: &mut Routes) {
    if let Some(returned) = found {
        routes.enter_found(id, &returned.hook, returned.lane.as_ref());
    }
}

/// An [`Unpark`] by a host with this key.
pub(super) struct SealedUnpark {
    pub(super) act: Unpark,
    pub(super) key: KeyId,
}

impl Act for SealedUnpark {
    type Found = Returned;

    async fn apply(&self, db: &Session) -> Result<Returned, Fault> {
        let Unpark { id, serves, who, at } = &self.act;
        let found = subject(*id, db).await?;
        if found.state != State::Parked {
            return Err(found.refuse("be unparked"));
        }
        let known = found.candidate();
        may_run(&known, false, Runner { serves, key: self.key, now: *at })
            .map_err(|refusal| Fault::Refused(refused(refusal, *id, &known, "be unparked")))?;
        let state = state_in_lane(&found, db).await?;
        db.execute(&db.statements.unpark, &[&found.seq, &state.as_str(), &Column(*at), &db.host]).await?;
        let by = By { who, what: ActKind::Unpark, at: *at };
        remember(by, &found.target(), None, db).await?;
        let ids = db.query(&db.statements.find_earlier, &[&found.seq]).await?;
        let earlier = ids.iter().map(|row| Columns::of(row).value()).collect::<Result<_, _>>()?;
        Ok(Returned { earlier, ..returned(&found) })
    }

    fn conclude(&self, found: Option<&Returned>, routes: &mut Routes) {
        is_back(self.act.id, found, routes);
    }
}

impl Act for Park {
    type Found = ();

    async fn apply(&self, db: &Session) -> Result<(), Fault> {
        let Self { id, reason, who, at } = self;
        let found = subject(*id, db).await?;
        if !matches!(found.state, State::Waiting | State::Held) {
            return Err(found.refuse("be parked"));
        }
        let parked = ParkReason::ByPerson { who: who.clone(), why: reason.clone() };
        db.execute(&db.statements.park, &[&Column(*id), &parked.to_string()]).await?;
        let by = By { who, what: ActKind::Park, at: *at };
        remember(by, &found.target(), reason.as_deref(), db).await
    }

    fn left(&self, (): &()) -> Option<DeliveryId> {
        Some(self.id)
    }

    fn conclude(&self, found: Option<&()>, routes: &mut Routes) {
        if found.is_some() {
            routes.leave(self.id);
        }
    }
}

impl Act for Skip {
    type Found = ();

    async fn apply(&self, db: &Session) -> Result<(), Fault> {
        let Self { id, who, at } = self;
        let found = subject(*id, db).await?;
        if !matches!(found.state, State::Waiting | State::Held | State::Parked) {
            return Err(found.refuse("be skipped"));
        }
        let suppressed = Response::suppressed();
        db.execute(&db.statements.skip, &[&found.seq, &Column(*at), &&suppressed.json()[..]]).await?;
        if found.holds_lane {
            lanes::go_on_after(*id, db).await?;
        }
        remember(By { who, what: ActKind::Skip, at: *at }, &found.target(), None, db).await
    }

    fn left(&self, (): &()) -> Option<DeliveryId> {
        Some(self.id)
    }

    fn conclude(&self, found: Option<&()>, routes: &mut Routes) {
        if found.is_some() {
            routes.leave(self.id);
        }
    }
}
