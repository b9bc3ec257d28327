//! What came lately is moved to where it is found among millions: see `0006_finding.sql`.

use std::sync::mpsc::Sender;
use std::time::Instant;

use rusqlite::{Connection, params};

use crate::error::WriteError;

use super::act::{Act, Fault};
use super::reads::Reads;
use super::rows::Columns;
use super::statements::Statements;
use super::writer::Message;
use super::{ask, queries};

/// So many deliveries may be looked through one by one, before they are catalogued.
const UNCATALOGUED_MAX: u32 = 16_384;
/// So many are catalogued at a time: the more, the more of them come to the same pages.
const CATALOGUED_MAX: u32 = 32_768;
/// So many events are recent, before they are moved to the others.
const RECENT_MAX: u32 = 65_536;
/// So much is moved in one act, so that others get their turn.
const MOVED_MAX: u32 = 512;

/// And is about so many bytes: each key may be on a page of its own.
const MOVED_BYTES: usize = 1 << 20;

/// A delivery, as the catalogue names it. Sorted as it is there.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    field: &'static str,
    value: Box<str>,
    delivery: i64,
}

/// What is to be catalogued, in order; and up to where that is everything.
#[derive(Debug, Default)]
struct Uncatalogued {
    entries: Vec<Entry>,
    up_to: i64,
}

/// Moves all that is to be moved.
pub(super) async fn tidy(queue: Sender<Message>, reads: Reads) -> Result<(), WriteError> {
    while let Some(found) = reads.ask(uncatalogued).await? {
        for act in found.acts() {
            take_turns(&queue, act).await?;
        }
    }
    let mut from = reads.ask(are_many_recent).await?.then_some(i64::MIN);
    while let Some(key) = from {
        from = take_turns(&queue, AgeEvents { from: key }).await?;
    }
    Ok(())
}

/// Others write for as long as the act took, at least.
async fn take_turns<A: Act>(queue: &Sender<Message>, act: A) -> Result<A::Found, WriteError> {
    let begun = Instant::now();
    let found = ask(queue, act).await;
    tokio::time::sleep(begun.elapsed()).await;
    found
}

/// What is not in the catalogue, if that is much.
fn uncatalogued(conn: &Connection) -> rusqlite::Result<Option<Uncatalogued>> {
    let mut select = conn.prepare_cached(queries::find_uncatalogued)?;
    let mut rows = select.query([CATALOGUED_MAX])?;
    let (mut found, mut deliveries) = (Uncatalogued::default(), 0);
    while let Some(row) = rows.next()? {
        let mut columns = Columns::of(row);
        found.up_to = columns.next()?;
        for field in ["book", "agent"] {
            let value = columns.optional()?;
            found.entries.extend(value.map(|value| Entry { field, value, delivery: found.up_to }));
        }
        deliveries += 1;
    }
    found.entries.sort_unstable();
    Ok((deliveries > UNCATALOGUED_MAX).then_some(found))
}

/// Whether there are many recent events.
fn are_many_recent(conn: &Connection) -> rusqlite::Result<bool> {
    let count: u32 = conn.prepare_cached(queries::count_recent_events)?.query_row([], |row| row.get(0))?;
    Ok(count > RECENT_MAX)
}

impl Uncatalogued {
    /// The acts that catalogue it, one after the other.
    fn acts(self) -> impl Iterator<Item = Catalogue> + Send {
        let mut entries = self.entries.into_iter();
        let mut up_to = Some(self.up_to);
        std::iter::from_fn(move || {
            let slice: Vec<_> = entries.by_ref().take(MOVED_MAX as usize).collect();
            if slice.is_empty() {
                return up_to.take().map(|up_to| Catalogue { entries: slice, up_to: Some(up_to) });
            }
            Some(Catalogue { entries: slice, up_to: None })
        })
    }
}

/// Some deliveries come into the catalogue; or all up to a place are in it.
struct Catalogue {
    entries: Vec<Entry>,
    up_to: Option<i64>,
}

impl Act for Catalogue {
    type Found = ();

    fn apply(&self, db: &mut Statements<'_>) -> Result<(), Fault> {
        for Entry { field, value, delivery } in &self.entries {
            db.insert_into_catalogue.execute(params![field, value, delivery])?;
        }
        if let Some(up_to) = self.up_to {
            db.note_catalogued.execute([up_to])?;
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        MOVED_BYTES
    }
}

/// Some recent events are recent no more.
struct AgeEvents {
    /// Those with this key, and greater ones.
    from: i64,
}

impl Act for AgeEvents {
    /// The key with which the next one begins.
    type Found = Option<i64>;

    fn apply(&self, db: &mut Statements<'_>) -> Result<Option<i64>, Fault> {
        let read = |row: &rusqlite::Row<'_>| Ok([row.get::<_, i64>(0)?, row.get(1)?]);
        let events: Vec<[i64; 2]> = db
            .find_recent_events
            .query_map(params![self.from, MOVED_MAX], read)?
            .collect::<Result<_, _>>()?;
        for event in events.iter().copied() {
            db.insert_old_event.execute(event)?;
            db.remove_event_recent.execute(event)?;
        }
        Ok(events.last().filter(|_| events.len() == MOVED_MAX as usize).map(|[key, _]| *key))
    }

    fn bytes(&self) -> usize {
        MOVED_BYTES
    }
}
