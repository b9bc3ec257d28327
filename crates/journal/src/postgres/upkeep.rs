//! The smaller acts: notes, callers who are gone, pausing, recovery, expiry.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio_postgres::{Error, Row};

use bookhook_model::{ActKind, Actor, DeliveryId, HookName, ParkReason};

use crate::acts::{Backlog, By, Portion, Recovered, Target, Unsettled};
use crate::seal::KeyId;

use super::act::{Act, Fault};
use super::lanes::paused_lane;
use super::people::remember;
use super::routes::Routes;
use super::rows::{Column, Columns};
use super::session::Session;

/// What a run that was left open is told to have ended with.
const INTERRUPTED: &str = "the host ended while the handler ran";

/// So many tokens are erased at once, so that other acts get their turn.
const ERASED_MAX: i64 = 500;

/// So many deliveries are taken over at once.
const TAKEN_MAX: i64 = 5000;

/// A status reached a caller.
pub(super) struct NoteAnswered {
    pub(super) id: DeliveryId,
    pub(super) status: u16,
}

impl Act for NoteAnswered {
    type Found = ();

    const LAZY: bool = true;

    async fn apply(&self, db: &Session) -> Result<(), Fault> {
        db.execute(&db.statements.note_answered, &[&Column(self.id), &Column(self.status)]).await?;
        Ok(())
    }
}

/// Deliveries whose callers have not come back are given up.
pub(super) struct ParkAwaitingCallers {
    pub(super) hook: HookName,
    pub(super) sent_before: Timestamp,
    pub(super) reason: ParkReason,
}

impl Act for ParkAwaitingCallers {
    type Found = u64;

    async fn apply(&self, db: &Session) -> Result<u64, Fault> {
        let (before, reason) = (Column(self.sent_before), self.reason.to_string());
        db.execute(&db.statements.park_awaiting_callers, &[&self.hook.as_str(), &before, &reason]).await
    }
}

/// A hook is paused.
pub(super) struct Pause {
    pub(super) hook: HookName,
    pub(super) reason: Option<String>,
    /// `None` when it is the host.
    pub(super) who: Option<Actor>,
    pub(super) at: Timestamp,
}

impl Act for Pause {
    type Found = ();

    const PAUSES: bool = true;

    async fn apply(&self, db: &Session) -> Result<(), Fault> {
        let Self { hook, reason, who, at } = self;
        let (name, by) = (hook.as_str(), who.as_ref().map(Actor::as_str));
        db.execute(&db.statements.pause_hook, &[&name, &Column(*at), reason, &by]).await?;
        db.execute(&db.statements.hold_waiting, &[&name]).await?;
        let who = who.clone().unwrap_or_else(Actor::host);
        let by = By { who: &who, what: ActKind::Pause, at: *at };
        remember(by, &Target::hook(hook), reason.as_deref(), db).await
    }
}

/// A hook goes on.
pub(super) struct Resume {
    pub(super) hook: HookName,
    pub(super) who: Actor,
    pub(super) at: Timestamp,
}

impl Act for Resume {
    type Found = ();

    const PAUSES: bool = true;

    async fn apply(&self, db: &Session) -> Result<(), Fault> {
        let Self { hook, who, at } = self;
        let name = hook.as_str();
        db.execute(&db.statements.resume_hook, &[&name]).await?;
        db.execute(&db.statements.release_held, &[&name]).await?;
        remember(By { who, what: ActKind::Resume, at: *at }, &Target::hook(hook), None, db).await
    }
}

/// The host starts.
pub(super) struct Recover {
    pub(super) at: Timestamp,
    pub(super) key: KeyId,
    pub(super) serves: Arc<[HookName]>,
}

impl Act for Recover {
    type Found = Recovered;

    async fn apply(&self, db: &Session) -> Result<Recovered, Fault> {
        db.execute(&db.statements.host_bury, &[&db.host]).await?;
        db.execute(&db.statements.recover_runs, &[&Column(self.at), &INTERRUPTED, &db.host]).await?;
        db.execute(&db.statements.recover_deliveries, &[&db.host]).await?;
        take_over(self.at, &self.serves, db).await?;
        db.execute(&db.statements.release_given_up, &[]).await?;
        db.execute(&db.statements.resume_given_up, &[]).await?;
        db.execute(&db.statements.recover_paused, &[]).await?;
        db.execute(&db.statements.recover_paused_lanes, &[]).await?;
        let unsettled = db.query(&db.statements.list_unsettled, &[&db.host]).await?;
        let paused = db.query(&db.statements.list_paused, &[]).await?;
        let paused_lanes = db.query(&db.statements.list_paused_lanes, &[]).await?;
        let sealed = db.query(&db.statements.count_sealed_otherwise, &[&self.key.as_bytes()]).await?;
        Ok(Recovered {
            unsettled: Backlog::new(unsettled.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?),
            paused: paused.iter().map(|row| Columns::of(row).value()).collect::<Result<_, _>>()?,
            paused_lanes: paused_lanes.iter().map(paused_lane).collect::<Result<_, _>>()?,
            sealed_otherwise: sealed
                .iter()
                .map(|row| Columns::of(row).value::<u64>())
                .sum::<Result<_, _>>()?,
        })
    }
}

