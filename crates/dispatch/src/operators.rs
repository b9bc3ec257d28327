//! What a person can do with one delivery: replay, park, unpark, skip.
//!
//! Each act is decided in the journal, within its transaction, and goes on when who asked for it is gone. What runs by it
//! enters its lane when that is durable. What an act may take out of its lane is [withheld](Desk::withhold) until it is
//! decided: so no run begins that the journal would not know of.

use std::future::Future;
use std::sync::Arc;

use tracing::info;

use bookhook_journal::acts::{Park, Replay, Returned, Skip, Unpark};
use bookhook_journal::{Journal, Pending, ReadError, WriteError};
use bookhook_model::{Actor, Cause, DeliveryId, HookName, ReplayOptions, Response, RunNumber, State};

use crate::answer::{Answer, Later};
use crate::desk::{Desk, Entering, Stay};
use crate::dispatcher::{Dispatcher, Shared};
use crate::life;
use crate::scheduler::{Action, Happened, Ticket};
use crate::verdict::Driver;

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ActError {
    /// There is no such delivery.
    #[error("there is no delivery {0}")]
    NotFound(DeliveryId),
    /// Nothing can run here: the hook is not configured any more.
    #[error("the hook `{0}` is not configured on this host: nothing of it can run before it is again")]
    NoHook(HookName),
    /// The host is about to end.
    #[error("the host is about to end: ask again when it is back")]
    Draining,
    /// The filter takes everything.
    #[error("an empty filter takes every delivery there is: name a hook, a book, a state or a time")]
    EmptyFilter,
    /// The filter takes more than one job does.
    #[error("more than {most} deliveries fit that filter: name a shorter time, and replay them in parts")]
    TooMany {
        /// So many are one job, at most.
        most: usize,
    },
    /// The journal refuses it, as things stand, or cannot be written.
    #[error(transparent)]
    Journal(WriteError),
    /// The journal cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<WriteError> for ActError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::NotFound(id) => Self::NotFound(id),
            WriteError::NoHook(hook) => Self::NoHook(hook),
            other => Self::Journal(other),
        }
    }
}

impl Dispatcher {
    /// Runs a delivery again that is settled, parked, unmatched or left to its caller, at the back of its lane. Durable
    /// when it returns; nobody waits for its response.
    ///
    /// If it came with a token that is gone, that is refused ([`WriteError::TokenGone`]), unless it may run without.
    pub async fn replay(&self, id: DeliveryId, options: ReplayOptions, who: &Actor) -> Result<(), ActError> {
        let shared = Arc::clone(&self.shared);
        shared.refuse_while_draining()?;
        let (serves, at) = (shared.serves(), (shared.clock)());
        let returned = shared.journal.replay(Replay { id, options, serves, who: who.clone(), at });
        info!(delivery = %id, %who, "replay");
        see_through(async move {
            shared.is_replayed(id, returned.await?);
            Ok(())
        })
        .await
    }

    /// Has a parked delivery wait again, in its old place in its lane. Durable when it returns.
    ///
    /// If it came with a token that is gone, that is refused: [`WriteError::TokenGone`].
    pub async fn unpark(&self, id: DeliveryId, who: &Actor) -> Result<(), ActError> {
        let shared = Arc::clone(&self.shared);
        shared.refuse_while_draining()?;
        let (serves, at) = (shared.serves(), (shared.clock)());
        let returned = shared.journal.unpark(Unpark { id, serves, who: who.clone(), at });
        info!(delivery = %id, %who, "unpark");
        see_through(async move {
            shared.is_unparked(id, returned.await?);
            Ok(())
        })
        .await
    }

    /// Gives up on a delivery that waits or is held. Its lane goes on. Durable when it returns.
    pub async fn park(&self, id: DeliveryId, reason: Option<&str>, who: &Actor) -> Result<(), ActError> {
        let at = (self.shared.clock)();
        let act = Park { id, reason: reason.map(str::to_owned), who: who.clone(), at };
        info!(delivery = %id, %who, "park");
        self.take_away(id, Fate::Parked, |journal| journal.park(act)).await
    }

    /// Settles a delivery that waits, is held or is parked, without a run: its outcome is `suppressed`. A lane that waits
    /// for it goes on. Durable when it returns.
    pub async fn skip(&self, id: DeliveryId, who: &Actor) -> Result<(), ActError> {
        let at = (self.shared.clock)();
        let act = Skip { id, who: who.clone(), at };
        info!(delivery = %id, %who, "skip");
        self.take_away(id, Fate::Skipped, |journal| journal.skip(act)).await
    }

    async fn take_away(
        &self,
        id: DeliveryId,
        fate: Fate,
        act: impl FnOnce(&Journal) -> Pending<()>,
    ) -> Result<(), ActError> {
        let shared = Arc::clone(&self.shared);
        let (ticket, written) = {
            let mut desk = shared.desk();
            let ticket = desk.ticket_of(id);
            if let Some(ticket) = ticket {
                desk.withhold(ticket);
            }
            (ticket, act(&shared.journal))
        };
        see_through(async move {
            match written.await {
                Ok(()) => shared.is_taken_away(id, ticket, fate),
                Err(refused) => {
                    shared.stays(ticket);
                    return Err(refused.into());
                }
            }
            Ok(())
        })
        .await
    }
}

