//! Lists: by which way a filter's deliveries are found, and how far one page looks for them.
//!
//! A way gives candidates in the order of append, from an index; which of them fit is then seen in the rows. One page
//! looks at a limited number that do not fit, and is short when that is used up: its `next` is where it stopped.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, params};

use bookhook_model::{Delivery, EventId, Filter, HookName, Outcome, State};

use crate::reading::{Cursor, Listing, Order, Page};
use crate::seal::event_key;
use crate::sqlite::queries;
use crate::sqlite::rows::{self, Column, Columns};

/// So many deliveries that do not fit one page looks at, at most, and a chunk more.
const MISSES_MAX: usize = 16_384;
/// So many candidates are looked at at once.
const CHUNK_MIN: usize = 64;
const CHUNK_MAX: usize = 4_096;
/// So much may times of receipt be out of the order of append: a clock that is put right.
const OUT_OF_ORDER_MAX: SignedDuration = SignedDuration::from_mins(10);

/// How the deliveries that a filter may want are found.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    All,
    OfHook(String),
    OfType(String),
    WithOutcome(Outcome),
    Aside(State),
    Open(State),
    Failed,
    OfBook(String),
    OfAgent(String),
    OfEvent(String),
}

/// A stretch of the order of append, from the first place up to, and without, the second one.
#[derive(Debug)]
struct Stretch {
    way: Way,
    from: i64,
    to: i64,
}

/// In one transaction, so that what moves from one index into another is in one of them.
pub(super) fn list(conn: &Connection, listing: &Listing) -> rusqlite::Result<Page> {
    let snapshot = conn.unchecked_transaction()?;
    let search = Search {
        conn: &snapshot,
        filter: &listing.filter,
        limit: listing.limit,
        found: Vec::new(),
        misses: 0,
    };
    match listing.order {
        Order::Newest(before) => search.newest(before.map_or(i64::MAX, Cursor::seq)),
        Order::After(after) => search.after(after.seq()),
    }
}

/// One page in the making.
struct Search<'c> {
    conn: &'c Connection,
    filter: &'c Filter,
    limit: usize,
    found: Vec<(i64, Delivery)>,
    misses: usize,
}

