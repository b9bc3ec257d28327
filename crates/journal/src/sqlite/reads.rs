//! The thread that reads, and what it reads.

mod listing;
mod people;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, OptionalExtension as _, params};

use bookhook_model::{Delivery, DeliveryId, HookName};

use crate::counts::HookCounts;
use crate::error::{OpenError, ReadError};
use crate::headers;
use crate::pending::Pending;
use crate::reading::{Cursor, Listing, Page, Payload};
use crate::removal::OfUser;

use super::open::Place;
use super::rows::{self, Columns, damaged};
use super::{problem, queries};

/// So many statements stay prepared.
const STATEMENTS_MAX: usize = 32;

/// Something that is asked of the disk, with who asks.
pub(super) type Job = Box<dyn FnOnce(&Connection) + Send>;

/// A reading connection on its own thread. Clones share it; it ends with the last one.
#[derive(Clone)]
pub(crate) struct Reads(Arc<Shared>);

struct Shared {
    path: PathBuf,
    running: Mutex<Option<Running>>,
}

struct Running {
    queue: mpsc::Sender<Job>,
    /// None when a test answers.
    thread: Option<JoinHandle<()>>,
}

impl Reads {
    /// Opens the journal in this file, which a host may be running on.
    pub(crate) fn open_file(path: &Path) -> Result<Self, OpenError> {
        Self::start(&Place::File(path.to_owned()))
    }

    pub(super) fn start(place: &Place) -> Result<Self, OpenError> {
        let conn = place.open_for_reading()?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        let (queue, jobs) = mpsc::channel::<Job>();
        let thread = thread::Builder::new()
            .name("journal-read".into())
            .spawn(move || jobs.iter().for_each(|job| job(&conn)))
            .map_err(OpenError::System)?;
        let running = Mutex::new(Some(Running { queue, thread: Some(thread) }));
        Ok(Self(Arc::new(Shared { path: place.path(), running })))
    }

    /// Reads that somebody else answers.
    #[cfg(feature = "faults")]
    pub(super) fn queued(place: &Place) -> (Self, mpsc::Receiver<Job>) {
        let (queue, jobs) = mpsc::channel();
        let running = Mutex::new(Some(Running { queue, thread: None }));
        (Self(Arc::new(Shared { path: place.path(), running })), jobs)
    }

    /// Finishes what was asked for before; later reads find the journal closed.
    pub(super) fn stop(&self) {
        let running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Running { queue, thread }) = running {
            drop(queue);
            let _ = thread.map(JoinHandle::join);
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.0.path
    }

    pub(crate) fn find(&self, id: DeliveryId) -> Pending<Option<Delivery>, ReadError> {
        self.ask(move |conn| find(conn, id))
    }

    pub(crate) fn payload(&self, id: DeliveryId) -> Pending<Option<Payload>, ReadError> {
        self.ask(move |conn| payload(conn, id))
    }

    pub(crate) fn list(&self, listing: Listing) -> Pending<Page, ReadError> {
        self.ask(move |conn| listing::list(conn, &listing))
    }

    pub(crate) fn hook_counts(&self) -> Pending<Vec<HookCounts>, ReadError> {
        self.ask(hook_counts)
    }

    pub(crate) fn end(&self) -> Pending<Cursor, ReadError> {
        self.ask(|conn| {
            conn.prepare_cached(queries::find_last)?.query_row([], |row| row.get(0).map(Cursor::at))
        })
    }

    pub(super) fn find_of_user(&self, user: String, after: i64) -> Pending<OfUser, ReadError> {
        self.ask(move |conn| {
            let mut select = conn.prepare_cached(queries::find_of_user)?;
            let stretch = params![user, after, OfUser::STRETCH];
            OfUser::of(select.query_map(stretch, |row| Ok((row.get(0)?, row.get(1)?)))?)
        })
    }

    pub(super) fn ask<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Pending<T, ReadError> {
        let (reply, pending) = Pending::channel();
        let path = self.0.path.clone();
        let job: Job = Box::new(move |conn| {
            let _ = reply.send(read(conn).map_err(|error| problem::read(&path, error)));
        });
        if let Some(running) = &*self.0.running.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = running.queue.send(job);
        }
        pending
    }
}

impl fmt::Debug for Reads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reads").field(&self.0.path).finish()
    }
}

/// In one transaction, so that a delivery and its runs tell the same story.
pub(super) fn find(conn: &Connection, id: DeliveryId) -> rusqlite::Result<Option<Delivery>> {
    let snapshot = conn.unchecked_transaction()?;
    find_within(&snapshot, id)
}

fn find_within(snapshot: &Connection, id: DeliveryId) -> rusqlite::Result<Option<Delivery>> {
    let mut select = snapshot.prepare_cached(queries::find_delivery)?;
    let Some((seq, mut delivery)) = select.query_row([id.to_bytes()], rows::delivery).optional()? else {
        return Ok(None);
    };
    let mut select = snapshot.prepare_cached(queries::list_runs)?;
    let runs = select.query_map([seq], rows::run)?.collect::<Result<_, _>>()?;
    delivery.runs = Some(runs);
    Ok(Some(delivery))
}

fn payload(conn: &Connection, id: DeliveryId) -> rusqlite::Result<Option<Payload>> {
    conn.prepare_cached(queries::find_payload)?
        .query_row([id.to_bytes()], |row| {
            let mut columns = Columns::of(row);
            let headers: bytes::Bytes = columns.value()?;
            let headers = headers::decode(&headers).map_err(damaged)?;
            Ok(Payload { headers, body: columns.value()? })
        })
        .optional()
}

fn hook_counts(conn: &Connection) -> rusqlite::Result<Vec<HookCounts>> {
    let mut select = conn.prepare_cached(queries::count_by_hook)?;
    let mut rows = select.query([])?;
    let mut hooks: Vec<HookCounts> = Vec::new();
    while let Some(row) = rows.next()? {
        let mut columns = Columns::of(row);
        let (hook, state) = (columns.value::<HookName>()?, columns.value()?);
        let count = u64::from(columns.next::<u32>()?);
        if hooks.last().is_none_or(|last| last.hook != hook) {
            hooks.push(HookCounts::none(hook));
        }
        if let Some(last) = hooks.last_mut() {
            last.add(state, count, columns.optional()?);
        }
    }
    Ok(hooks)
}
