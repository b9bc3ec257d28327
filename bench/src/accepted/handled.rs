//! What a host has handled, as its journal tells.

use anyhow::Result;
use bookhook::journal::{Cursor, Location, Reader};
use bookhook::model::{Filter, State};
use jiff::Timestamp;

use crate::latencies::Latencies;

const PAGE: usize = 1_000;

/// From receipt to the handler's end, of all deliveries whose handler ended between these moments.
pub(super) async fn between(journal: &Location, from: Timestamp, until: Timestamp) -> Result<Latencies> {
    let reader = Reader::open(journal).await?;
    let mut latencies = Latencies::default();
    let mut after = Some(Cursor::START);
    while let Some(cursor) = after {
        let page = reader.list_after(&Filter::default(), cursor, PAGE).await?;
        for delivery in &page.items {
            let ended = delivery.settled_at.filter(|ended| (from..until).contains(ended));
            if let Some(took) = ended.map(|ended| ended.duration_since(delivery.received_at)) {
                latencies.record(took.try_into()?);
            }
        }
        after = page.next.filter(|_| !page.items.is_empty());
    }
    Ok(latencies)
}

/// Whether everything that was accepted is handled.
pub(super) async fn is_all(reader: &Reader) -> Result<bool> {
    for state in [State::Running, State::Waiting] {
        let open = Filter { state: Some(state), ..Filter::default() };
        if !reader.list(&open, None, 1).await?.items.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}