impl Act for Portion {
    type Found = Vec<Unsettled>;

    async fn apply(&self, db: &Session) -> Result<Vec<Unsettled>, Fault> {
        let unsettled = db.query(&db.statements.find_unsettled, &[&self.0, &db.host]).await?;
        Ok(unsettled.iter().map(read_unsettled).collect::<Result<_, _>>()?)
    }

    fn conclude(&self, found: Option<&Vec<Unsettled>>, routes: &mut Routes) {
        enter_found(found, routes);
    }
}

/// Deliveries of hosts that are gone are this one's from now on, if it has their hooks.
pub(super) struct TakeOver {
    pub(super) at: Timestamp,
    pub(super) serves: Arc<[HookName]>,
    pub(super) homeless: Homeless,
}

/// Hooks that this host does not have, and of which others have left something: each is told of once.
#[derive(Debug, Clone, Default)]
pub(super) struct Homeless(Arc<Mutex<BTreeSet<HookName>>>);

impl Homeless {
    fn tell(&self, hook: &HookName) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.insert(hook.clone()) {
            tracing::warn!(
                %hook,
                "a host that is gone has left deliveries of a hook that is not configured here; they wait for a host \
                 that has it"
            );
        }
    }
}

impl Act for TakeOver {
    type Found = Vec<Unsettled>;

    async fn apply(&self, db: &Session) -> Result<Vec<Unsettled>, Fault> {
        let taken = take_over(self.at, &self.serves, db).await?;
        if taken.is_empty() {
            let homeless = db.query(&db.statements.find_homeless, &[&names(&self.serves)]).await?;
            for hook in &homeless {
                self.homeless.tell(&Columns::of(hook).value()?);
            }
            return Ok(Vec::new());
        }
        db.execute(&db.statements.recover_paused, &[]).await?;
        db.execute(&db.statements.recover_paused_lanes, &[]).await?;
        let unsettled = db.query(&db.statements.take_over_list, &[&taken, &db.host]).await?;
        Ok(unsettled.iter().map(read_unsettled).collect::<Result<_, _>>()?)
    }

    fn conclude(&self, found: Option<&Vec<Unsettled>>, routes: &mut Routes) {
        enter_found(found, routes);
    }
}

fn enter_found(found: Option<&Vec<Unsettled>>, routes: &mut Routes) {
    for open in found.into_iter().flatten() {
        routes.enter_found(open.id, &open.hook, open.lane.as_ref());
    }
}

fn names(hooks: &[HookName]) -> Vec<&str> {
    hooks.iter().map(HookName::as_str).collect()
}

/// Takes a portion, so that there is something left for other hosts; gives the places of what it took.
async fn take_over(at: Timestamp, serves: &[HookName], db: &Session) -> Result<Vec<i64>, Fault> {
    let taken = db.query(&db.statements.take_over_find, &[&TAKEN_MAX, &names(serves)]).await?;
    let taken: Vec<i64> = taken.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    if !taken.is_empty() {
        db.execute(&db.statements.take_over_runs, &[&taken, &Column(at), &INTERRUPTED]).await?;
        db.execute(&db.statements.take_over, &[&taken, &db.host]).await?;
    }
    Ok(taken)
}

fn read_unsettled(row: &Row) -> Result<Unsettled, Error> {
    let mut columns = Columns::of(row);
    Ok(Unsettled {
        id: columns.value()?,
        hook: columns.value()?,
        lane: columns.optional()?,
        state: columns.value()?,
        received_at: columns.value()?,
        next_run_at: columns.optional()?,
        runs: columns.value()?,
        tries: columns.value()?,
        awaits_caller: columns.next()?,
        after: columns.optional()?,
    })
}

/// Tokens that are no longer good are erased.
pub(super) struct EraseExpired {
    pub(super) at: Timestamp,
}

impl Act for EraseExpired {
    type Found = u64;

    async fn apply(&self, db: &Session) -> Result<u64, Fault> {
        db.execute(&db.statements.erase_expired_tokens, &[&Column(self.at), &ERASED_MAX]).await
    }
}

/// Whether anything can be written.
pub(super) struct Probe;

impl Act for Probe {
    type Found = ();

    async fn apply(&self, db: &Session) -> Result<(), Fault> {
        db.execute(&db.statements.probe, &[&db.slot]).await?;
        Ok(())
    }
}
