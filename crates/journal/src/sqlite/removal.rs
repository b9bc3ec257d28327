//! Deliveries are taken out for good, a few at a time.

use rusqlite::{Row, params};

use bookhook_model::{DeliveryId, State};

use crate::removal::{ErasedSome, Whose};

use super::act::{Act, Fault};
use super::lanes;
use super::rows::Columns;
use super::statements::Statements;

/// So many deliveries are looked at in one act, so that others get their turn.
const LOOKED_AT_MAX: u32 = 200;
/// So many bytes of payload are overwritten in one act, about.
const BYTES_MAX: u32 = 1 << 20;

/// A delivery that may be removed, and the size of its payload.
struct Candidate {
    seq: i64,
    id: DeliveryId,
    state: State,
    bytes: u32,
}

/// Deliveries of one book or agent are removed, whatever their state, unless they run.
pub(super) struct EraseSome {
    pub(super) whose: Whose,
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
        for Candidate { seq, id, state, bytes: size } in candidates {
            if bytes >= BYTES_MAX {
                return Ok(erased);
            }
            erased.next = Some(seq);
            if state == State::Running {
                erased.running.push(id);
                continue;
            }
            remove(seq, db)?;
            bytes += size;
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
        let (find, whose) = match &self.whose {
            Whose::Book(book) => (&mut db.erase_find_book, book),
            Whose::Agent(agent) => (&mut db.erase_find_agent, agent),
        };
        find.query_map(params![whose, self.after, LOOKED_AT_MAX], candidate)?.collect()
    }
}

fn candidate(row: &Row<'_>) -> rusqlite::Result<Candidate> {
    let mut columns = Columns::of(row);
    Ok(Candidate {
        seq: columns.next()?,
        id: columns.value()?,
        state: columns.value()?,
        bytes: columns.next()?,
    })
}

/// The delivery with everything that belongs to it.
fn remove(seq: i64, db: &mut Statements<'_>) -> rusqlite::Result<()> {
    db.remove_payload.execute([seq])?;
    db.remove_runs.execute([seq])?;
    db.remove_delivery.execute([seq])?;
    Ok(())
}
