//! Many deliveries run again, as a job in the background: it is worked off one by one, each replay in one transaction
//! with its count, so a host that comes back goes on after the last one.

use std::error::Error;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tracing::{error, info, warn};

use bookhook_journal::acts::{CancelReplays, NextReplay, ReplayNext, StartReplays};
use bookhook_journal::{Cursor, ReadError, WriteError};
use bookhook_model::{
    Actor, Delivery, DeliveryId, Filter, HookName, NewReplays, ReplayJob, ReplayJobId, ReplayJobState, State,
};

use crate::dispatcher::{Dispatcher, Shared};
use crate::life::JOURNAL_PAUSE;
use crate::operators::{ActError, see_through};

/// So many deliveries are one job, at most.
const TARGETS_MAX: usize = 100_000;

/// So many deliveries are looked at in one go.
const PAGE: usize = 1_000;

/// So long the job waits before it looks again whether there is room for another.
const ROOM_PAUSE: Duration = Duration::from_millis(100);

impl Dispatcher {
    /// Has all deliveries that fit now run again, in the background, in the order of append; one such job at a time. It
    /// goes on after the host has come back. The job itself is durable when this returns.
    pub async fn start_replays(&self, new: NewReplays, who: &Actor) -> Result<ReplayJob, ActError> {
        self.shared.refuse_while_draining()?;
        if new.filter == Filter::default() {
            return Err(ActError::EmptyFilter);
        }
        let targets = self.shared.targets(&new.filter).await?;
        let at = (self.shared.clock)();
        let id = ReplayJobId::from_bytes(self.shared.desk().ids.next(at).to_bytes());
        let matched = targets.len();
        let started =
            self.shared.journal.start_replays(StartReplays { id, new, targets, who: who.clone(), at });
        let shared = Arc::clone(&self.shared);
        see_through(async move {
            started.await?;
            shared.take_up_replays(id).await
        })
        .await
        .inspect(|_| info!(replays = %id, matched, %who, "replays start"))
    }

    /// The jobs that replay deliveries, the newest first.
    pub async fn replays(&self) -> Result<Vec<ReplayJob>, ReadError> {
        self.shared.journal.replay_jobs().await
    }

    /// One of them, as it stands now.
    pub async fn replay_job(&self, id: ReplayJobId) -> Result<Option<ReplayJob>, ReadError> {
        self.shared.journal.replay_job(id).await
    }

    /// Puts an end to a job: what it has not replayed yet stays as it is. Durable when it returns.
    pub async fn cancel_replays(&self, id: ReplayJobId, who: &Actor) -> Result<ReplayJob, ActError> {
        let at = (self.shared.clock)();
        self.shared.journal.cancel_replays(CancelReplays { id, who: who.clone(), at }).await?;
        info!(replays = %id, %who, "replays are cancelled");
        self.shared.job(id).await
    }
}

