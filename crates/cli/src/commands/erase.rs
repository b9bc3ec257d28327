//! `bookhook erase`

use serde_json::{Value, json};

use crate::args::EraseArgs;
use crate::exit::{ExitStatus, Outcome};
use crate::inert;
use crate::operators::Host;
use crate::printer::Printer;

/// Erases everything of a book or a user. Fails when something is left.
pub(crate) async fn erase(args: EraseArgs, printer: Printer) -> Outcome {
    let EraseArgs { book, agent, ask } = args;
    let body = match (book, agent) {
        (Some(book), _) => json!({"book_id": book}),
        (None, agent) => json!({"agent_id": agent}),
    };
    let erased: Value = Host::of(&ask.host)?.post("/erasures", &body).await?;
    let running = erased["running"].as_array().map_or(0, Vec::len);
    if ask.json {
        printer.line(inert::json_line(&erased.to_string()))?;
    } else {
        let deliveries = erased["deliveries"].as_u64().unwrap_or_default();
        printer.line(format_args!("erased: {deliveries} deliveries, with payloads, runs and responses"))?;
    }
    if running > 0 {
        printer.warn(format_args!(
            "{running} were running and are still there: erase again when they have settled"
        ));
        return Ok(ExitStatus::Failed);
    }
    Ok(ExitStatus::Done)
}
