//! `templates`

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use bkper_model::TemplateList;

use super::{Answer, Caller, Shared};

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new().route("/templates", get(list))
}

/// There are none: a template is a book that is kept elsewhere.
async fn list(State(world): Shared, Caller(who): Caller) -> Answer<TemplateList> {
    let items = world.read(who, |_| Ok(Vec::new())).await?;
    Ok(Json(TemplateList { items: Some(items), ..TemplateList::default() }))
}
