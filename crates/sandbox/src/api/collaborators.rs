//! `books/{book}/collaborators`

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use bkper_model::{BookId, Collaborator, CollaboratorList};

use super::{Answer, Body, Caller, Params, Path, Shared};
use crate::ledger::{Permission, collaborators};
use crate::refusal::Refusal;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new()
        .route("/books/{book}/collaborators", get(list).post(share))
        .route("/books/{book}/collaborators/{collaborator}", delete(remove))
        .route("/books/{book}/collaborators/request", post(request))
        .route("/books/{book}/collaborators/request/{request}", get(requested))
}

async fn list(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
) -> Answer<CollaboratorList> {
    let items = world.read(who, move |view| collaborators::list(view, &book)).await?;
    Ok(Json(CollaboratorList { items: Some(items), ..CollaboratorList::default() }))
}

async fn share(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    Body(collaborator): Body<Collaborator>,
) -> Answer<Collaborator> {
    world.write(who, move |act| collaborators::share(act, &book, &collaborator)).await.map(Json)
}

async fn remove(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, id_or_email)): Path<(BookId, String)>,
) -> Answer<Collaborator> {
    world.write(who, move |act| collaborators::remove(act, &book, &id_or_email)).await.map(Json)
}

/// Nobody sends the mail that would say where the request is, so the answer does.
async fn request(
    State(world): Shared,
    Caller(who): Caller,
    Path(book): Path<BookId>,
    params: Params,
) -> Result<impl IntoResponse, Refusal> {
    let permission = wanted(params.get("permission"))?;
    let message = params.get("message").map(str::to_owned);
    let of_book = format!("/v5/books/{book}/collaborators/request");
    let id = world.write(who, move |act| collaborators::request(act, &book, permission, message)).await?;
    Ok((StatusCode::NO_CONTENT, [(LOCATION, format!("{of_book}/{id}"))]))
}

fn wanted(permission: Option<&str>) -> Result<Permission, Refusal> {
    let Some(name) = permission else { return Ok(Permission::Viewer) };
    let unknown = || Refusal::InvalidFormat { message: format!("permission: {name:?} is no permission") };
    Permission::named(name).ok_or_else(unknown)
}

async fn requested(
    State(world): Shared,
    Caller(who): Caller,
    Path((book, request)): Path<(BookId, String)>,
) -> Answer<Collaborator> {
    world.read(who, move |view| collaborators::requested(view, &book, &request)).await.map(Json)
}
