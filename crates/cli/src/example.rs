//! The example events: one of each type, as Bkper sends them, all of one invented collection of books.

use bookhook::bkper_model::EventType;
use bookhook::model::DeliveryIds;
use jiff::Timestamp;
use serde_json::{Value, json};

macro_rules! examples {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../testkit/events/", $name, ".json")))),+]
    };
}

const EXAMPLES: &[(&str, &str)] = examples![
    "ACCOUNT_CREATED",
    "ACCOUNT_DELETED",
    "ACCOUNT_UPDATED",
    "BOOK_AUDITED",
    "BOOK_CREATED",
    "BOOK_DELETED",
    "BOOK_UPDATED",
    "COLLABORATOR_ADDED",
    "COLLABORATOR_REMOVED",
    "COLLABORATOR_UPDATED",
    "COMMENT_CREATED",
    "COMMENT_DELETED",
    "FILE_CREATED",
    "FILE_DELETED",
    "FILE_UPDATED",
    "GROUP_CREATED",
    "GROUP_DELETED",
    "GROUP_UPDATED",
    "INTEGRATION_CREATED",
    "INTEGRATION_DELETED",
    "INTEGRATION_UPDATED",
    "QUERY_CREATED",
    "QUERY_DELETED",
    "QUERY_UPDATED",
    "TRANSACTION_CHECKED",
    "TRANSACTION_CREATED",
    "TRANSACTION_DELETED",
    "TRANSACTION_POSTED",
    "TRANSACTION_RESTORED",
    "TRANSACTION_UNCHECKED",
    "TRANSACTION_UPDATED",
];

/// How many names to suggest for one that does not exist.
const NEAR_MAX: usize = 3;
const NEAR_ENOUGH: f64 = 0.8;

/// What to change in an example.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Changes<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) book: Option<&'a str>,
    pub(crate) agent: Option<&'a str>,
}

/// The types of which there is an example: all of them.
pub(crate) fn types() -> impl Iterator<Item = &'static str> {
    EXAMPLES.iter().map(|(name, _)| *name)
}

/// Whether there is an example of this type.
pub(crate) fn exists(event_type: &str) -> bool {
    types().any(|name| name == event_type)
}

/// Types whose names are near this one, the nearest first.
pub(crate) fn near(name: &str) -> Vec<&'static str> {
    let name = name.to_ascii_uppercase().replace('-', "_");
    let mut near: Vec<_> = types().map(|known| (strsim::jaro_winkler(&name, known), known)).collect();
    near.retain(|(similarity, _)| *similarity >= NEAR_ENOUGH);
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.into_iter().take(NEAR_MAX).map(|(_, known)| known).collect()
}

/// An event of this type that happens `now`, with an id of its own. One whose id is given keeps the example's times, so
/// that it is the same event whenever it is made.
pub(crate) fn event(
    event_type: &EventType,
    ids: &mut DeliveryIds,
    now: Timestamp,
    changes: Changes<'_>,
) -> Option<Value> {
    let (_, text) = EXAMPLES.iter().find(|(name, _)| *name == event_type.as_str())?;
    let mut event: Value = serde_json::from_str(text).expect("the examples are JSON");
    if let Some(id) = changes.id {
        event["id"] = json!(id);
    } else {
        event["id"] = json!(fresh_id(ids, now));
        event["createdAt"] = json!(now.as_millisecond().to_string());
        event["createdOn"] = json!(format!("{now:.3}"));
    }
    if let Some(book) = changes.book {
        event["bookId"] = json!(book);
        event["book"]["id"] = json!(book);
    }
    if let Some(agent) = changes.agent {
        event["agent"]["id"] = json!(agent);
    }
    Some(event)
}

fn fresh_id(ids: &mut DeliveryIds, now: Timestamp) -> String {
    format!("evt_{}", ids.next(now).to_string().trim_start_matches("dlv_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_example_of_every_type() {
        for event_type in EventType::ALL {
            let event =
                event(event_type, &mut DeliveryIds::default(), Timestamp::UNIX_EPOCH, Changes::default());
            assert_eq!(event.unwrap()["type"], event_type.as_str());
        }
    }

    #[test]
    fn an_event_with_a_given_id_is_the_same_whenever_it_is_made() {
        let changes = Changes { id: Some("e1"), ..Changes::default() };
        let made = |now: &str| {
            event(&EventType::FileCreated, &mut DeliveryIds::default(), now.parse().unwrap(), changes)
                .unwrap()
        };
        assert_eq!(made("2026-01-01T00:00:00Z"), made("2026-11-21T22:30:00Z"));
    }

    #[test]
    fn a_misspelt_type_has_near_ones() {
        assert_eq!(near("TRANSACTION_CHEKED")[0], "TRANSACTION_CHECKED");
        assert_eq!(near("account-created")[0], "ACCOUNT_CREATED");
        assert_eq!(near("qqq"), Vec::<&str>::new());
    }
}
