//! Types of events, and the other enumerations, which work alike.

use bkper_model::{AccountType, Event, EventType};
use serde_json::json;

#[test]
fn there_are_thirty_one() {
    assert_eq!(EventType::ALL.len(), 31);
}

#[test]
fn each_is_read_from_its_own_text() {
    for event_type in EventType::ALL {
        assert_eq!(event_type.as_str().parse().as_ref(), Ok(event_type));
        assert_eq!(event_type.to_string(), event_type.as_str());
        assert!(!matches!(event_type, EventType::Other(_)));
    }
}

#[test]
fn an_unknown_one_is_kept_as_it_came() {
    for text in ["TRANSACTION_MERGED", "transaction_posted", " BOOK_UPDATED", ""] {
        let event_type = EventType::from(text);
        assert!(matches!(&event_type, EventType::Other(unknown) if unknown.as_str() == text));
        assert_eq!(serde_json::to_value(&event_type).unwrap(), json!(text));
    }
}

#[test]
fn something_else_than_a_text_is_no_type_but_is_kept() {
    let came = json!({"type": 7});
    let event: Event = serde_json::from_value(came.clone()).unwrap();
    assert_eq!(event.event_type, None);
    assert_eq!(event.extra["type"], 7);
    assert_eq!(serde_json::to_value(event).unwrap(), came);
}

#[test]
fn other_enumerations_keep_unknown_values_too() {
    let account_type: AccountType = serde_json::from_value(json!("EQUITY")).unwrap();
    assert_eq!(account_type.as_str(), "EQUITY");
    assert_eq!(serde_json::to_value(account_type).unwrap(), json!("EQUITY"));
}
