//! An act as a shard takes it: applied within a transaction, answered after the commit.

use std::pin::Pin;

use tokio_postgres::Error;

use bookhook_model::DeliveryId;

use crate::error::WriteError;
use crate::pending::Reply;

use super::routes::Routes;
use super::session::Session;

/// Something that can be written.
pub(super) trait Act: Send + Sync + 'static {
    /// What it finds.
    type Found: Send + 'static;

    /// Whether it may wait for others to share their transaction.
    const LAZY: bool = false;

    /// Whether it changes what is paused, so that other hosts look.
    const PAUSES: bool = false;

    /// Does it, within a transaction that may yet be rolled back and tried again.
    fn apply(&self, db: &Session) -> impl Future<Output = Result<Self::Found, Fault>> + Send;

    /// About how many bytes it writes.
    fn bytes(&self) -> usize {
        0
    }

    /// By about how many bytes the journal grew, having found this.
    fn volume(&self, _found: &Self::Found) -> i64 {
        0
    }

    /// The delivery that has left its lane by that, so that another may begin there.
    fn left(&self, _found: &Self::Found) -> Option<DeliveryId> {
        None
    }

    /// Notes what became of its delivery. It found this, or (none) is not in the journal.
    fn conclude(&self, _found: Option<&Self::Found>, _routes: &mut Routes) {}
}

/// Why an act is not applied, or nothing is read.
#[derive(Debug)]
pub(super) enum Fault {
    /// It cannot be done as things stand; it has written nothing.
    Refused(WriteError),
    /// The database fails, or has what no act has written; what the act has written must be rolled back.
    Database(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

/// What comes of applying an act.
pub(super) type Applying<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// An act in a shard's queue, whatever its kind.
pub(super) trait Entry: Send {
    fn is_lazy(&self) -> bool;
    fn bytes(&self) -> usize;
    /// Applies the act and keeps what it found. A refusal is a finding.
    fn apply<'a>(&'a mut self, db: &'a Session) -> Applying<'a>;
    /// By about how many bytes the journal grew.
    fn volume(&self) -> i64;
    /// The delivery that has left its lane.
    fn left(&self) -> Option<DeliveryId>;
    /// Whether it has changed what is paused.
    fn pauses(&self) -> bool;
    /// Tells what was found, now that it is durable.
    fn answer(self: Box<Self>, routes: &mut Routes);
    /// Tells that it is not in the journal.
    fn fail(self: Box<Self>, error: WriteError, routes: &mut Routes);
}

/// An act, and who waits for it.
pub(super) struct Asked<A: Act> {
    act: A,
    reply: Reply<A::Found>,
    found: Option<Result<A::Found, WriteError>>,
}

impl<A: Act> Asked<A> {
    pub(super) fn new(act: A, reply: Reply<A::Found>) -> Self {
        Self { act, reply, found: None }
    }

    fn found(&self) -> Option<&A::Found> {
        self.found.as_ref()?.as_ref().ok()
    }
}

impl<A: Act> Entry for Asked<A> {
    fn is_lazy(&self) -> bool {
        A::LAZY
    }

    fn bytes(&self) -> usize {
        self.act.bytes()
    }

    fn apply<'a>(&'a mut self, db: &'a Session) -> Applying<'a> {
        Box::pin(async move {
            self.found = Some(match self.act.apply(db).await {
                Ok(found) => Ok(found),
                Err(Fault::Refused(refusal)) => Err(refusal),
                Err(Fault::Database(error)) => return Err(error),
            });
            Ok(())
        })
    }

    fn volume(&self) -> i64 {
        self.found().map_or(0, |found| self.act.volume(found))
    }

    fn left(&self) -> Option<DeliveryId> {
        self.act.left(self.found()?)
    }

    fn pauses(&self) -> bool {
        A::PAUSES
    }

    fn answer(self: Box<Self>, routes: &mut Routes) {
        let found = self.found.unwrap_or(Err(WriteError::Closed));
        self.act.conclude(found.as_ref().ok(), routes);
        // Who has dropped the pending answer does not want it.
        let _ = self.reply.send(found);
    }

    fn fail(self: Box<Self>, error: WriteError, routes: &mut Routes) {
        self.act.conclude(None, routes);
        let _ = self.reply.send(Err(error));
    }
}