/// What became of a delivery that a person took out of its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Parked,
    Skipped,
}

/// Goes on to the end, also when who asked for it is gone.
pub(crate) async fn see_through<T: Send + 'static>(
    work: impl Future<Output = Result<T, ActError>> + Send + 'static,
) -> Result<T, ActError> {
    // It can only be cut short by the end of the runtime.
    tokio::spawn(work).await.unwrap_or(Err(ActError::Journal(WriteError::Closed)))
}

impl Shared {
    /// The hooks whose deliveries can run here.
    pub(crate) fn serves(&self) -> Arc<[HookName]> {
        self.hooks.iter().map(|hook| hook.name.clone()).collect()
    }

    pub(crate) fn refuse_while_draining(&self) -> Result<(), ActError> {
        if self.desk().scheduler.is_draining() { Err(ActError::Draining) } else { Ok(()) }
    }

    /// It goes to the back of its lane.
    pub(crate) fn is_replayed(self: &Arc<Self>, id: DeliveryId, returned: Returned) {
        let mut desk = self.desk();
        if let Some((_, actions)) = self.enter(&mut desk, id, returned, Cause::Replay) {
            self.perform(&mut desk, actions);
        }
    }

    /// It goes before those in its lane that came later.
    fn is_unparked(self: &Arc<Self>, id: DeliveryId, returned: Returned) {
        let mut desk = self.desk();
        let earlier = returned.earlier.clone();
        if let Some((ticket, mut actions)) = self.enter(&mut desk, id, returned, Cause::Retry) {
            if let Some(later) = desk.first_after(&earlier, ticket) {
                actions.extend(desk.step(Happened::GoesBefore(ticket, later), (self.clock)()));
            }
            self.perform(&mut desk, actions);
        }
    }

    /// A delivery is back in its lane, and nobody waits for it.
    fn enter(
        &self,
        desk: &mut Desk,
        id: DeliveryId,
        returned: Returned,
        cause: Cause,
    ) -> Option<(Ticket, Vec<Action>)> {
        let hook = self.hook_index(&returned.hook)?;
        let (ticket, now) = (desk.next_ticket(), (self.clock)());
        let stay = Stay::new(Entering {
            id,
            hook,
            cause,
            driver: Driver::Host,
            run: RunNumber(returned.runs),
            tries: 0,
            received_at: now,
        });
        desk.enter(ticket, stay);
        let happened = Happened::Recovered { ticket, hook, lane: returned.lane, not_before: now };
        let mut actions = desk.step(happened, now);
        actions.extend(desk.let_through(ticket, id, now));
        Some((ticket, actions))
    }

    /// A person has done so on another host. What begins just now hears of it from the journal.
    pub(crate) fn was_taken_away(self: &Arc<Self>, id: DeliveryId, ticket: Ticket, state: State) {
        let fate = if state == State::Parked { Fate::Parked } else { Fate::Skipped };
        let waits = self.desk().scheduler.standing(ticket).is_some_and(|standing| !standing.occupies);
        if waits {
            self.is_taken_away(id, Some(ticket), fate);
        }
    }

    /// It leaves its lane, if it was in one; who waits for it is told.
    fn is_taken_away(self: &Arc<Self>, id: DeliveryId, ticket: Option<Ticket>, fate: Fate) {
        let stay = {
            let (mut desk, now) = (self.desk(), (self.clock)());
            let mut actions = match fate {
                Fate::Skipped => desk.lane_goes_on_after(id, now),
                Fate::Parked => Vec::new(),
            };
            let stay = ticket.and_then(|ticket| {
                desk.hand_back(ticket);
                actions.extend(desk.step(Happened::Left(ticket), now));
                desk.remove(ticket)
            });
            self.perform(&mut desk, actions);
            stay
        };
        match (stay, fate) {
            (Some(stay), Fate::Parked) => life::tell_later(self, stay, Later::Parked),
            (Some(mut stay), Fate::Skipped) => {
                stay.tell(|| Answer::Response { delivery: id, response: Response::suppressed() });
            }
            (None, _) => {}
        }
    }

    /// It is not taken out of its lane after all.
    fn stays(self: &Arc<Self>, ticket: Option<Ticket>) {
        let mut desk = self.desk();
        if let Some(ticket) = ticket
            && desk.hand_back(ticket)
        {
            life::begin(self, &mut desk, ticket);
        }
    }
}

impl Desk {
    /// Who waits before this ticket in its lane, the first after all that are `earlier`.
    fn first_after(&mut self, earlier: &[DeliveryId], ticket: Ticket) -> Option<Ticket> {
        let before = self.scheduler.standing(ticket)?.before;
        let is_earlier = |other: &Ticket| self.stay(*other).is_some_and(|stay| earlier.contains(&stay.id));
        let at = before.iter().rposition(is_earlier).map_or(0, |last| last + 1);
        before.get(at).copied()
    }
}
