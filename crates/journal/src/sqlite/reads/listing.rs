//! Lists, as SQLite finds them: see [`crate::search`].

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use bookhook_model::{Delivery, EventId, Filter, HookName, Outcome, State};

use crate::reading::{Cursor, Listing, Order, Page};
use crate::seal::event_key;
use crate::search::{COUNTED_MAX, Search, Step, Stretch, Way, all_stands, earlier, later, stands};
use crate::sqlite::json::json_list;
use crate::sqlite::queries;
use crate::sqlite::rows::{self, Column, Columns};

/// So many candidates that do not fit are looked at for one page: more than are not catalogued yet, as a rule.
const MISSES_MAX: usize = 16_384;

/// In one transaction, so that what moves from one index into another is in one of them.
pub(super) fn list(conn: &Connection, listing: &Listing) -> rusqlite::Result<Page> {
    let snapshot = conn.unchecked_transaction()?;
    let (look, stretches) = match listing.order {
        Order::Newest(before) => {
            let look = Look::at_kinds(&snapshot, &listing.filter)?;
            let stretches = look.newest(before.map_or(i64::MAX, Cursor::seq))?;
            (look, stretches)
        }
        Order::After(after) => {
            let stretch = Stretch { way: Way::All, from: after.seq() + 1, to: i64::MAX };
            (Look { conn: &snapshot, filter: &listing.filter, kinds: Vec::new() }, vec![stretch])
        }
    };
    let mut search = Search::new(listing, stretches, MISSES_MAX);
    while let Some(step) = search.step() {
        let candidates = look.candidates(listing.order, step)?;
        let likely = candidates.iter().filter(|candidate| candidate.may_fit).map(|candidate| candidate.seq);
        let fitting = look.matching(likely)?;
        let seqs: Vec<_> = candidates.iter().map(|candidate| candidate.seq).collect();
        search.take(&seqs, fitting);
    }
    Ok(search.page())
}

/// A hook, a type and a stand that a filter wants.
struct Kind {
    hook: HookName,
    event_type: Rc<str>,
    stand: &'static str,
}

/// A delivery on one's way, and whether it may fit, as far as the indexes tell.
struct Candidate {
    seq: i64,
    may_fit: bool,
}

impl Candidate {
    fn likely(seq: i64) -> Self {
        Self { seq, may_fit: true }
    }
}

/// What is looked for, and where.
struct Look<'l> {
    conn: &'l Connection,
    filter: &'l Filter,
    kinds: Vec<Kind>,
}

impl<'l> Look<'l> {
    fn at_kinds(conn: &'l Connection, filter: &'l Filter) -> rusqlite::Result<Self> {
        Ok(Self { conn, filter, kinds: kinds(conn, filter)? })
    }

    /// Where to look for the newest, and how.
    fn newest(&self, before: i64) -> rusqlite::Result<Vec<Stretch>> {
        let (from, to) = received_between(self.conn, self.filter, before)?;
        let mut best = (i64::MAX, Stretch { way: Way::All, from, to });
        let ways = Way::all_of(self.filter);
        for way in &ways {
            let stretch = Stretch { way: *way, from, to };
            let count = if ways.len() > 1 { self.count(stretch)? } else { 0 };
            if count < best.0 {
                best = (count, stretch);
            }
        }
        let stretch = best.1;
        if !matches!(stretch.way, Way::OfBook | Way::OfAgent) {
            return Ok(vec![stretch]);
        }
        let up_to: i64 =
            self.conn.prepare_cached(queries::find_catalogued)?.query_row([], |row| row.get(0))?;
        let uncatalogued = Stretch { way: Way::All, from: from.max(up_to + 1), to };
        Ok(vec![uncatalogued, Stretch { to: to.min(up_to + 1), ..stretch }])
    }

    /// How many candidates there are, up to the most that are counted.
    fn count(&self, Stretch { way, from, to }: Stretch) -> rusqlite::Result<i64> {
        let (field, value) = match way {
            Way::OfBook => (queries::count_of_book, &self.filter.book_id),
            Way::OfAgent => (queries::count_of_agent, &self.filter.agent_id),
            _ => return self.count_of_kinds(from, to),
        };
        self.conn.prepare_cached(field)?.query_row(params![from, to, COUNTED_MAX, value], |row| row.get(0))
    }

    fn count_of_kinds(&self, from: i64, to: i64) -> rusqlite::Result<i64> {
        let mut select = self.conn.prepare_cached(queries::count_of_kind)?;
        let mut count = 0;
        for Kind { hook, event_type, stand } in &self.kinds {
            let left = COUNTED_MAX - count;
            let key = params![from, to, left, hook.as_str(), event_type, stand];
            count += select.query_row(key, |row| row.get::<_, i64>(0))?;
            if count >= COUNTED_MAX {
                break;
            }
        }
        Ok(count)
    }

    fn candidates(&self, order: Order, Step { stretch, limit }: Step) -> rusqlite::Result<Vec<Candidate>> {
        let Stretch { way, from, to } = stretch;
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = |row: &Row<'_>| row.get(0).map(Candidate::likely);
        match way {
            Way::All => {
                let is_after = matches!(order, Order::After(_));
                let all = if is_after { queries::candidates_after } else { queries::candidates_all };
                self.conn.prepare_cached(all)?.query_map(params![from, to, most], read)?.collect()
            }
            Way::OfKind => self.candidates_of_kinds(from, to, limit),
            Way::OfBook | Way::OfAgent => self.candidates_catalogued(stretch, most),
            Way::OfEvent => {
                let keys = event_keys(self.conn, self.filter)?;
                let mut select = self.conn.prepare_cached(queries::candidates_of_event)?;
                select.query_map(params![from, to, most, keys], read)?.collect()
            }
        }
    }

