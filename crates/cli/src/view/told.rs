//! What became of a delivery, in a word and in a sentence.

use bookhook::model::{Cause, Delivery, Outcome, Response, Run, State};

/// One word for where a delivery stands: its outcome once it is settled, its state before.
pub(crate) fn label(delivery: &Delivery) -> &'static str {
    match (delivery.state, delivery.outcome) {
        (State::Settled, Some(outcome)) => outcome.as_str(),
        (state, _) => state.as_str(),
    }
}

/// What there is to say about it: the response, or why there is none. Not inert.
pub(crate) fn about(delivery: &Delivery) -> String {
    let last = delivery.runs.as_ref().and_then(|runs| runs.last());
    match delivery.state {
        State::Parked => delivery.parked_reason.clone().unwrap_or_default(),
        State::Unmatched => "the app does not declare this type".to_owned(),
        State::Held => "its hook or its lane is paused".to_owned(),
        State::Waiting if last.is_none() => "for its turn".to_owned(),
        State::Settled if last.is_none() && delivery.agent_id.as_deref() == Some(delivery.hook.as_str()) => {
            "not run: the app's own event".to_owned()
        }
        State::Settled if last.is_none() => "not run: skipped, or the app's own event".to_owned(),
        State::Settled if was_skipped(delivery, last) => "skipped".to_owned(),
        State::Settled | State::Waiting | State::Running => last.map(again).unwrap_or_default(),
    }
}

/// Without a response, only a person's word settles with nothing to show.
fn was_skipped(delivery: &Delivery, last: Option<&Run>) -> bool {
    delivery.outcome == Some(Outcome::Suppressed) && last.is_some_and(|run| run.response.is_none())
}

/// How a run ended, and why it was not the first one.
fn again(run: &Run) -> String {
    match run.cause {
        Cause::First => ended(run),
        cause => format!("{}: {}", cause.as_str(), ended(run)),
    }
}

/// How a run ended. Not inert.
pub(super) fn ended(run: &Run) -> String {
    match (&run.response, &run.error) {
        (_, Some(error)) => error.clone(),
        (Some(response), None) => message(response),
        (None, None) => String::new(),
    }
}

/// The response's message, as a book's activity shows it; empty when there is nothing to show. Not inert.
pub(super) fn message(response: &Response) -> String {
    response.shown().map(text).unwrap_or_default()
}

/// A text as it is, a list of texts as its lines, anything else as JSON with the digits that it was written with.
fn text(json: &str) -> String {
    serde_json::from_str::<String>(json)
        .or_else(|_| serde_json::from_str::<Vec<String>>(json).map(|lines| lines.join("\n")))
        .unwrap_or_else(|_| json.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(json: &'static str) -> String {
        message(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn a_response_says_its_most_severe_field() {
        assert_eq!(said(r#"{"result": "TAX: 12.50"}"#), "TAX: 12.50");
        assert_eq!(said(r#"{"result": "x", "error": ["a", "b"]}"#), "a\nb");
        assert_eq!(said(r#"{"result": 12.50}"#), "12.50");
        assert_eq!(said(r#"{"result": false}"#), "");
        assert_eq!(said("{}"), "");
    }
}
