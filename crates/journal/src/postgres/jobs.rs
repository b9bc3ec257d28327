//! Jobs that replay deliveries: each step is one transaction with the replay that it counts, so none is done twice.

use futures_util::future::try_join_all;

use bookhook_model::{ActKind, DeliveryId, ReplayJobId, ReplayJobState, State};

use crate::acts::{By, CancelReplays, NextReplay, Refusal, ReplayNext, Returned, StartReplays, Target};
use crate::error::WriteError;
use crate::replaying::{Runner, may_replay};
use crate::seal::KeyId;

use super::act::{Act, Fault};
use super::people::{self, remember};
use super::routes::Routes;
use super::rows::{Column, Columns};
use super::session::Session;

/// So many ids are one page; the statements know it too.
const PAGE: usize = 256;

impl Act for StartReplays {
    type Found = ();

    async fn apply(&self, db: &Session) -> Result<(), Fault> {
        if let Some(running) = running(db).await? {
            return Err(Fault::Refused(WriteError::ReplaysRunning(running)));
        }
        // A filter is plain texts; nothing in it can fail to be written.
        let filter = serde_json::to_string(&self.new.filter).unwrap_or_default();
        insert(self, &filter, db).await?;
        let pages = (0_i32..).zip(self.targets.chunks(PAGE)).map(|(page, ids)| async move {
            let ids: Vec<u8> = ids.iter().flat_map(|id| id.to_bytes()).collect();
            db.execute(&db.statements.insert_replay_targets, &[&Column(self.id), &page, &ids]).await
        });
        try_join_all(pages).await?;
        let by = By { who: &self.who, what: ActKind::StartReplays, at: self.at };
        let target =
            Target { hook: self.new.filter.hook.as_ref(), replays: Some(self.id), ..Target::default() };
        remember(by, &target, Some(&filter), db).await
    }

    fn bytes(&self) -> usize {
        512 + self.targets.len() * 16
    }
}

async fn running(db: &Session) -> Result<Option<ReplayJobId>, Fault> {
    let row = db.query_opt(&db.statements.find_running_replays, &[]).await?;
    Ok(row.map(|row| Columns::of(&row).value()).transpose()?)
}

/// A job without deliveries is done when it is created.
async fn insert(act: &StartReplays, filter: &str, db: &Session) -> Result<(), Fault> {
    let is_done = act.targets.is_empty();
    let state = if is_done { ReplayJobState::Done } else { ReplayJobState::Running };
    db.execute(
        &db.statements.insert_replay_job,
        &[
            &Column(act.id),
            &filter,
            &act.new.without_token,
            &Column(act.new.per_second.get()),
            &act.who.as_str(),
            &Column(act.at),
            &state.as_str(),
            &Column(u32::try_from(act.targets.len()).unwrap_or(u32::MAX)),
            &is_done.then_some(Column(act.at)),
        ],
    )
    .await
    .map(drop)
}

/// A [`ReplayNext`] by a host with this key.
pub(super) struct SealedReplayNext {
    pub(super) act: ReplayNext,
    pub(super) key: KeyId,
}

impl Act for SealedReplayNext {
    type Found = NextReplay;

    async fn apply(&self, db: &Session) -> Result<NextReplay, Fault> {
        let job = self.act.job;
        let next = next(job, db).await?.ok_or(Fault::Refused(WriteError::NoReplays(job)))?;
        let (Next { state: ReplayJobState::Running, without_token, .. }, Some(id)) = (&next, next.target)
        else {
            return Ok(NextReplay::Over(next.state));
        };
        if next.is_elsewhere {
            return Ok(NextReplay::Elsewhere);
        }
        let replayed = self.replay(id, *without_token, db).await?;
        self.count(replayed.as_ref().err(), db).await?;
        Ok(match replayed {
            Ok(returned) => NextReplay::Returned(id, returned),
            Err(refusal) => NextReplay::Refused(id, refusal),
        })
    }

    fn conclude(&self, found: Option<&NextReplay>, routes: &mut Routes) {
        if let Some(NextReplay::Returned(id, returned)) = found {
            people::is_back(*id, Some(returned), routes);
        }
    }
}

impl SealedReplayNext {
    async fn replay(
        &self,
        id: DeliveryId,
        without_token: bool,
        db: &Session,
    ) -> Result<Result<Returned, Refusal>, Fault> {
        let ReplayNext { serves, at, .. } = &self.act;
        let Some(found) = people::find(id, db).await? else { return Ok(Err(Refusal::Erased)) };
        if found.state == State::Settled && found.runs == 0 {
            return Ok(Err(Refusal::NeverRan));
        }
        let runner = Runner { serves, key: self.key, now: *at };
        match may_replay(&found.candidate(), without_token, runner) {
            Ok(()) => people::replay(&found, without_token, *at, db).await.map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    async fn count(&self, refusal: Option<&Refusal>, db: &Session) -> Result<(), Fault> {
        let job = Column(self.act.job);
        if let Some(refusal) = refusal {
            db.execute(&db.statements.count_replay_refusal, &[&job, &refusal.as_str()]).await?;
        }
        let (is_done, at) = (refusal.is_none(), Column(self.act.at));
        let counted = db.query_one(&db.statements.count_replay, &[&job, &is_done, &at, &db.host]).await?;
        let state: ReplayJobState = Columns::of(&counted).value()?;
        if state != ReplayJobState::Running {
            db.execute(&db.statements.delete_replay_targets, &[&job]).await?;
        }
        Ok(())
    }
}

/// What a job is to do next.
struct Next {
    state: ReplayJobState,
    without_token: bool,
    target: Option<DeliveryId>,
    /// Another host works it off.
    is_elsewhere: bool,
}

async fn next(job: ReplayJobId, db: &Session) -> Result<Option<Next>, Fault> {
    let row = db.query_opt(&db.statements.find_next_target, &[&Column(job), &db.host]).await?;
    let Some(row) = row else { return Ok(None) };
    let mut columns = Columns::of(&row);
    let (state, without_token) = (columns.value()?, columns.next()?);
    let (target, is_elsewhere) = (columns.optional()?, columns.next::<Option<bool>>()?.unwrap_or_default());
    Ok(Some(Next { state, without_token, target, is_elsewhere }))
}

impl Act for CancelReplays {
    type Found = ();

    async fn apply(&self, db: &Session) -> Result<(), Fault> {
        let Self { id, who, at } = self;
        match state(*id, db).await? {
            None => return Err(Fault::Refused(WriteError::NoReplays(*id))),
            Some(ReplayJobState::Running) => {}
            Some(state) => return Err(Fault::Refused(WriteError::ReplaysOver { id: *id, state })),
        }
        db.execute(&db.statements.cancel_replay_job, &[&Column(*id), &Column(*at)]).await?;
        db.execute(&db.statements.delete_replay_targets, &[&Column(*id)]).await?;
        let by = By { who, what: ActKind::CancelReplays, at: *at };
        remember(by, &Target { replays: Some(*id), ..Target::default() }, None, db).await
    }
}

async fn state(id: ReplayJobId, db: &Session) -> Result<Option<ReplayJobState>, Fault> {
    let row = db.query_opt(&db.statements.find_replays_state, &[&Column(id)]).await?;
    Ok(row.map(|row| Columns::of(&row).value()).transpose()?)
}
