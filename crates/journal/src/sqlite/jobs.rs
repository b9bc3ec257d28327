//! Jobs that replay deliveries: each step is one transaction with the replay that it counts, so none is done twice.

use rusqlite::params;

use bookhook_model::{ActKind, DeliveryId, ReplayJobId, ReplayJobState, State};

use crate::acts::{By, CancelReplays, NextReplay, Refusal, ReplayNext, Returned, StartReplays, Target};
use crate::error::WriteError;
use crate::replaying::{Runner, may_replay};
use crate::seal::KeyId;

use super::act::{Act, Fault};
use super::people::{self, remember};
use super::rows::{Column, Columns, damaged};
use super::statements::Statements;

/// So many ids are one page; the statements know it too.
const PAGE: usize = 256;

impl Act for StartReplays {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        if let Some(running) = running(db)? {
            return Err(Fault::Refused(WriteError::ReplaysRunning(running)));
        }
        let filter = serde_json::to_string(&self.new.filter).map_err(damaged)?;
        insert(self, &filter, db)?;
        for (page, ids) in (0_u32..).zip(self.targets.chunks(PAGE)) {
            let ids: Vec<u8> = ids.iter().flat_map(|id| id.to_bytes()).collect();
            db.insert_replay_targets.execute(params![self.id.to_bytes(), page, ids])?;
        }
        let by = By { who: &self.who, what: ActKind::StartReplays, at: self.at };
        let target =
            Target { hook: self.new.filter.hook.as_ref(), replays: Some(self.id), ..Target::default() };
        remember(by, &target, Some(&filter), db)?;
        Ok(())
    }

    fn bytes(&self) -> usize {
        512 + self.targets.len() * 16
    }
}

fn running(db: &mut Statements<'_>) -> rusqlite::Result<Option<ReplayJobId>> {
    let mut rows = db.find_running_replays.query([])?;
    rows.next()?.map(|row| Columns::of(row).value()).transpose()
}

/// A job without deliveries is done when it is created.
fn insert(act: &StartReplays, filter: &str, db: &mut Statements<'_>) -> rusqlite::Result<()> {
    let is_done = act.targets.is_empty();
    let state = if is_done { ReplayJobState::Done } else { ReplayJobState::Running };
    db.insert_replay_job.execute(params![
        act.id.to_bytes(),
        filter,
        act.new.without_token,
        act.new.per_second.get(),
        act.who.as_str(),
        Column(act.at),
        state.as_str(),
        u32::try_from(act.targets.len()).unwrap_or(u32::MAX),
        is_done.then_some(Column(act.at)),
    ])?;
    Ok(())
}

/// A [`ReplayNext`] by a host with this key.
pub(super) struct SealedReplayNext {
    pub(super) act: ReplayNext,
    pub(super) key: KeyId,
}

impl Act for SealedReplayNext {
    type Found = NextReplay;

    fn apply(&self, db: &mut Statements<'_>) -> Result<NextReplay, Fault> {
        let job = self.act.job;
        let next = next(job, db)?.ok_or(Fault::Refused(WriteError::NoReplays(job)))?;
        let (Next { state: ReplayJobState::Running, without_token, .. }, Some(id)) = (&next, next.target)
        else {
            return Ok(NextReplay::Over(next.state));
        };
        let replayed = self.replay(id, *without_token, db)?;
        self.count(replayed.as_ref().err(), db)?;
        Ok(match replayed {
            Ok(returned) => NextReplay::Returned(id, returned),
            Err(refusal) => NextReplay::Refused(id, refusal),
        })
    }
}

impl SealedReplayNext {
    fn replay(
        &self,
        id: DeliveryId,
        without_token: bool,
        db: &mut Statements<'_>,
    ) -> rusqlite::Result<Result<Returned, Refusal>> {
        let ReplayNext { serves, at, .. } = &self.act;
        let Some(found) = people::find(id, db)? else { return Ok(Err(Refusal::Erased)) };
        if found.state == State::Settled && found.runs == 0 {
            return Ok(Err(Refusal::NeverRan));
        }
        let runner = Runner { serves, key: self.key, now: *at };
        match may_replay(&found.candidate(), without_token, runner) {
            Ok(()) => people::replay(&found, without_token, *at, db).map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    fn count(&self, refusal: Option<&Refusal>, db: &mut Statements<'_>) -> rusqlite::Result<()> {
        let job = self.act.job.to_bytes();
        if let Some(refusal) = refusal {
            db.count_replay_refusal.execute(params![job, refusal.as_str()])?;
        }
        let counted = params![job, refusal.is_none(), Column(self.act.at)];
        let state: ReplayJobState = db.count_replay.query_row(counted, |row| Columns::of(row).value())?;
        if state != ReplayJobState::Running {
            db.delete_replay_targets.execute([job])?;
        }
        Ok(())
    }
}

/// What a job is to do next.
struct Next {
    state: ReplayJobState,
    without_token: bool,
    target: Option<DeliveryId>,
}

fn next(job: ReplayJobId, db: &mut Statements<'_>) -> rusqlite::Result<Option<Next>> {
    let mut rows = db.find_next_target.query([job.to_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let mut columns = Columns::of(row);
    let (state, without_token) = (columns.value()?, columns.next()?);
    Ok(Some(Next { state, without_token, target: columns.optional()? }))
}

impl Act for CancelReplays {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        let Self { id, who, at } = self;
        match state(*id, db)? {
            None => return Err(Fault::Refused(WriteError::NoReplays(*id))),
            Some(ReplayJobState::Running) => {}
            Some(state) => return Err(Fault::Refused(WriteError::ReplaysOver { id: *id, state })),
        }
        db.cancel_replay_job.execute(params![id.to_bytes(), Column(*at)])?;
        db.delete_replay_targets.execute([id.to_bytes()])?;
        let by = By { who, what: ActKind::CancelReplays, at: *at };
        remember(by, &Target { replays: Some(*id), ..Target::default() }, None, db)?;
        Ok(())
    }
}

fn state(id: ReplayJobId, db: &mut Statements<'_>) -> rusqlite::Result<Option<ReplayJobState>> {
    let mut rows = db.find_replays_state.query([id.to_bytes()])?;
    rows.next()?.map(|row| Columns::of(row).value()).transpose()
}
