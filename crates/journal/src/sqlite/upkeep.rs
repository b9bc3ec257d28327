//! The smaller acts: notes, callers who are gone, pausing, recovery, expiry.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};

use bookhook_model::{ActKind, Actor, DeliveryId, HookName, ParkReason};

use crate::acts::{Backlog, By, Portion, Recovered, Target, Unsettled};
use crate::seal::KeyId;

use super::act::{Act, Fault};
use super::lanes::paused_lane;
use super::people::remember;
use super::rows::{Column, Columns};
use super::statements::Statements;

/// What a run that was left open is told to have ended with.
const INTERRUPTED: &str = "the host ended while the handler ran";

/// So many tokens are erased at once, so that other acts get their turn.
const ERASED_MAX: u32 = 500;

/// A status reached a caller.
pub(super) struct NoteAnswered {
    pub(super) id: DeliveryId,
    pub(super) status: u16,
}

impl Act for NoteAnswered {
    type Found = ();

    const LAZY: bool = true;

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        db.note_answered.execute(params![self.id.to_bytes(), self.status])?;
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

    fn apply(&self, db: &mut Statements<'_>) -> Result<u64, Fault> {
        let before = Column(self.sent_before);
        let parked =
            db.park_awaiting_callers.execute(params![self.hook.as_str(), before, self.reason.to_string()])?;
        Ok(u64::try_from(parked).unwrap_or(u64::MAX))
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

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        let Self { hook, reason, who, at } = self;
        let by = who.as_ref().map(Actor::as_str);
        db.pause_hook.execute(params![hook.as_str(), Column(*at), reason, by])?;
        db.hold_waiting.execute([hook.as_str()])?;
        let who = who.clone().unwrap_or_else(Actor::host);
        remember(
            By { who: &who, what: ActKind::Pause, at: *at },
            &Target::hook(hook),
            reason.as_deref(),
            db,
        )?;
        Ok(())
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

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        let Self { hook, who, at } = self;
        db.resume_hook.execute([hook.as_str()])?;
        db.release_held.execute([hook.as_str()])?;
        remember(By { who, what: ActKind::Resume, at: *at }, &Target::hook(hook), None, db)?;
        Ok(())
    }
}

/// The host starts.
pub(super) struct Recover {
    pub(super) at: Timestamp,
    pub(super) key: KeyId,
}

impl Act for Recover {
    type Found = Recovered;

    fn apply(&self, db: &mut Statements<'_>) -> Result<Recovered, Fault> {
        db.recover_runs.execute(params![Column(self.at), INTERRUPTED])?;
        db.recover_deliveries.execute([])?;
        db.release_given_up.execute([])?;
        db.resume_given_up.execute([])?;
        db.recover_paused.execute([])?;
        db.recover_paused_lanes.execute([])?;
        let places = db.list_unsettled.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let unsettled = Backlog::new(places);
        let paused =
            db.list_paused.query_map([], |row| Columns::of(row).value())?.collect::<Result<_, _>>()?;
        let paused_lanes = db.list_paused_lanes.query_map([], paused_lane)?.collect::<Result<_, _>>()?;
        let sealed_otherwise =
            db.count_sealed_otherwise.query_row([self.key.as_bytes()], |row| row.get::<_, u32>(0))?;
        Ok(Recovered { unsettled, paused, paused_lanes, sealed_otherwise: sealed_otherwise.into() })
    }
}

impl Act for Portion {
    type Found = Vec<Unsettled>;

    fn apply(&self, db: &mut Statements<'_>) -> Result<Vec<Unsettled>, Fault> {
        let find = |place| db.find_unsettled.query_row([place], unsettled).optional().transpose();
        Ok(self.0.iter().filter_map(find).collect::<Result<_, _>>()?)
    }
}

fn unsettled(row: &Row<'_>) -> rusqlite::Result<Unsettled> {
    let mut columns = Columns::of(row);
    Ok(Unsettled {
        id: columns.value()?,
        hook: columns.value()?,
        lane: columns.optional()?,
        state: columns.value()?,
        received_at: columns.value()?,
        next_run_at: columns.optional()?,
        runs: columns.next()?,
        tries: columns.next()?,
        awaits_caller: columns.next()?,
        after: None,
    })
}

/// Tokens that are no longer good are erased.
pub(super) struct EraseExpired {
    pub(super) at: Timestamp,
}

impl Act for EraseExpired {
    type Found = u64;

    fn apply(&self, db: &mut Statements<'_>) -> Result<u64, Fault> {
        let erased = db.erase_expired_tokens.execute(params![Column(self.at), ERASED_MAX])?;
        Ok(u64::try_from(erased).unwrap_or(u64::MAX))
    }
}

/// Whether anything can be written.
pub(super) struct Probe;

impl Act for Probe {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        db.probe.execute([])?;
        Ok(())
    }
}
