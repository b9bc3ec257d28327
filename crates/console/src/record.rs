//! The record: who did what, to what, when.

use axum::Json;
use axum::extract::State;
use http::Uri;

use bookhook_journal::Page;
use bookhook_model::Act;

use crate::console::Console;
use crate::problem::Problem;
use crate::query::{ACT_FILTER, PAGING, Query};

/// `GET /acts`: the newest first.
pub(crate) async fn list(State(console): State<Console>, uri: Uri) -> Result<Json<Page<Act>>, Problem> {
    let query = Query::read(&uri, &[&ACT_FILTER[..], &PAGING].concat())?;
    let (filter, paging) = (query.act_filter()?, query.paging()?);
    Ok(Json(console.journal().acts(&filter, paging.cursor.as_ref(), paging.limit).await?))
}
