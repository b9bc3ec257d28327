//! What happened in a book: its events, newest first, with what apps answered.

use bkper_model::{AgentId, Backlog, BookId, Event, EventId, EventList};
use jiff::Timestamp;

use crate::act::{Act, View};
use crate::ledger::Right;
use crate::refusal::{Kind, Refusal};
use crate::store::events::{self, Only, Place};
use crate::store::{outbox, responses};

/// What is asked for.
pub(crate) struct Asked {
    pub(crate) only: Only,
    pub(crate) after: Option<Timestamp>,
    /// Not this moment itself.
    pub(crate) before: Option<Timestamp>,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: usize,
}

/// A page of the book's events.
pub(crate) fn list(view: &View<'_>, book: &BookId, asked: &Asked) -> Result<EventList, Refusal> {
    // Events show accounts and balances.
    view.enter(book, Right::SeeChart)?;
    let from = asked.after.map_or(i64::MIN, first_millisecond);
    let end = asked.before.map_or(LAST, |before| (first_millisecond(before), i64::MIN));
    // A cursor that the sandbox did not make begins anew.
    let behind = asked.cursor.as_deref().and_then(place).unwrap_or(LAST);
    let mut page = events::page(view.db, book, &asked.only, from, end.min(behind), asked.limit + 1)?;
    let is_last = page.len() <= asked.limit;
    page.truncate(asked.limit);
    let cursor = page.last().filter(|_| !is_last).map(|((created, seq), _)| format!("{created}_{seq}"));
    let items = page.into_iter().map(|(_, event)| shown(view, event)).collect::<Result<_, _>>()?;
    Ok(EventList { items: Some(items), cursor, ..EventList::default() })
}

const LAST: Place = (i64::MAX, i64::MAX);

/// The first whole millisecond that is not before this time.
fn first_millisecond(time: Timestamp) -> i64 {
    let cut = time.as_millisecond();
    let is_whole = Timestamp::from_millisecond(cut).is_ok_and(|whole| whole >= time);
    if is_whole { cut } else { cut + 1 }
}

fn place(cursor: &str) -> Option<Place> {
    let (created, seq) = cursor.split_once('_')?;
    Some((created.parse().ok()?, seq.parse().ok()?))
}

/// The event with what apps answered.
pub(super) fn shown(view: &View<'_>, event: Event) -> Result<Event, Refusal> {
    let answers = event.id.as_ref().map(|id| responses::of_event(view.db, id)).transpose()?;
    Ok(Event { bot_responses: Some(answers.unwrap_or_default()), ..event })
}

/// The event, for who may manage what apps answer.
pub(super) fn managed(act: &Act<'_>, book: &BookId, id: &EventId) -> Result<(i64, Event), Refusal> {
    act.enter(book, Right::Manage)?;
    let unknown = || Refusal::NotFound { kind: Kind::Event, id: id.to_string() };
    events::find(act.db, book, id)?.ok_or_else(unknown)
}

/// Takes away what an app answered.
pub(crate) fn delete_response(
    act: &Act<'_>,
    book: &BookId,
    id: &EventId,
    agent: &AgentId,
) -> Result<Event, Refusal> {
    let (_, event) = managed(act, book, id)?;
    if !responses::remove(act.db, id, agent)? {
        return Err(Refusal::NotFound { kind: Kind::Response, id: agent.to_string() });
    }
    shown(act, event)
}

/// How much of the book's events is still to be sent.
pub(crate) fn backlog(view: &View<'_>, book: &BookId) -> Result<Backlog, Refusal> {
    view.enter(book, Right::See)?;
    Ok(Backlog { count: Some(outbox::backlog(view.db, book)?), ..Backlog::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_within_a_millisecond_is_after_what_is_within_it() {
        let first = |text: &str| first_millisecond(text.parse().unwrap());
        assert_eq!(first("1970-01-01T00:00:01Z"), 1000);
        assert_eq!(first("1970-01-01T00:00:00.0005Z"), 1);
        assert_eq!(first("1969-12-31T23:59:59.9985Z"), -1);
    }

    #[test]
    fn other_texts_are_no_cursors() {
        assert_eq!(place("-5_7"), Some((-5, 7)));
        assert_eq!(["", "5", "5_", "a_b", "5_7_9"].map(place), [None; 5]);
    }
}
