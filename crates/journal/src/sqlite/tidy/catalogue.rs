//! Deliveries come into the catalogue of their book and agent.

use rusqlite::{Connection, params};

use crate::error::WriteError;

use super::Tidying;
use crate::sqlite::act::{Act, Fault};
use crate::sqlite::queries;
use crate::sqlite::rows::Columns;
use crate::sqlite::statements::Statements;

/// What an act writes is about so much.
const BYTES: usize = 1 << 20;

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

pub(super) async fn tidy(tidying: &Tidying) -> Result<(), WriteError> {
    let (least, most) = (tidying.amounts.uncatalogued, tidying.amounts.catalogued);
    while let Some(found) = tidying.reads.ask(move |conn| uncatalogued(conn, least, most)).await? {
        for act in found.acts(tidying.amounts.catalogued_slice) {
            tidying.take_turns(act).await?;
        }
    }
    Ok(())
}

/// What is not in the catalogue, if that is more than the least.
fn uncatalogued(conn: &Connection, least: u32, most: u32) -> rusqlite::Result<Option<Uncatalogued>> {
    let mut select = conn.prepare_cached(queries::find_uncatalogued)?;
    let mut rows = select.query([most])?;
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
    Ok((deliveries > least).then_some(found))
}

impl Uncatalogued {
    /// The acts that catalogue it, one after the other.
    fn acts(self, slice: usize) -> impl Iterator<Item = Catalogue> + Send {
        let mut entries = self.entries.into_iter();
        let mut up_to = Some(self.up_to);
        std::iter::from_fn(move || {
            let slice: Vec<_> = entries.by_ref().take(slice).collect();
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
        BYTES
    }
}
