//! Deliveries are taken out for good, a few at a time.

use jiff::Timestamp;
use rusqlite::{Row, params};

use bookhook_model::{ActKind, DeliveryId, State};

use crate::acts::{By, Target};
use crate::reading::Cursor;
use crate::removal::{ErasedSome, NoteErasure, Retain, Retained, Targets};

use super::act::{Act, Fault};
use super::json::json_list;
use super::lanes;
use super::people::remember;
use super::rows::Columns;
use super::statements::Statements;

/// So many deliveries are looked at in one act, so that others get their turn.
const LOOKED_AT_MAX: u32 = 200;
/// So many bytes of payload are overwritten in one act, about.
const BYTES_MAX: u32 = 1 << 20;

/// So much free room, in bytes, a file keeps for what comes; and a share of its size.
const FREE_MIN: u64 = 1 << 20;
const FREE_SHARE: u64 = 16;

/// A delivery that may be removed, under what it is found, and the size of its payload.
struct Candidate {
    seq: i64,
    id: DeliveryId,
    state: State,
    event_key: Option<i64>,
    book_id: Option<String>,
    agent_id: Option<String>,
    bytes: u32,
}

/// Deliveries are removed, whatever their state, unless they run.
pub(super) struct EraseSome {
    pub(super) targets: Targets,
    /// Those behind this place.
    pub(super) after: i64,
}

impl Act for EraseSome {
    type Found = ErasedSome;

    fn apply(&self, db: &mut Statements<'_>) -> Result<ErasedSome, Fault> {
        let candidates = self.candidates(db)?;
        let is_last = candidates.len() < LOOKED_AT_MAX as usize;
        let mut erased = ErasedSome::default();
        let mut bytes = 0;
        for candidate in candidates {
            let Candidate { seq, id, state, .. } = candidate;
            if bytes >= BYTES_MAX {
                return Ok(erased);
            }
            erased.next = Some(seq);
            if state == State::Running {
                erased.running.push(id);
                continue;
            }
            remove(&candidate, db)?;
            bytes += candidate.bytes;
            erased.deliveries += 1;
            if matches!(state, State::Waiting | State::Held | State::Parked) {
                lanes::go_on_after(id, db)?;
                erased.open.push(id);
            }
        }
        erased.next = erased.next.filter(|_| !is_last);
        Ok(erased)
    }

    fn bytes(&self) -> usize {
        usize::try_from(BYTES_MAX).unwrap_or(usize::MAX)
    }
}

impl EraseSome {
    fn candidates(&self, db: &mut Statements<'_>) -> rusqlite::Result<Vec<Candidate>> {
        let places;
        let (find, wanted) = match &self.targets {
            Targets::OfBook(book) => (&mut db.erase_find_book, book),
            Targets::OfAgent(agent) => (&mut db.erase_find_agent, agent),
            Targets::At(list) => {
                places = json_list(list.iter().copied());
                (&mut db.erase_find_places, &places)
            }
        };
        find.query_map(params![wanted, self.after, LOOKED_AT_MAX], candidate)?.collect()
    }
}

impl Act for NoteErasure {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        let by = By { who: &self.who, what: ActKind::Erase, at: self.at };
        remember(by, &Target::default(), Some(&self.detail), db)?;
        Ok(())
    }
}

fn candidate(row: &Row<'_>) -> rusqlite::Result<Candidate> {
    candidate_of(&mut Columns::of(row))
}

fn candidate_of(columns: &mut Columns<'_, '_>) -> rusqlite::Result<Candidate> {
    Ok(Candidate {
        seq: columns.next()?,
        id: columns.value()?,
        state: columns.value()?,
        event_key: columns.next()?,
        book_id: columns.next()?,
        agent_id: columns.next()?,
        bytes: columns.next()?,
    })
}

impl Act for Retain {
    type Found = Retained;

