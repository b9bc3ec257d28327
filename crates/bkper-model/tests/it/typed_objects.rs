//! The object of an event has the type that the event's type says.

use bkper_model::{Event, EventData, EventObject};
use serde_json::json;

use crate::assert_written_back;

#[test]
fn wherever_the_type_stands_in_the_json() {
    let last = assert_written_back(r#"{"data": {"object": {"name": "Cash"}}, "type": "ACCOUNT_CREATED"}"#);
    let first = assert_written_back(r#"{"type": "ACCOUNT_CREATED", "data": {"object": {"name": "Cash"}}}"#);
    assert_eq!(last, first);
    assert_eq!(first.account().unwrap().name.as_deref(), Some("Cash"));
}

#[test]
fn an_object_of_an_unknown_type_is_kept_as_it_came() {
    let event =
        assert_written_back(r#"{"type": "ACCOUNT_MERGED", "data": {"object": {"name": "Cash", "x": null}}}"#);
    assert_eq!(event.object(), Some(&EventObject::Other(json!({"name": "Cash", "x": null}))));
    let event = assert_written_back(r#"{"data": {"object": {"name": "Cash"}}}"#);
    assert_eq!(event.object(), Some(&EventObject::Other(json!({"name": "Cash"}))));
}

#[test]
fn an_object_that_is_none_is_kept_as_it_came() {
    for object in [json!("Cash"), json!(7), json!(true), json!([{"name": "Cash"}])] {
        let came = json!({"type": "ACCOUNT_CREATED", "data": {"object": object}});
        let event = assert_written_back(&came.to_string());
        assert_eq!(event.object(), Some(&EventObject::Other(object)));
        assert_eq!(event.account(), None);
    }
}

#[test]
fn a_part_that_does_not_fit_leaves_the_rest_typed() {
    let event = assert_written_back(
        r#"{"type": "TRANSACTION_POSTED",
            "data": {"object": {"transaction": {"amount": "12.50", "date": "soon", "posted": "yes", "urls": ["a", 1]},
                                "accounts": [{"name": "Cash"}, null, {"name": "Bank"}]}}}"#,
    );
    let transaction = event.transaction().unwrap();
    assert_eq!(transaction.amount, Some("12.50".into()));
    assert_eq!((transaction.date, transaction.posted, &transaction.urls), (None, None, &None));
    assert_eq!(transaction.extra["date"], "soon");
}

#[test]
fn absent_and_empty_previous_attributes_differ() {
    let absent = assert_written_back(r#"{"data": {"object": {}}}"#);
    let empty = assert_written_back(r#"{"data": {"object": {}, "previousAttributes": {}}}"#);
    let null = assert_written_back(r#"{"data": {"object": {}, "previousAttributes": null}}"#);
    let previous = |event: Event| event.data.unwrap().previous_attributes;
    assert_eq!(previous(absent), None);
    assert!(previous(empty).unwrap().is_empty());
    assert_eq!(previous(null), None);
}

#[test]
fn previous_attributes_survive_whatever_they_are() {
    let event = assert_written_back(
        r#"{"data": {"previousAttributes": {"amount": "1", "new": "", "archived": false, "parent": {"id": "1"}}}}"#,
    );
    assert_eq!(event.previous("amount"), Some("1"));
    assert_eq!(event.previous("new"), Some(""));
    assert_eq!(event.previous("archived"), None);
    assert!(event.data.unwrap().previous_attributes.unwrap().contains_key("archived"));
    assert_written_back(r#"{"data": {"previousAttributes": ["amount"]}}"#);
}

#[test]
fn data_on_its_own_has_an_object_of_no_type() {
    let data: EventData = serde_json::from_value(json!({"object": {"name": "Cash"}})).unwrap();
    assert_eq!(data.object, Some(EventObject::Other(json!({"name": "Cash"}))));
}
