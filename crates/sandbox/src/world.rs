//! The world that all requests share: the state, the clock, and who may speak.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::Notify;

use crate::act::{Act, Actor, View};
use crate::clock::Clock;
use crate::identity::{Credentials, Identities};
use crate::refusal::Refusal;

/// Everything that lasts longer than a request.
pub(crate) struct World {
    db: Mutex<Connection>,
    pub(crate) clock: Clock,
    identities: Identities,
    /// Rung when something may have been put into the outbox.
    pub(crate) outbox: Notify,
}

impl World {
    pub(crate) fn new(db: Connection, clock: Clock, identities: Identities) -> Self {
        Self { db: Mutex::new(db), clock, identities, outbox: Notify::new() }
    }

    /// Answers a question.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        who: Credentials,
        question: impl FnOnce(&View<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.write(who, |act| question(act)).await
    }

    /// Does what is asked, all of it or nothing. Requests are done one after the other.
    pub(crate) async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        who: Credentials,
        deed: impl FnOnce(&Act<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let world = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || world.act(&who, deed)).await;
        let done = done.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
        self.outbox.notify_one();
        Ok(done)
    }

    fn act<T>(
        &self,
        who: &Credentials,
        deed: impl FnOnce(&Act<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.transact(|db, world| {
            let now = world.clock.now();
            let actor: Actor = world.identities.actor(db, who, now)?;
            deed(&Act { view: View::new(db, now, &actor) })
        })
    }

    /// Runs within one transaction of the database, which is rolled back when it fails.
    pub(crate) fn transact<T, E: From<rusqlite::Error>>(
        &self,
        run: impl FnOnce(&Connection, &Self) -> Result<T, E>,
    ) -> Result<T, E> {
        // A panic in a request rolls its transaction back, so the connection is fit for the next one.
        let mut db = self.db.lock().unwrap_or_else(PoisonError::into_inner);
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = run(&tx, self)?;
        tx.commit()?;
        Ok(done)
    }
}
