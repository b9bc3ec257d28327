//! `bookhook erase`

use serde_json::{Value, json};

use crate::args::EraseArgs;
use crate::exit::{ExitStatus, Outcome};
use crate::inert;
use crate::operators::Host;
use crate::printer::Printer;

/// What to look at when nothing was found.
const HINT: &str = "a book is meant by its id and not its name, a user by the username (`mia`), an app by its id \
     (`bkper-cli`), all of them letter for letter: `bookhook activity show ID` tells those of a delivery";

/// Erases everything of a book, a user or an app. Fails when something is left.
pub(crate) async fn erase(args: EraseArgs, printer: Printer) -> Outcome {
    let EraseArgs { book, user, agent, ask } = args;
    let body = match (book, user) {
        (Some(book), _) => json!({"book_id": book}),
        (None, Some(user)) => json!({"user_id": user}),
        (None, None) => json!({"agent_id": agent}),
    };
    let erased: Value = Host::of(&ask.host)?.post("/erasures", &body).await?;
    let running = erased["running"].as_array().map_or(0, Vec::len);
    let deliveries = erased["deliveries"].as_u64().unwrap_or_default();
    if ask.json {
        printer.line(inert::json_line(&erased.to_string()))?;
    } else {
        printer.line(format_args!("erased: {deliveries} deliveries, with payloads, runs and responses"))?;
    }
    if running > 0 {
        printer.warn(format_args!(
            "{running} were running and are still there: erase again when they have settled"
        ));
        return Ok(ExitStatus::Failed);
    }
    if deliveries == 0 {
        printer.hint(HINT);
    }
    Ok(ExitStatus::Done)
}
