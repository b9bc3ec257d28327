//! Deliveries are taken out for good, a few at a time.

use futures_util::future::try_join3;
use jiff::{SignedDuration, Timestamp};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

use bookhook_model::{ActKind, DeliveryId, State};

use crate::acts::{By, Target};
use crate::reading::Cursor;
use crate::removal::{ErasedSome, NoteErasure, Retain, Retained, Targets};

use super::act::{Act, Fault};
use super::lanes;
use super::people::remember;
use super::rows::Columns;
use super::session::Session;

/// So many deliveries are looked at in one act, so that others get their turn.
const LOOKED_AT_MAX: usize = 200;

/// So many bytes of payload are removed in one act, about.
const BYTES_MAX: i32 = 1 << 20;

/// What is received before is appended before, but for so much: connections write side by side, and hosts' clocks differ.
const DISORDER_MAX: SignedDuration = SignedDuration::from_mins(1);

/// What a step found, and how many bytes it removed.
#[derive(Debug)]
pub(super) struct Removed<T> {
    pub(super) found: T,
    bytes: i64,
}

/// A delivery that may be removed.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    seq: i64,
    id: DeliveryId,
    state: State,
}

/// Deliveries are removed, whatever their state, unless they run.
pub(super) struct EraseSome {
    pub(super) targets: Targets,
    /// Those behind this place.
    pub(super) after: i64,
}

impl Act for EraseSome {
    type Found = Removed<ErasedSome>;

    async fn apply(&self, db: &Session) -> Result<Removed<ErasedSome>, Fault> {
        let candidates = self.candidates(db).await?;
        let is_last = candidates.len() < LOOKED_AT_MAX;
        let next = candidates.last().map(|last| last.seq).filter(|_| !is_last);
        let (running, removed): (Vec<_>, Vec<_>) =
            candidates.into_iter().partition(|candidate| candidate.state == State::Running);
        let bytes = remove(&removed, db).await?;
        let open: Vec<_> =
            removed.iter().filter(|candidate| candidate.is_open()).map(|open| open.id).collect();
        for id in &open {
            lanes::go_on_after(*id, db).await?;
        }
        let running = running.into_iter().map(|running| running.id).collect();
        let deliveries = removed.len() as u64;
        Ok(Removed { found: ErasedSome { deliveries, open, running, next }, bytes })
    }

    fn volume(&self, found: &Removed<ErasedSome>) -> i64 {
        -found.bytes
    }
}

impl EraseSome {
    async fn candidates(&self, db: &Session) -> Result<Vec<Candidate>, Fault> {
        let places;
        let (find, wanted): (_, &(dyn ToSql + Sync)) = match &self.targets {
            Targets::OfBook(book) => (&db.statements.erase_find_book, book),
            Targets::OfAgent(agent) => (&db.statements.erase_find_agent, agent),
            Targets::At(list) => {
                places = &**list;
                (&db.statements.erase_find_places, &places)
            }
        };
        let limit = i64::try_from(LOOKED_AT_MAX).unwrap_or(i64::MAX);
        let found = db.query(find, &[wanted, &self.after, &limit]).await?;
        Ok(found.iter().map(candidate).collect::<Result<_, _>>()?)
    }
}

impl Act for NoteErasure {
    type Found = ();

    async fn apply(&self, db: &Session) -> Result<(), Fault> {
        let by = By { who: &self.who, what: ActKind::Erase, at: self.at };
        remember(by, &Target::default(), Some(&self.detail), db).await
    }
}

impl Candidate {
    /// It had no response yet.
    fn is_open(&self) -> bool {
        matches!(self.state, State::Waiting | State::Held | State::Parked)
    }
}

fn candidate(row: &Row) -> Result<Candidate, Error> {
    let mut columns = Columns::of(row);
    Ok(Candidate { seq: columns.next()?, id: columns.value()?, state: columns.value()? })
}

impl Act for Retain {
    type Found = Removed<Retained>;

    async fn apply(&self, db: &Session) -> Result<Removed<Retained>, Fault> {
        let Self { settled_before, bytes_max, after } = *self;
        let mut found = Retained { removed: 0, place: after, is_done: true };
        let before = if is_too_large(bytes_max, db).await? { Some(Timestamp::MAX) } else { settled_before };
        let Some(before) = before else { return Ok(Removed { found, bytes: 0 }) };
        let limit = i64::try_from(LOOKED_AT_MAX).unwrap_or(i64::MAX);
        let rows = db.query(&db.statements.retain_find, &[&after.seq(), &limit]).await?;
        let seen: Vec<Old> = rows.iter().map(old).collect::<Result<_, _>>()?;
        let late = before.saturating_add(DISORDER_MAX).unwrap_or(Timestamp::MAX);
        let (mut removed, mut bytes) = (Vec::new(), 0);
        found.is_done = seen.len() < LOOKED_AT_MAX;
        for old in &seen {
            if old.received_at >= late || bytes >= BYTES_MAX {
                found.is_done = old.received_at >= late;
                break;
            }
            if old.is_over_before(before) {
                removed.push(old.candidate);
                bytes += old.bytes;
            }
            found.place = Cursor::at(old.candidate.seq);
        }
        found.removed = removed.len() as u64;
        let bytes = remove(&removed, db).await?;
        Ok(Removed { found, bytes })
    }

    fn volume(&self, found: &Removed<Retained>) -> i64 {
        -found.bytes
    }
}

async fn is_too_large(bytes_max: Option<u64>, db: &Session) -> Result<bool, Fault> {
    let Some(max) = bytes_max else { return Ok(false) };
    let volume: i64 = Columns::of(&db.query_one(&db.statements.find_volume, &[]).await?).next()?;
    Ok(u64::try_from(volume).unwrap_or_default() > max)
}

/// A delivery that may be kept no longer.
struct Old {
    candidate: Candidate,
    received_at: Timestamp,
    settled_at: Option<Timestamp>,
    /// The size of its body.
    bytes: i32,
}

impl Old {
    fn is_over_before(&self, before: Timestamp) -> bool {
        let is_over = matches!(self.candidate.state, State::Settled | State::Unmatched);
        is_over && self.settled_at.unwrap_or(self.received_at) < before
    }
}

fn old(row: &Row) -> Result<Old, Error> {
    let mut columns = Columns::of(row);
    let candidate = Candidate { seq: columns.next()?, id: columns.value()?, state: columns.value()? };
    let (received_at, settled_at) = (columns.value()?, columns.optional()?);
    Ok(Old { candidate, received_at, settled_at, bytes: columns.next()? })
}

/// The deliveries with everything that belongs to them; gives how many bytes that were, as `volume` counts.
async fn remove(removed: &[Candidate], db: &Session) -> Result<i64, Fault> {
    let seqs: Vec<i64> = removed.iter().map(|candidate| candidate.seq).collect();
    let (payloads, _, _) = try_join3(
        async { db.query(&db.statements.remove_payload, &[&seqs]).await },
        async { db.execute(&db.statements.remove_runs, &[&seqs]).await },
        async { db.execute(&db.statements.remove_delivery, &[&seqs]).await },
    )
    .await?;
    let bytes = payloads.iter().map(|row| Columns::of(row).next::<i32>().map(i64::from));
    Ok(bytes.sum::<Result<_, _>>()?)
}
