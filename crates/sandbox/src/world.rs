//! The world that all requests share: the state, the clock, and who may speak.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::Notify;

use crate::act::{Act, View};
use crate::activity::Post;
use crate::clock::{Clock, ClockError, Time, TimeChange};
use crate::faults::{Faults, Mischief};
use crate::happening::Teller;
use crate::identity::{Credentials, Identities};
use crate::manifest::Manifest;
use crate::refusal::Refusal;
use crate::registry::{RegisterError, Registry};
use crate::seed::{Seed, SeedError};
use crate::store;

/// Everything that lasts longer than a request.
pub(crate) struct World {
    db: Mutex<Connection>,
    pub(crate) clock: Clock,
    identities: Identities,
    /// The apps that are always there.
    registry: Registry,
    /// What it begins with.
    seed: Seed,
    /// Tells what goes on.
    pub(crate) teller: Teller,
    /// Rung when something was put into the outbox.
    pub(crate) outbox: Notify,
    /// Rung when the clock was changed.
    pub(crate) moved: Notify,
    /// How often it began anew.
    begun: AtomicU64,
    pub(crate) post: Post,
    /// What goes wrong on purpose.
    pub(crate) mischief: Mischief,
}

impl World {
    pub(crate) fn new(
        db: Connection,
        clock: Clock,
        identities: Identities,
        registry: Registry,
        seed: Seed,
        post: Post,
        faults: Faults,
    ) -> Self {
        Self {
            db: Mutex::new(db),
            clock,
            identities,
            registry,
            seed,
            teller: Teller::default(),
            outbox: Notify::new(),
            moved: Notify::new(),
            begun: AtomicU64::new(0),
            post,
            mischief: Mischief::new(faults),
        }
    }

    /// Plants the seed, unless that was done before; tells whether it was not.
    pub(crate) fn begin(&self) -> Result<bool, SeedError> {
        self.transact(|db, world| {
            if store::whole::is_begun(db)? {
                world.clock.set(store::whole::clock(db)?);
                world.register_apps(db)?;
                return Ok(false);
            }
            world.plant(db)?;
            store::whole::begin(db)?;
            Ok(true)
        })
    }

    /// Throws everything away, and begins anew.
    pub(crate) fn reset(&self) -> Result<(), SeedError> {
        self.transact(|db, world| {
            store::whole::clear(db)?;
            world.clock.set(store::whole::clock(db)?);
            world.mischief.reset();
            world.plant(db)
        })?;
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.moved.notify_waiters();
        self.outbox.notify_one();
        Ok(())
    }

    /// How often it began anew.
    pub(crate) fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// Apps come after the users, who own them, and before the books, in which they are installed.
    fn plant(&self, db: &Connection) -> Result<(), SeedError> {
        self.seed.plant_users(db)?;
        self.register_apps(db)?;
        self.seed.plant_books(db, self.clock.now())
    }

    /// From now on the app is what this manifest says, after a reset too.
    pub(crate) fn register(&self, manifest: &Manifest) -> Result<(), RegisterError> {
        self.registry.put(manifest)?;
        self.transact(|db, world| Ok(world.register_apps(db)?))
    }

    fn register_apps(&self, db: &Connection) -> rusqlite::Result<()> {
        self.registry.register(db, &self.identities.default)
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
        self.aside(move |world| world.act(&who, deed)).await
    }

    /// Does what the sandbox's own door asks for, in nobody's name.
    pub(crate) async fn own<T: Send + 'static>(
        self: &Arc<Self>,
        deed: impl FnOnce(&Connection, Timestamp) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.aside(|world| world.transact(|db, world| deed(db, world.clock.now()))).await
    }

    /// Changes the clock. What waits for its time may be due now.
    pub(crate) fn change_time(&self, change: TimeChange) -> Result<Time, ClockError> {
        self.transact(|db, world| {
            let setting = world.clock.changed(change)?;
            store::whole::keep_clock(db, setting)?;
            world.clock.set(setting);
            Ok::<_, ClockError>(())
        })?;
        self.moved.notify_waiters();
        Ok(self.clock.time())
    }

    fn act<T>(
        &self,
        who: &Credentials,
        deed: impl FnOnce(&Act<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let (done, has_posted) = self.transact(|db, world| {
            let now = world.clock.now();
            let actor = world.identities.actor(db, who, now)?;
            let act = Act::new(View::new(db, now, &actor));
            let done = deed(&act)?;
            Ok::<_, Refusal>((done, act.has_posted()))
        })?;
        if has_posted {
            self.outbox.notify_one();
        }
        Ok(done)
    }

    /// Does something with the database, apart from any request.
    pub(crate) async fn keep<T: Send + 'static>(
        self: &Arc<Self>,
        run: impl FnOnce(&Connection, &Self) -> rusqlite::Result<T> + Send + 'static,
    ) -> rusqlite::Result<T> {
        self.aside(|world| world.transact(run)).await
    }

    /// Does what waits for the database where that holds up nobody else.
    pub(crate) async fn aside<T: Send + 'static>(
        self: &Arc<Self>,
        run: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> T {
        let world = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || run(&world)).await;
        done.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
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
