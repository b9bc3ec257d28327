//! One event of every documented type.

use std::fs;

use bkper_model::{Event, EventObject, EventType, Permission, TransactionOperation};
use serde_json::{Map, Value};

use crate::assert_written_back;

const EVENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testkit/events");

pub(crate) fn text(event_type: &EventType) -> String {
    fs::read_to_string(format!("{EVENTS}/{event_type}.json")).expect("every type has a documented event")
}

fn read(event_type: &EventType) -> Event {
    serde_json::from_str(&text(event_type)).expect("a documented event can be read")
}

#[test]
fn there_is_one_for_every_type_and_no_other() {
    let mut files: Vec<_> = fs::read_dir(EVENTS)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".json").map(EventType::from))
        .collect();
    let mut known = EventType::ALL.to_vec();
    files.sort();
    known.sort();
    assert_eq!(files, known);
}

#[test]
fn every_one_is_written_back_unchanged() {
    for event_type in EventType::ALL {
        let event = assert_written_back(&text(event_type));
        assert_eq!(event.event_type.as_ref(), Some(event_type));
    }
}

#[test]
fn every_one_is_typed_through_and_through() {
    for event_type in EventType::ALL {
        let event = read(event_type);
        assert_eq!(untyped_fields(&event), Vec::<String>::new(), "{event_type}");
        assert_eq!(object_kind(&event), event_type.as_str().split('_').next(), "{event_type}");
    }
}

/// The fields that ended up in an `extra`, anywhere in the event: they stand in its `Debug` text.
fn untyped_fields(event: &Event) -> Vec<String> {
    let debug = format!("{event:?}");
    debug.split("extra: ").skip(1).filter(|rest| !rest.starts_with("{}")).map(str::to_owned).collect()
}

fn object_kind(event: &Event) -> Option<&'static str> {
    Some(match event.object()? {
        EventObject::Transaction(_) => "TRANSACTION",
        EventObject::Account(_) => "ACCOUNT",
        EventObject::Group(_) => "GROUP",
        EventObject::File(_) => "FILE",
        EventObject::Query(_) => "QUERY",
        EventObject::Collaborator(_) => "COLLABORATOR",
        EventObject::Integration(_) => "INTEGRATION",
        EventObject::Book(_) => "BOOK",
        EventObject::Comment(_) => "COMMENT",
        _ => return None,
    })
}

#[test]
fn an_updated_transaction_tells_what_a_handler_asks() {
    let event = read(&EventType::TransactionUpdated);

    assert_eq!(event.id.as_ref().unwrap().as_str(), "demoEvent00000005");
    assert_eq!(event.created_at.unwrap().timestamp(), "2026-03-04T09:41:12.1Z".parse().unwrap());
    assert_eq!(event.created_on.as_ref().unwrap().timestamp(), event.created_at.unwrap().timestamp());
    assert_eq!(event.agent.as_ref().unwrap().id, Some("bkper-cli".into()));
    assert_eq!(event.user.as_ref().unwrap().username.as_deref(), Some("mia"));

    let book = event.book.as_ref().unwrap();
    assert_eq!(book.id, event.book_id);
    assert_eq!(book.permission, Some(Permission::Owner));
    assert_eq!(book.property("exc_code"), Some("USD"));
    assert_eq!(book.lock_date.unwrap().day(), Some(jiff::civil::date(2025, 12, 31)));
    assert_eq!(book.collection.as_ref().unwrap().books.as_ref().unwrap().len(), 4);

    let transaction = event.transaction().unwrap();
    assert_eq!(transaction.amount.as_ref().unwrap().decimal().unwrap().to_string(), "120.00");
    assert_eq!(transaction.credit_account.as_ref().unwrap().name.as_deref(), Some("Bank Account"));
    assert_eq!(event.previous("amount"), Some("102.00"));
    assert_eq!(event.previous("dateValue"), Some("20260303"));
    assert_eq!(event.previous("creditAccId"), None);
}

#[test]
fn a_transaction_comes_with_the_accounts_it_touched() {
    let event = read(&EventType::TransactionPosted);
    let Some(EventObject::Transaction(TransactionOperation { accounts: Some(accounts), .. })) =
        event.object()
    else {
        panic!("no operation");
    };
    assert_eq!(accounts.len(), 2);
}

#[test]
fn a_handler_finds_the_account_and_the_group() {
    assert_eq!(
        read(&EventType::AccountUpdated).account().unwrap().name.as_deref(),
        Some("Harbor Cafe Ltd"),
        "the account after the update"
    );
    let created = read(&EventType::GroupCreated);
    assert_eq!(created.group().unwrap().parent.as_ref().unwrap().name.as_deref(), Some("Assets"));
    assert_eq!(created.account(), None);
    assert_eq!(created.transaction(), None);
}

#[test]
fn one_that_was_read_as_json_before_is_the_same() {
    for event_type in EventType::ALL {
        let json: Map<String, Value> = serde_json::from_str(&text(event_type)).unwrap();
        assert_eq!(serde_json::from_value::<Event>(json.into()).unwrap(), read(event_type));
    }
}
