//! Lanes that are paused, by a person or for a parked delivery.

use jiff::Timestamp;
use rusqlite::{Row, params};

use bookhook_model::{ActKind, Actor, DeliveryId, HookName, LaneKey, OnPark, ParkReason};

use crate::acts::{By, PauseLane, PausedLane, Target};

use super::act::{Act, Fault};
use super::people::remember;
use super::rows::{Column, Columns};
use super::statements::Statements;

impl Act for PauseLane {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        let Self { hook, lane, who, reason, at } = self;
        db.pause_lane.execute(params![hook.as_str(), &*lane.0, Column(*at), who.as_str(), reason])?;
        db.hold_lane.execute([hook.as_str(), &*lane.0])?;
        let by = By { who, what: ActKind::Pause, at: *at };
        remember(by, &Target::lane(hook, lane), reason.as_deref(), db)?;
        Ok(())
    }
}

/// A lane goes on.
pub(super) struct ResumeLane {
    pub(super) hook: HookName,
    pub(super) lane: LaneKey,
    pub(super) who: Actor,
    pub(super) at: Timestamp,
}

impl Act for ResumeLane {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        let Self { hook, lane, who, at } = self;
        db.resume_lane.execute([hook.as_str(), &*lane.0])?;
        db.release_lane.execute([hook.as_str(), &*lane.0])?;
        let by = By { who, what: ActKind::Resume, at: *at };
        remember(by, &Target::lane(hook, lane), None, db)?;
        Ok(())
    }
}

/// Gives up on a delivery; with [`OnPark::Hold`] its lane waits for it from now on.
pub(super) fn park(
    seq: i64,
    (id, reason, on_park): (DeliveryId, &ParkReason, OnPark),
    at: Timestamp,
    db: &mut Statements<'_>,
) -> rusqlite::Result<()> {
    db.park.execute(params![seq, reason.to_string()])?;
    if on_park == OnPark::Hold {
        let why = format!("{id} is parked: {reason}");
        if let Some((hook, lane)) = first_lane(&mut db.hold_lane_for, params![seq, Column(at), why])? {
            db.hold_lane.execute([hook, lane])?;
        }
    }
    Ok(())
}

/// The delivery is settled: a lane that waits for it goes on.
pub(super) fn go_on_after(id: DeliveryId, db: &mut Statements<'_>) -> rusqlite::Result<()> {
    if let Some((hook, lane)) = first_lane(&mut db.resume_lane_held_for, params![id.to_bytes()])? {
        db.release_lane.execute([hook, lane])?;
    }
    Ok(())
}

fn first_lane(
    statement: &mut rusqlite::Statement<'_>,
    params: &[&dyn rusqlite::ToSql],
) -> rusqlite::Result<Option<(String, String)>> {
    let mut rows = statement.query(params)?;
    rows.next()?.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// The columns of a paused lane, as `list_paused_lanes` selects them.
pub(super) fn paused_lane(row: &Row<'_>) -> rusqlite::Result<PausedLane> {
    let mut columns = Columns::of(row);
    Ok(PausedLane {
        hook: columns.value()?,
        lane: columns.value()?,
        paused_at: columns.value()?,
        who: columns.optional()?,
        reason: columns.next()?,
        held_for: columns.optional()?,
    })
}
