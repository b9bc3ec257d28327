//! The response of an app to an event is recorded.

use bkper_model::BotResponse;
use jiff::Timestamp;
use rusqlite::Connection;

use super::answer::Response;
use super::parcel::Errand;
use crate::store::responses;

/// Records the response in the place of the one before, or takes that away when there is none.
pub(super) fn record(
    db: &Connection,
    now: Timestamp,
    errand: &Errand,
    response: Option<Response>,
) -> rusqlite::Result<()> {
    let Some(response) = response else {
        return responses::remove(db, &errand.event, &errand.agent).map(drop);
    };
    let response = BotResponse {
        agent_id: Some(errand.agent.clone()),
        response_type: Some(response.kind),
        message: Some(response.message),
        created_at: Some(now.into()),
        ..BotResponse::default()
    };
    responses::put(db, &errand.event, &response)
}
