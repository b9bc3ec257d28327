//! Lanes that are paused, by a person or for a parked delivery.

use jiff::Timestamp;
use tokio_postgres::{Error, Row};

use bookhook_model::{ActKind, Actor, DeliveryId, HookName, LaneKey, OnPark, ParkReason};

use crate::acts::{By, PauseLane, PausedLane, Target};

use super::act::{Act, Fault};
use super::people::remember;
use super::rows::{Column, Columns};
use super::session::Session;

impl Act for PauseLane {
    type Found = ();

    const PAUSES: bool = true;

    async fn apply(&self, db: &Session) -> Result<(), Fault> {
        let Self { hook, lane, who, reason, at } = self;
        let (name, key) = (hook.as_str(), &*lane.0);
        db.execute(&db.statements.pause_lane, &[&name, &key, &Column(*at), &who.as_str(), reason]).await?;
        db.execute(&db.statements.hold_lane, &[&name, &key]).await?;
        let by = By { who, what: ActKind::Pause, at: *at };
        remember(by, &Target::lane(hook, lane), reason.as_deref(), db).await
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

    const PAUSES: bool = true;

    async fn apply(&self, db: &Session) -> Result<(), Fault> {
        let Self { hook, lane, who, at } = self;
        let (name, key) = (hook.as_str(), &*lane.0);
        db.execute(&db.statements.resume_lane, &[&name, &key]).await?;
        db.execute(&db.statements.release_lane, &[&name, &key]).await?;
        let by = By { who, what: ActKind::Resume, at: *at };
        remember(by, &Target::lane(hook, lane), None, db).await
    }
}

/// The lane of a delivery that is parked waits for it from now on, with [`OnPark::Hold`].
pub(super) async fn hold_for(
    (id, reason, on_park): (DeliveryId, &ParkReason, OnPark),
    at: Timestamp,
    db: &Session,
) -> Result<(), Fault> {
    if on_park == OnPark::Continue {
        return Ok(());
    }
    let why = format!("{id} is parked: {reason}");
    let held = db.query_opt(&db.statements.hold_lane_for, &[&Column(id), &Column(at), &why]).await?;
    if let Some((hook, lane)) = held.as_ref().map(hook_and_lane).transpose()? {
        db.execute(&db.statements.hold_lane, &[&hook, &lane]).await?;
    }
    Ok(())
}

/// The delivery is settled: a lane that waits for it goes on.
pub(super) async fn go_on_after(id: DeliveryId, db: &Session) -> Result<(), Fault> {
    let resumed = db.query_opt(&db.statements.resume_lane_held_for, &[&Column(id)]).await?;
    if let Some((hook, lane)) = resumed.as_ref().map(hook_and_lane).transpose()? {
        db.execute(&db.statements.release_lane, &[&hook, &lane]).await?;
    }
    Ok(())
}

fn hook_and_lane(row: &Row) -> Result<(&str, &str), Error> {
    let mut columns = Columns::of(row);
    Ok((columns.next()?, columns.next()?))
}

/// The columns of a paused lane, as `list_paused_lanes` selects them.
pub(super) fn paused_lane(row: &Row) -> Result<PausedLane, Error> {
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