impl Shared {
    /// The deliveries that fit now and may be replayed, oldest first.
    async fn targets(&self, filter: &Filter) -> Result<Vec<DeliveryId>, ActError> {
        let (mut targets, mut cursor) = (Vec::new(), None::<Cursor>);
        loop {
            let page = self.journal.list(filter, cursor.as_ref(), PAGE).await?;
            let fit = page.items.iter().filter(|delivery| is_target(delivery, filter));
            targets.extend(fit.map(|delivery| delivery.id));
            if targets.len() > TARGETS_MAX {
                return Err(ActError::TooMany { most: TARGETS_MAX });
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        targets.reverse();
        Ok(targets)
    }

    async fn job(&self, id: ReplayJobId) -> Result<ReplayJob, ActError> {
        let job = self.journal.replay_job(id).await?;
        job.ok_or(ActError::Journal(WriteError::NoReplays(id)))
    }

    async fn take_up_replays(self: &Arc<Self>, id: ReplayJobId) -> Result<ReplayJob, ActError> {
        let job = self.job(id).await.inspect_err(|_| go_on(self))?;
        if job.state == ReplayJobState::Running {
            tokio::spawn(work_off(Arc::downgrade(self), job.clone()));
        }
        Ok(job)
    }

    fn has_room(&self, name: &HookName) -> bool {
        let Some(hook) = self.hook_index(name) else { return true };
        let (waiting, _) = self.desk().scheduler.load(hook);
        // The other half is for callers.
        waiting < (self.policy(hook).queue / 2).max(1)
    }
}

/// What is on its way is not; nor is what no handler was asked for, unless that is what is wanted.
fn is_target(delivery: &Delivery, filter: &Filter) -> bool {
    match delivery.state {
        State::Settled | State::Parked => true,
        State::Unmatched => filter.state == Some(State::Unmatched),
        State::Waiting | State::Running | State::Held => false,
    }
}

/// At start: goes on with the job that a host before this one has left.
pub(crate) fn go_on(shared: &Arc<Shared>) {
    let shared = Arc::downgrade(shared);
    tokio::spawn(async move {
        let Some(jobs) = left(&shared).await else { return };
        for job in jobs.into_iter().filter(|job| job.state == ReplayJobState::Running) {
            work_off(Weak::clone(&shared), job).await;
        }
    });
}

/// All jobs; `None` when the dispatcher is gone before they can be read.
async fn left(shared: &Weak<Shared>) -> Option<Vec<ReplayJob>> {
    loop {
        match shared.upgrade()?.journal.replay_jobs().await {
            Ok(jobs) => return Some(jobs),
            Err(failed) => {
                let error = &failed as &dyn Error;
                error!(error, "replays that were left could not be looked for; it is tried again");
            }
        }
        tokio::time::sleep(JOURNAL_PAUSE).await;
    }
}

/// Works the job off, unless that is being done.
async fn work_off(shared: Weak<Shared>, job: ReplayJob) {
    let is_new = shared.upgrade().is_some_and(|strong| strong.desk().replays.insert(job.id));
    if is_new {
        replay_all(&shared, &job).await;
    }
    if let Some(strong) = shared.upgrade().filter(|_| is_new) {
        strong.desk().replays.remove(&job.id);
    }
}

/// Replays one delivery after the other, until the job is done or cancelled or the dispatcher is gone.
async fn replay_all(shared: &Weak<Shared>, job: &ReplayJob) {
    let pace = Duration::from_secs(1) / job.per_second.get();
    let mut goes_on = job.done + job.refused > 0;
    loop {
        let Some(strong) = shared.upgrade() else { return };
        let step = step(&strong, job.id).await;
        drop(strong);
        if std::mem::take(&mut goes_on) && matches!(step, Step::Replayed(_) | Step::Refused) {
            info!(replays = %job.id, done = job.done, matched = job.matched, "replays go on");
        }
        match step {
            Step::Replayed(hook) => {
                tokio::time::sleep(pace).await;
                wait_for_room(shared, &hook).await;
            }
            Step::Refused => {}
            Step::NotWritten => tokio::time::sleep(JOURNAL_PAUSE).await,
            Step::Over => return,
        }
    }
}

/// What became of the next delivery of a job.
enum Step {
    Replayed(HookName),
    Refused,
    NotWritten,
    Over,
}

async fn step(shared: &Arc<Shared>, job: ReplayJobId) -> Step {
    if shared.desk().scheduler.is_draining() {
        return Step::Over;
    }
    let at = (shared.clock)();
    match shared.journal.replay_next(ReplayNext { job, serves: shared.serves(), at }).await {
        Ok(NextReplay::Returned(id, returned)) => {
            let hook = returned.hook.clone();
            shared.is_replayed(id, returned);
            Step::Replayed(hook)
        }
        Ok(NextReplay::Refused(delivery, refusal)) => {
            warn!(replays = %job, %delivery, why = refusal.as_str(), "not replayed");
            Step::Refused
        }
        Ok(NextReplay::Elsewhere) => Step::Over,
        Ok(NextReplay::Over(state)) => {
            info!(replays = %job, state = state.as_str(), "replays are over");
            Step::Over
        }
        Err(failed) if failed.may_pass() => {
            warn!(replays = %job, error = &failed as &dyn Error, "a replay could not be journaled; it is tried again");
            Step::NotWritten
        }
        // It is another host's now, or this one's again when it has joined again.
        Err(WriteError::Fenced) => Step::Over,
        Err(failed) => {
            error!(replays = %job, error = &failed as &dyn Error, "replays end");
            Step::Over
        }
    }
}

async fn wait_for_room(shared: &Weak<Shared>, hook: &HookName) {
    while shared.upgrade().is_some_and(|strong| !strong.has_room(hook)) {
        tokio::time::sleep(ROOM_PAUSE).await;
    }
}
