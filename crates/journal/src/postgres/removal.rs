//! Deliveries are taken out for good, a few at a time.

use futures_util::future::try_join3;
use tokio_postgres::{Error, Row};

use bookhook_model::{DeliveryId, State};

use crate::removal::{ErasedSome, Whose};

use super::act::{Act, Fault};
use super::lanes;
use super::rows::Columns;
use super::session::Session;

/// So many deliveries are looked at in one act, so that others get their turn.
const LOOKED_AT_MAX: usize = 200;

/// A delivery that may be removed.
struct Candidate {
    seq: i64,
    id: DeliveryId,
    state: State,
}

/// Deliveries of one book or agent are removed, whatever their state, unless they run.
pub(super) struct EraseSome {
    pub(super) whose: Whose,
    /// Those behind this place.
    pub(super) after: i64,
}

impl Act for EraseSome {
    type Found = ErasedSome;

    async fn apply(&self, db: &Session) -> Result<ErasedSome, Fault> {
        let candidates = self.candidates(db).await?;
        let is_last = candidates.len() < LOOKED_AT_MAX;
        let next = candidates.last().map(|last| last.seq).filter(|_| !is_last);
        let (running, removed): (Vec<_>, Vec<_>) =
            candidates.into_iter().partition(|candidate| candidate.state == State::Running);
        remove(&removed, db).await?;
        let open: Vec<_> =
            removed.iter().filter(|candidate| candidate.is_open()).map(|open| open.id).collect();
        for id in &open {
            lanes::go_on_after(*id, db).await?;
        }
        let running = running.into_iter().map(|running| running.id).collect();
        Ok(ErasedSome { deliveries: removed.len() as u64, open, running, next })
    }
}

impl EraseSome {
    async fn candidates(&self, db: &Session) -> Result<Vec<Candidate>, Fault> {
        let (find, whose) = match &self.whose {
            Whose::Book(book) => (&db.statements.erase_find_book, book),
            Whose::Agent(agent) => (&db.statements.erase_find_agent, agent),
        };
        let limit = i64::try_from(LOOKED_AT_MAX).unwrap_or(i64::MAX);
        let found = db.query(find, &[whose, &self.after, &limit]).await?;
        Ok(found.iter().map(candidate).collect::<Result<_, _>>()?)
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

/// The deliveries with everything that belongs to them.
async fn remove(removed: &[Candidate], db: &Session) -> Result<(), Fault> {
    let seqs: Vec<i64> = removed.iter().map(|candidate| candidate.seq).collect();
    try_join3(
        async { db.execute(&db.statements.remove_payload, &[&seqs]).await },
        async { db.execute(&db.statements.remove_runs, &[&seqs]).await },
        async { db.execute(&db.statements.remove_delivery, &[&seqs]).await },
    )
    .await
    .map(drop)
}
