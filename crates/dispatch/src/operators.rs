//! What a person can do with deliveries: replay, park, unpark, skip; many at once, as a job; and ask why.
//!
//! Each act is decided in the journal, within its transaction; what runs by it is told to the scheduler afterwards.
//! None depends on who asked for it: dropping one of these futures takes nothing back.

use bookhook_journal::{ReadError, WriteError};
use bookhook_model::{
    Actor, DeliveryId, Explanation, HookName, NewReplays, ReplayJob, ReplayJobId, ReplayOptions,
};

use crate::dispatcher::Dispatcher;

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
    Journal(#[from] WriteError),
    /// The journal cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl Dispatcher {
    /// Runs a delivery again that is settled, parked or unmatched, at the back of its lane. Durable when it returns.
    ///
    /// If it came with a token that is gone, that is refused ([`WriteError::TokenGone`]), unless it may run without.
    pub async fn replay(&self, id: DeliveryId, options: ReplayOptions, who: &Actor) -> Result<(), ActError> {
        let _ = (options, who);
        Err(ActError::NotFound(id))
    }

    /// Gives up on a delivery that waits or is held. Its lane goes on. Durable when it returns.
    pub async fn park(&self, id: DeliveryId, reason: Option<&str>, who: &Actor) -> Result<(), ActError> {
        let _ = (reason, who);
        Err(ActError::NotFound(id))
    }

    /// Has a parked delivery wait again, in its old place in its lane. Durable when it returns.
    ///
    /// If it came with a token that is gone, that is refused: [`WriteError::TokenGone`].
    pub async fn unpark(&self, id: DeliveryId, who: &Actor) -> Result<(), ActError> {
        let _ = who;
        Err(ActError::NotFound(id))
    }

    /// Settles a delivery that waits, is held or is parked, without a run: its outcome is `suppressed`. Durable when it
    /// returns.
    pub async fn skip(&self, id: DeliveryId, who: &Actor) -> Result<(), ActError> {
        let _ = who;
        Err(ActError::NotFound(id))
    }

    /// Why the delivery stands where it stands, what it waits for, and what can be done about it.
    pub async fn explain(&self, id: DeliveryId) -> Result<Explanation, ActError> {
        Err(ActError::NotFound(id))
    }

    /// Has all deliveries that fit run again, in the background, in the order of append; one such job at a time. It
    /// goes on after the host has come back. The job itself is durable when this returns.
    pub async fn start_replays(&self, new: NewReplays, who: &Actor) -> Result<ReplayJob, ActError> {
        let _ = (new, who);
        Err(ActError::EmptyFilter)
    }

    /// The jobs that replay deliveries, the newest first.
    pub async fn replays(&self) -> Result<Vec<ReplayJob>, ReadError> {
        Ok(Vec::new())
    }

    /// One of them, as it stands now.
    pub async fn replay_job(&self, id: ReplayJobId) -> Result<Option<ReplayJob>, ReadError> {
        let _ = id;
        Ok(None)
    }

    /// Puts an end to a job: what it has not replayed yet stays as it is. Durable when it returns.
    pub async fn cancel_replays(&self, id: ReplayJobId, who: &Actor) -> Result<ReplayJob, ActError> {
        let _ = (id, who);
        Err(ActError::EmptyFilter)
    }
}
