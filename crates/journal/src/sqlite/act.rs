//! An act as the writer takes it: applied within a transaction, answered after the commit.

use crate::error::WriteError;
use crate::pending::Reply;

use super::statements::Statements;

/// Something that can be written.
pub(super) trait Act: Send + 'static {
    /// What it finds.
    type Found: Send + 'static;

    /// Whether it may wait for others to share their transaction.
    const LAZY: bool = false;

    /// Does it, within a transaction that may yet be rolled back and tried again.
    fn apply(&self, db: &mut Statements<'_>) -> Result<Self::Found, Fault>;

    /// About how many bytes it writes.
    fn bytes(&self) -> usize {
        0
    }
}

/// Why an act is not applied.
pub(super) enum Fault {
    /// It cannot be done as things stand; it has written nothing.
    Refused(WriteError),
    /// SQLite fails; what the act has written must be rolled back.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// An act in the writer's queue, whatever its kind.
pub(super) trait Entry: Send {
    fn is_lazy(&self) -> bool;
    fn bytes(&self) -> usize;
    /// Applies the act and keeps what it found. A refusal is a finding.
    fn apply(&mut self, db: &mut Statements<'_>) -> rusqlite::Result<()>;
    /// Tells what was found, now that it is durable.
    fn answer(self: Box<Self>);
    /// Tells that it is not in the journal.
    fn fail(self: Box<Self>, error: WriteError);
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
}

impl<A: Act> Entry for Asked<A> {
    fn is_lazy(&self) -> bool {
        A::LAZY
    }

    fn bytes(&self) -> usize {
        self.act.bytes()
    }

    fn apply(&mut self, db: &mut Statements<'_>) -> rusqlite::Result<()> {
        self.found = Some(match self.act.apply(db) {
            Ok(found) => Ok(found),
            Err(Fault::Refused(refusal)) => Err(refusal),
            Err(Fault::Sqlite(error)) => return Err(error),
        });
        Ok(())
    }

    fn answer(self: Box<Self>) {
        let found = self.found.unwrap_or(Err(WriteError::Closed));
        // Who has dropped the pending answer does not want it.
        let _ = self.reply.send(found);
    }

    fn fail(self: Box<Self>, error: WriteError) {
        let _ = self.reply.send(Err(error));
    }
}
