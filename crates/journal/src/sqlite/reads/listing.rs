//! Lists, as SQLite finds them: see [`crate::search`].

use std::fmt::Write as _;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use bookhook_model::{Delivery, EventId, Filter, HookName, Outcome, State};

use crate::reading::{Cursor, Listing, Order, Page};
use crate::seal::event_key;
use crate::search::{Search, Step, Stretch, Way, earlier, later};
use crate::sqlite::queries;
use crate::sqlite::rows::{self, Column, Columns};

/// So many deliveries that do not fit are looked at for one page: more than are not catalogued yet, as a rule.
const MISSES_MAX: usize = 16_384;

/// In one transaction, so that what moves from one index into another is in one of them.
pub(super) fn list(conn: &Connection, listing: &Listing) -> rusqlite::Result<Page> {
    let snapshot = conn.unchecked_transaction()?;
    let stretches = match listing.order {
        Order::Newest(before) => newest(&snapshot, &listing.filter, before.map_or(i64::MAX, Cursor::seq))?,
        Order::After(after) => vec![Stretch { way: Way::All, from: after.seq() + 1, to: i64::MAX }],
    };
    let mut search = Search::new(listing, stretches, MISSES_MAX);
    while let Some(step) = search.step() {
        let seqs = candidates(&snapshot, listing, &step)?;
        let fitting = matching(&snapshot, &listing.filter, &seqs)?;
        search.take(&seqs, fitting);
    }
    Ok(search.page())
}

/// Where to look for the newest, and how.
fn newest(conn: &Connection, filter: &Filter, before: i64) -> rusqlite::Result<Vec<Stretch>> {
    let (from, to) = received_between(conn, filter, before)?;
    let way = Way::of(filter);
    if !matches!(way, Way::OfBook(_) | Way::OfAgent(_)) {
        return Ok(vec![Stretch { way, from, to }]);
    }
    let up_to: i64 = conn.prepare_cached(queries::find_catalogued)?.query_row([], |row| row.get(0))?;
    let uncatalogued = Stretch { way: Way::All, from: from.max(up_to + 1), to };
    Ok(vec![uncatalogued, Stretch { way, from, to: to.min(up_to + 1) }])
}

/// The places between which everything was received in the time that is asked for.
fn received_between(conn: &Connection, filter: &Filter, before: i64) -> rusqlite::Result<(i64, i64)> {
    let end: i64 = conn.prepare_cached(queries::find_last)?.query_row([], |row| row.get(0))?;
    let end = before.min(end + 1);
    let from = match filter.after {
        Some(after) => first_since(conn, earlier(after), end)?,
        None => 0,
    };
    let to = match filter.before {
        Some(before) => first_since(conn, later(before), end)?,
        None => end,
    };
    Ok((from, to))
}

/// The candidates of a step.
fn candidates(conn: &Connection, listing: &Listing, step: &Step) -> rusqlite::Result<Vec<i64>> {
    let keys;
    let (statement, key): (_, Option<&str>) = match &step.stretch.way {
        Way::All if matches!(listing.order, Order::After(_)) => (queries::candidates_after, None),
        Way::All => (queries::candidates_all, None),
        Way::OfHook(hook) => (queries::candidates_of_hook, Some(hook)),
        Way::OfType(event_type) => (queries::candidates_of_type, Some(event_type)),
        Way::WithOutcome(outcome) => (queries::candidates_with_outcome, Some(outcome.as_str())),
        Way::Aside(state) => (queries::candidates_aside, Some(state.as_str())),
        Way::Open(state) => (queries::candidates_open, Some(state.as_str())),
        Way::Failed => (queries::candidates_failed, None),
        Way::OfBook(book) => (queries::candidates_of_book, Some(book)),
        Way::OfAgent(agent) => (queries::candidates_of_agent, Some(agent)),
        Way::OfEvent(event) => {
            keys = event_keys(conn, &listing.filter, event)?;
            (queries::candidates_of_event, Some(&keys))
        }
    };
    let mut select = conn.prepare_cached(statement)?;
    let (Stretch { from, to, .. }, limit) = (&step.stretch, i64::try_from(step.limit).unwrap_or(i64::MAX));
    match key {
        Some(key) => select.query_map(params![from, to, limit, key], |row| row.get(0))?.collect(),
        None => select.query_map(params![from, to, limit], |row| row.get(0))?.collect(),
    }
}

/// The keys that the event has: one in each hook.
fn event_keys(conn: &Connection, filter: &Filter, event: &str) -> rusqlite::Result<String> {
    let event = EventId(event.into());
    let hooks = match &filter.hook {
        Some(hook) => vec![hook.clone()],
        None => hooks(conn)?,
    };
    Ok(json_list(hooks.iter().map(|hook| event_key(hook, &event))))
}

fn hooks(conn: &Connection) -> rusqlite::Result<Vec<HookName>> {
    let mut select = conn.prepare_cached(queries::find_hooks)?;
    select.query_map([], |row| Columns::of(row).value())?.collect()
}

/// Those of the candidates that fit.
fn matching(conn: &Connection, filter: &Filter, seqs: &[i64]) -> rusqlite::Result<Vec<(i64, Delivery)>> {
    let wanted = params![
        json_list(seqs.iter().copied()),
        filter.hook.as_ref().map(HookName::as_str),
        filter.book_id,
        filter.event_id,
        filter.event_type,
        filter.agent_id,
        filter.state.map(State::as_str),
        filter.outcome.map(Outcome::as_str),
        filter.error,
        filter.after.map(Column),
        filter.before.map(Column),
    ];
    conn.prepare_cached(queries::list_matching)?.query_map(wanted, rows::delivery)?.collect()
}

/// The first place up to `end` whose delivery was received since then, as the order of append is that of receipt.
fn first_since(conn: &Connection, since: Timestamp, end: i64) -> rusqlite::Result<i64> {
    let mut select = conn.prepare_cached(queries::find_received_at)?;
    let (mut from, mut to) = (0, end);
    while from < to {
        let middle = from + (to - from) / 2;
        let received: Option<Timestamp> =
            select.query_row([middle], |row| Columns::of(row).value()).optional()?;
        if received.is_none_or(|received| received >= since) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    Ok(from)
}

/// As the statements read it.
fn json_list(numbers: impl Iterator<Item = i64>) -> String {
    let mut json = String::from("[");
    for number in numbers {
        let comma = if json.len() > 1 { "," } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(json, "{comma}{number}");
    }
    json.push(']');
    json
}
