//! Queries that are saved in a book under a title. They are kept as they are written, be they queries or not.

use bkper_model::{self as wire, AgentId, BookId, EventObject, EventType};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Book, Changes, Entered, QueryId, Right};
use crate::act::{Act, View};
use crate::refusal::{Kind, Refusal};
use crate::store;

/// A saved query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedQuery {
    pub(crate) id: QueryId,
    title: String,
    query: String,
    agent: Option<AgentId>,
    created: Timestamp,
    updated: Timestamp,
}

impl SavedQuery {
    fn shown(&self) -> wire::Query {
        wire::Query {
            id: Some(self.id.shown()),
            title: Some(self.title.clone()),
            query: Some(self.query.clone()),
            agent_id: self.agent.clone(),
            created_at: Some(self.created.into()),
            updated_at: Some(self.updated.into()),
            ..wire::Query::default()
        }
    }
}

/// The saved queries of the book.
pub(crate) fn list(view: &View<'_>, book: &BookId) -> Result<Vec<wire::Query>, Refusal> {
    view.enter(book, Right::See)?;
    Ok(store::saved_queries::of_book(view.db, book)?.iter().map(SavedQuery::shown).collect())
}

/// Saves a query.
pub(crate) fn create(act: &Act<'_>, book: &BookId, body: &wire::Query) -> Result<wire::Query, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Manage)?;
    let query = SavedQuery {
        id: QueryId(act.number_id()?),
        title: text("title", body.title.as_ref())?.ok_or(Refusal::Required { field: "title" })?,
        query: text("query", body.query.as_ref())?.ok_or(Refusal::Required { field: "query" })?,
        agent: act.actor.agent.clone(),
        created: act.now,
        updated: act.now,
    };
    store::saved_queries::insert(act.db, &book.id, &query)?;
    told(act, &book, &query, EventType::QueryCreated, None)
}

/// Changes the query or its title.
pub(crate) fn update(act: &Act<'_>, book: &BookId, body: &wire::Query) -> Result<wire::Query, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Manage)?;
    let id = body.id.as_ref().ok_or(Refusal::Required { field: "id" })?;
    let mut query = find(act, &book.id, id.as_str())?;
    let mut changes = Changes::default();
    if let Some(title) = text("title", body.title.as_ref())? {
        changes.set("title", &mut query.title, title, String::clone);
    }
    if let Some(written) = text("query", body.query.as_ref())? {
        changes.set("query", &mut query.query, written, String::clone);
    }
    let Some(previous) = changes.previous() else { return Ok(query.shown()) };
    query.updated = act.now;
    store::saved_queries::update(act.db, &query)?;
    told(act, &book, &query, EventType::QueryUpdated, Some(previous))
}

/// Deletes the query.
pub(crate) fn delete(act: &Act<'_>, book: &BookId, id: &str) -> Result<wire::Query, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Manage)?;
    let query = find(act, &book.id, id)?;
    store::saved_queries::delete(act.db, query.id)?;
    told(act, &book, &query, EventType::QueryDeleted, None)
}

fn find(view: &View<'_>, book: &BookId, id: &str) -> Result<SavedQuery, Refusal> {
    let found = QueryId::parse(id).map(|id| store::saved_queries::find(view.db, book, id)).transpose()?;
    found.flatten().ok_or_else(|| Refusal::NotFound { kind: Kind::Query, id: id.to_owned() })
}

/// A text that may be absent, and not empty.
fn text(field: &'static str, given: Option<&String>) -> Result<Option<String>, Refusal> {
    match given {
        Some(text) if text.trim().is_empty() => Err(Refusal::Required { field }),
        text => Ok(text.cloned()),
    }
}

/// Records what happened to the query.
fn told(
    act: &Act<'_>,
    book: &Book,
    query: &SavedQuery,
    what: EventType,
    previous: Option<wire::TextMap>,
) -> Result<wire::Query, Refusal> {
    act.touch(book)?;
    let shown = query.shown();
    act.record(book, what, &query.id.0.to_string(), EventObject::Query(shown.clone()), previous)?;
    Ok(shown)
}
