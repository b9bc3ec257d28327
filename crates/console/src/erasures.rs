//! Erasing what is known of a book, an app or a person.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use bookhook_journal::{Erased, Whose};
use bookhook_model::DeliveryId;

use crate::actor::Who;
use crate::body;
use crate::console::Console;
use crate::problem::Problem;

/// Whose deliveries: exactly one of the three.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "as a delivery names them")]
pub(crate) struct Erasure {
    book_id: Option<String>,
    agent_id: Option<String>,
    user_id: Option<String>,
}

/// What became of it.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    deliveries: u64,
    /// Still there: they were running.
    running: Vec<DeliveryId>,
}

/// `POST /erasures`: done when it is answered.
pub(crate) async fn erase(
    State(console): State<Console>,
    Who(who): Who,
    body::Json(erasure): body::Json<Erasure>,
) -> Result<Json<Outcome>, Problem> {
    let Erased { deliveries, running } = console.dispatcher().erase(whose(erasure)?, &who).await?;
    Ok(Json(Outcome { deliveries, running }))
}

fn whose(erasure: Erasure) -> Result<Whose, Problem> {
    match (erasure.book_id, erasure.agent_id, erasure.user_id) {
        (Some(book), None, None) if !book.is_empty() => Ok(Whose::Book(book)),
        (None, Some(agent), None) if !agent.is_empty() => Ok(Whose::Agent(agent)),
        (None, None, Some(user)) if !user.is_empty() => Ok(Whose::User(user)),
        _ => Err(Problem::bad_body("name one of `book_id`, `agent_id` and `user_id`")),
    }
}
