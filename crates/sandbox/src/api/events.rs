//! `books/{book}/events`

use axum::extract::State;
use axum::routing::{get, patch, put};
use axum::{Json, Router, http::StatusCode};
use bkper_model::{AgentId, Backlog, BookId, Event, EventId, EventList, EventType};
use jiff::Timestamp;

use super::{Answer, Body, Caller, Params, Path, Shared};
use crate::activity::{history, replay};
use crate::refusal::{Refusal, each_item};
use crate::store::events::Only;

const PAGE: usize = 50;
const PAGE_MAX: usize = 200;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new()
        .route("/books/{book}/events", get(list))
        .route("/books/{book}/events/backlog", get(backlog))
        .route("/books/{book}/events/replay/batch", patch(replay_batch))
        .route("/books/{book}/events/{event}/responses/{agent}", put(replay_one).delete(delete_response))
}

async fn list(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    params: Params,
) -> Answer<EventList> {
    let asked = history::Asked {
        only: only(&params)?,
        after: time(&params, "after")?,
        before: time(&params, "before")?,
        cursor: params.cursor().map(str::to_owned),
        limit: params.limit(PAGE, PAGE_MAX)?,
    };
    world.read(who, move |view| history::list(view, &book, &asked)).await.map(Json)
}

/// A resource counts more than errors, and errors count more than a type. Clients write the resource's parameter
/// without its `c`.
fn only(params: &Params) -> Result<Only, Refusal> {
    if let Some(id) = params.get("resoureId").or(params.get("resourceId")) {
        return Ok(Only::Resource(id.to_owned()));
    }
    if params.is_true("error") {
        return Ok(Only::Errors);
    }
    match params.get("type").map(EventType::from) {
        None => Ok(Only::All),
        Some(EventType::Other(unknown)) => {
            let message = format!("type: {:?} is no type of events", unknown.as_str());
            Err(Refusal::InvalidFormat { message })
        }
        Some(what) => Ok(Only::Type(what)),
    }
}

/// A time after RFC 3339. Where a `+` was not encoded it came as a space.
fn time(params: &Params, name: &'static str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = params.get(name) else { return Ok(None) };
    let message = || format!("{text:?} is no time such as 2026-01-31T12:00:00Z");
    let time = text.replace(' ', "+").parse();
    time.map(Some).map_err(|_| Refusal::Invalid { field: name, message: message() })
}

async fn backlog(State(world): Shared, Caller(who): Caller, Path(book): Path<BookId>) -> Answer<Backlog> {
    world.read(who, move |view| history::backlog(view, &book)).await.map(Json)
}

async fn replay_one(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, event, agent)): Path<(BookId, EventId, AgentId)>,
) -> Answer<Event> {
    replay::one(&world, who, book, event, agent).await.map(Json)
}

async fn delete_response(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, event, agent)): Path<(BookId, EventId, AgentId)>,
) -> Answer<Event> {
    world.write(who, move |act| history::delete_response(act, &book, &event, &agent)).await.map(Json)
}

async fn replay_batch(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    params: Params,
    Body(events): Body<EventList>,
) -> Result<StatusCode, Refusal> {
    let id_of = |event: &Event| event.id.clone().ok_or(Refusal::Required { field: "id" });
    let ids = each_item(&events.items.unwrap_or_default(), id_of)?;
    let errors_only = params.is_true("errorsOnly");
    world.write(who, move |act| replay::batch(act, &book, &ids, errors_only)).await?;
    Ok(StatusCode::NO_CONTENT)
}