    fn apply(&self, db: &mut Statements<'_>) -> Result<Retained, Fault> {
        let Self { settled_before, bytes_max, after } = *self;
        let mut retained = Retained { removed: 0, place: after, is_done: true };
        let is_too_large = match bytes_max {
            Some(max) => Room::of(db)?.used() > max,
            None => false,
        };
        let before = if is_too_large { Some(Timestamp::MAX) } else { settled_before };
        let Some(before) = before else { return Ok(retained) };
        let (mut bytes, mut seen) = (0, 0);
        for (candidate, received_at, settled_at) in old_ones(after, db)? {
            if received_at >= before {
                return Ok(retained);
            }
            if bytes >= BYTES_MAX {
                return Ok(Retained { is_done: false, ..retained });
            }
            let is_over = matches!(candidate.state, State::Settled | State::Unmatched);
            if is_over && settled_at.unwrap_or(received_at) < before {
                remove(&candidate, db)?;
                bytes += candidate.bytes;
                retained.removed += 1;
            }
            retained.place = Cursor::at(candidate.seq);
            seen += 1;
        }
        retained.is_done = seen < LOOKED_AT_MAX;
        Ok(retained)
    }

    fn bytes(&self) -> usize {
        usize::try_from(BYTES_MAX).unwrap_or(usize::MAX)
    }
}

/// The next deliveries behind the place, with when they were received and settled.
fn old_ones(
    after: Cursor,
    db: &mut Statements<'_>,
) -> rusqlite::Result<Vec<(Candidate, Timestamp, Option<Timestamp>)>> {
    let read = |row: &Row<'_>| {
        let mut columns = Columns::of(row);
        Ok((candidate_of(&mut columns)?, columns.value()?, columns.optional()?))
    };
    db.retain_find.query_map(params![after.seq(), LOOKED_AT_MAX], read)?.collect()
}

/// The file is made smaller by some of its free pages.
pub(super) struct GiveBack;

impl Act for GiveBack {
    type Found = bool;

    fn apply(&self, db: &mut Statements<'_>) -> Result<bool, Fault> {
        let before = Room::of(db)?;
        if !before.is_ample() {
            return Ok(false);
        }
        // A row a page.
        let mut pages = db.give_back_pages.query([])?;
        while pages.next()?.is_some() {}
        drop(pages);
        let after = Room::of(db)?;
        // A file that was made without room for this cannot become smaller.
        Ok(after.is_ample() && after.size < before.size)
    }

    fn bytes(&self) -> usize {
        usize::try_from(BYTES_MAX).unwrap_or(usize::MAX)
    }
}

/// How large the file is, and how much of it is free.
struct Room {
    size: u64,
    free: u64,
}

impl Room {
    fn of(db: &mut Statements<'_>) -> rusqlite::Result<Self> {
        let size = |row: &Row<'_>, at| row.get::<_, i64>(at).map(i64::unsigned_abs);
        db.count_pages.query_row([], |row| Ok(Self { size: size(row, 0)?, free: size(row, 1)? }))
    }

    fn used(&self) -> u64 {
        self.size.saturating_sub(self.free)
    }

    fn is_ample(&self) -> bool {
        self.free > FREE_MIN + self.size / FREE_SHARE
    }
}

/// The delivery with everything that belongs to it.
fn remove(candidate: &Candidate, db: &mut Statements<'_>) -> rusqlite::Result<()> {
    let seq = candidate.seq;
    if let Some(event_key) = candidate.event_key {
        // It may be on its way from one to the other.
        db.remove_event_recent.execute([seq])?;
        db.remove_event_old.execute([seq, event_key])?;
    }
    for (field, value) in [("book", &candidate.book_id), ("agent", &candidate.agent_id)] {
        if let Some(value) = value {
            db.remove_from_catalogue.execute(params![field, value, seq])?;
        }
    }
    db.remove_payload.execute([seq])?;
    db.remove_runs.execute([seq])?;
    db.remove_delivery.execute([seq])?;
    db.note_removed.execute([seq])?;
    Ok(())
}