impl Search<'_> {
    fn newest(mut self, before: i64) -> rusqlite::Result<Page> {
        for Stretch { way, from, mut to } in self.stretches(before)? {
            let mut chunk = self.first_chunk();
            while from < to {
                let seqs = candidates(self.conn, &way, (from, to), chunk)?;
                self.take(&seqs)?;
                // One more than is asked for tells whether there is another page.
                if self.found.len() > self.limit {
                    return Ok(self.full_page());
                }
                to = match seqs.last() {
                    Some(last) if seqs.len() == chunk => *last,
                    _ => break,
                };
                if self.misses >= MISSES_MAX {
                    return Ok(page(self.found, Some(Cursor::at(to))));
                }
                chunk = (chunk * 4).min(CHUNK_MAX);
            }
        }
        Ok(page(self.found, None))
    }

    fn after(mut self, after: i64) -> rusqlite::Result<Page> {
        let (mut next, mut chunk) = (after, self.first_chunk());
        while self.found.len() < self.limit && self.misses < MISSES_MAX {
            let seqs =
                run_candidates(self.conn, queries::candidates_after, None, (next + 1, i64::MAX), chunk)?;
            self.take(&seqs)?;
            next = seqs.last().copied().unwrap_or(next);
            if seqs.len() < chunk {
                break;
            }
            chunk = (chunk * 4).min(CHUNK_MAX);
        }
        if self.found.len() > self.limit {
            self.found.truncate(self.limit);
            next = self.found.last().map_or(after, |(seq, _)| *seq);
        }
        Ok(page(self.found, Some(Cursor::at(next))))
    }

    fn first_chunk(&self) -> usize {
        self.limit.saturating_add(1).clamp(CHUNK_MIN, CHUNK_MAX)
    }

    fn full_page(mut self) -> Page {
        self.found.truncate(self.limit);
        let next = self.found.last().map(|(seq, _)| Cursor::at(*seq));
        page(self.found, next)
    }

    /// Where to look, and how, the newest first.
    fn stretches(&self, before: i64) -> rusqlite::Result<Vec<Stretch>> {
        let (from, to) = self.received_between(before)?;
        let way = self.way()?;
        if !matches!(way, Way::OfBook(_) | Way::OfAgent(_)) {
            return Ok(vec![Stretch { way, from, to }]);
        }
        let up_to: i64 =
            self.conn.prepare_cached(queries::find_catalogued)?.query_row([], |row| row.get(0))?;
        let uncatalogued = Stretch { way: Way::All, from: from.max(up_to + 1), to };
        Ok(vec![uncatalogued, Stretch { way, from, to: to.min(up_to + 1) }])
    }

    /// The way with, as a rule, the fewest candidates.
    fn way(&self) -> rusqlite::Result<Way> {
        let Filter { hook, book_id, event_id, event_type, agent_id, state, outcome, error, .. } = self.filter;
        let common = |outcome: &Outcome| *outcome == Outcome::Result;
        Ok(if let Some(event) = event_id {
            Way::OfEvent(self.event_keys(event)?)
        } else if let Some(state @ (State::Waiting | State::Running | State::Held)) = state {
            Way::Open(*state)
        } else if let Some(book) = book_id {
            Way::OfBook(book.clone())
        } else if let Some(agent) = agent_id {
            Way::OfAgent(agent.clone())
        } else if let Some(state @ (State::Parked | State::Unmatched)) = state {
            Way::Aside(*state)
        } else if let Some(outcome) = outcome.filter(|outcome| !common(outcome)) {
            Way::WithOutcome(outcome)
        } else if *error {
            Way::Failed
        } else if let Some(event_type) = event_type {
            Way::OfType(event_type.clone())
        } else if let Some(hook) = hook {
            Way::OfHook(hook.as_str().to_owned())
        } else if let Some(outcome) = outcome {
            Way::WithOutcome(*outcome)
        } else {
            Way::All
        })
    }

    /// The keys that the event has: one in each hook.
    fn event_keys(&self, event: &str) -> rusqlite::Result<String> {
        let event = EventId(event.into());
        let hooks = match &self.filter.hook {
            Some(hook) => vec![hook.clone()],
            None => self.hooks()?,
        };
        Ok(json_list(hooks.iter().map(|hook| event_key(hook, &event))))
    }

    fn hooks(&self) -> rusqlite::Result<Vec<HookName>> {
        let mut select = self.conn.prepare_cached(queries::find_hooks)?;
        select.query_map([], |row| Columns::of(row).value())?.collect()
    }

    /// The places between which everything was received in the time that is asked for.
    fn received_between(&self, before: i64) -> rusqlite::Result<(i64, i64)> {
        let end: i64 = self.conn.prepare_cached(queries::find_last)?.query_row([], |row| row.get(0))?;
        let end = before.min(end + 1);
        let from = match self.filter.after {
            Some(after) => first_since(self.conn, earlier(after), end)?,
            None => 0,
        };
        let to = match self.filter.before {
            Some(before) => first_since(self.conn, later(before), end)?,
            None => end,
        };
        Ok((from, to))
    }

    /// Takes those of the candidates that fit.
    fn take(&mut self, seqs: &[i64]) -> rusqlite::Result<()> {
        let filter = self.filter;
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
        let before = self.found.len();
        let mut select = self.conn.prepare_cached(queries::list_matching)?;
        for delivery in select.query_map(wanted, rows::delivery)? {
            self.found.push(delivery?);
        }
        self.misses += seqs.len() - (self.found.len() - before);
        Ok(())
    }
}

fn page(found: Vec<(i64, Delivery)>, next: Option<Cursor>) -> Page {
    Page { items: found.into_iter().map(|(_, delivery)| delivery).collect(), next }
}

/// The next candidates of the stretch, the newest first.
fn candidates(conn: &Connection, way: &Way, stretch: (i64, i64), limit: usize) -> rusqlite::Result<Vec<i64>> {
    let (statement, key): (_, Option<&str>) = match way {
        Way::All => (queries::candidates_all, None),
        Way::OfHook(hook) => (queries::candidates_of_hook, Some(hook)),
        Way::OfType(event_type) => (queries::candidates_of_type, Some(event_type)),
        Way::WithOutcome(outcome) => (queries::candidates_with_outcome, Some(outcome.as_str())),
        Way::Aside(state) => (queries::candidates_aside, Some(state.as_str())),
        Way::Open(state) => (queries::candidates_open, Some(state.as_str())),
        Way::Failed => (queries::candidates_failed, None),
        Way::OfBook(book) => (queries::candidates_of_book, Some(book)),
        Way::OfAgent(agent) => (queries::candidates_of_agent, Some(agent)),
        Way::OfEvent(keys) => (queries::candidates_of_event, Some(keys)),
    };
    run_candidates(conn, statement, key, stretch, limit)
}

fn run_candidates(
    conn: &Connection,
    statement: &str,
    key: Option<&str>,
    (from, to): (i64, i64),
    limit: usize,
) -> rusqlite::Result<Vec<i64>> {
    let mut select = conn.prepare_cached(statement)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    match key {
        Some(key) => select.query_map(params![from, to, limit, key], |row| row.get(0))?.collect(),
        None => select.query_map(params![from, to, limit], |row| row.get(0))?.collect(),
    }
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

fn earlier(time: Timestamp) -> Timestamp {
    time.saturating_sub(OUT_OF_ORDER_MAX).unwrap_or(Timestamp::MIN)
}

fn later(time: Timestamp) -> Timestamp {
    time.saturating_add(OUT_OF_ORDER_MAX).unwrap_or(Timestamp::MAX)
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