    /// The newest of all kinds together.
    fn candidates_of_kinds(&self, from: i64, to: i64, limit: usize) -> rusqlite::Result<Vec<Candidate>> {
        let mut select = self.conn.prepare_cached(queries::candidates_of_kind)?;
        let (mut seqs, mut from, most) = (Vec::<i64>::new(), from, i64::try_from(limit).unwrap_or(i64::MAX));
        for Kind { hook, event_type, stand } in &self.kinds {
            let key = params![from, to, most, hook.as_str(), event_type, stand];
            let mut rows = select.query(key)?;
            while let Some(row) = rows.next()? {
                seqs.push(row.get(0)?);
            }
            seqs.sort_unstable_by_key(|seq| Reverse(*seq));
            seqs.truncate(limit);
            // What is older than all of these is not wanted of the other kinds.
            from = seqs.last().filter(|_| seqs.len() == limit).map_or(from, |last| last + 1);
        }
        self.among_catalogued(&seqs)
    }

    /// Which of them may be of the book and of the agent.
    fn among_catalogued(&self, seqs: &[i64]) -> rusqlite::Result<Vec<Candidate>> {
        let Filter { book_id, agent_id, .. } = self.filter;
        if book_id.is_none() && agent_id.is_none() {
            return Ok(seqs.iter().copied().map(Candidate::likely).collect());
        }
        let among = params![json_list(seqs.iter()), book_id, agent_id];
        let mut select = self.conn.prepare_cached(queries::find_catalogued_among)?;
        let found: BTreeSet<i64> = select.query_map(among, |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(seqs.iter().map(|&seq| Candidate { seq, may_fit: found.contains(&seq) }).collect())
    }

    fn candidates_catalogued(&self, stretch: Stretch, limit: i64) -> rusqlite::Result<Vec<Candidate>> {
        let Stretch { way, from, to } = stretch;
        let Filter { hook, book_id, event_type, agent_id, .. } = self.filter;
        let (statement, value, other) = match way {
            Way::OfBook => (queries::candidates_of_book, book_id, agent_id),
            _ => (queries::candidates_of_agent, agent_id, book_id),
        };
        let hook = hook.as_ref().map(HookName::as_str);
        let stands =
            stands(self.filter).map(|stands| json_list(stands.iter().map(|stand| format!("{stand:?}"))));
        let mut select = self.conn.prepare_cached(statement)?;
        let read = |row: &Row<'_>| Ok(Candidate { seq: row.get(0)?, may_fit: row.get(1)? });
        select.query_map(params![from, to, limit, value, hook, event_type, stands, other], read)?.collect()
    }

    /// Those of the candidates that fit.
    fn matching(&self, seqs: impl Iterator<Item = i64>) -> rusqlite::Result<Vec<(i64, Delivery)>> {
        let filter = self.filter;
        let wanted = params![
            json_list(seqs),
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
        self.conn.prepare_cached(queries::list_matching)?.query_map(wanted, rows::delivery)?.collect()
    }
}

/// Every kind that the filter wants; none if it does not ask for any.
fn kinds(conn: &Connection, filter: &Filter) -> rusqlite::Result<Vec<Kind>> {
    if !Way::all_of(filter).contains(&Way::OfKind) {
        return Ok(Vec::new());
    }
    let stands = stands(filter).unwrap_or_else(all_stands);
    let mut kinds = Vec::new();
    for hook in hooks(conn, filter)? {
        for event_type in types(conn, filter, &hook)? {
            let kind =
                |stand: &&'static str| Kind { hook: hook.clone(), event_type: event_type.clone(), stand };
            kinds.extend(stands.iter().map(kind));
        }
    }
    Ok(kinds)
}

/// The hook that the filter asks for, or all there are.
fn hooks(conn: &Connection, filter: &Filter) -> rusqlite::Result<Vec<HookName>> {
    if let Some(hook) = &filter.hook {
        return Ok(vec![hook.clone()]);
    }
    let mut select = conn.prepare_cached(queries::find_hooks)?;
    select.query_map([], |row| Columns::of(row).value())?.collect()
}

/// The type that the filter asks for, or all that the hook has had.
fn types(conn: &Connection, filter: &Filter, hook: &HookName) -> rusqlite::Result<Vec<Rc<str>>> {
    if let Some(event_type) = &filter.event_type {
        return Ok(vec![event_type.as_str().into()]);
    }
    let mut select = conn.prepare_cached(queries::find_types)?;
    select.query_map([hook.as_str()], |row| row.get(0))?.collect()
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

/// The keys that the event has: one in each hook.
fn event_keys(conn: &Connection, filter: &Filter) -> rusqlite::Result<String> {
    let Some(event) = &filter.event_id else { return Ok(json_list([0_i64; 0].iter())) };
    let event = EventId(event.as_str().into());
    Ok(json_list(hooks(conn, filter)?.iter().map(|hook| event_key(hook, &event))))
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

#[cfg(test)]
mod tests;
