//! Whatever JSON comes as an event is written back equal, and nothing that comes can make the reader panic.

use bkper_model::{Event, EventType};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::documented_events;

/// Texts that look like something, and some that do not.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(vec![
            "", "1000.00", "-0", "+5", "007", "1e3", "1,000.00", "undefined", "1900-00-00", "2026-03-04", "2026-3-4",
            "1772617272100", "01772617272100", "9223372036854775808", "2026-03-04T09:41:12.100Z",
            "2026-03-04T11:41:12+02:00", "OWNER", "ASSET", "UNHEARD_OF",
        ]).prop_map(str::to_owned),
        1 => "[0-9]{1,60}(\\.[0-9]{0,60})?",
        1 => any::<String>(),
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        4 => text().prop_map(Value::from),
    ]
}

/// Names of fields: mostly those that the model knows, of any resource.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => select(vec![
            "accounts", "agent", "agentId", "amount", "archived", "balance", "book", "bookId", "books", "botResponses",
            "collection", "createdAt", "createdOn", "creditAccount", "data", "date", "dateValue", "debitAccount",
            "domain", "files", "fractionDigits", "groups", "id", "lockDate", "name", "object", "parent", "permission",
            "posted", "previousAttributes", "properties", "remoteIds", "size", "tags", "timeZoneOffset",
            "totalTransactions", "transaction", "type", "updatedAt", "user",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn object(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    btree_map(name(), value, 0..12).prop_map(|entries| Value::Object(entries.into_iter().collect()))
}

fn any_json() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(
        5,
        64,
        8,
        |inner| prop_oneof![1 => vec(inner.clone(), 0..4).prop_map(Value::from), 3 => object(inner)],
    )
}

fn event_type() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => select(EventType::ALL).prop_map(|known| json!(known)),
        1 => any_json(),
    ]
}

/// An event of a known or unknown type, with anything in the place of everything.
fn invented_event() -> impl Strategy<Value = Value> {
    (object(any_json()), event_type(), object(any_json()), any_json()).prop_map(
        |(mut event, event_type, object, previous)| {
            event["type"] = event_type;
            event["data"] = json!({"object": object, "previousAttributes": previous});
            event
        },
    )
}

/// A change to one place of an event.
#[derive(Clone, Debug)]
enum Change {
    Replace(Value),
    Remove,
    Add(String, Value),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        any_json().prop_map(Change::Replace),
        Just(Change::Remove),
        (name(), any_json()).prop_map(|(name, value)| Change::Add(name, value)),
    ]
}

/// A documented event with changes at random places.
fn changed_event() -> impl Strategy<Value = Value> {
    (select(EventType::ALL), vec((vec(any::<prop::sample::Index>(), 1..9), change()), 1..12)).prop_map(
        |(event_type, changes)| {
            let mut event =
                serde_json::from_str(&documented_events::text(&event_type)).expect("a documented event");
            for (path, change) in changes {
                apply(&mut event, &path, change);
            }
            event
        },
    )
}

/// Walks down as far as the path and the value allow, and makes the change in the last object.
fn apply(value: &mut Value, path: &[prop::sample::Index], change: Change) {
    match (value, path) {
        (Value::Object(entries), [step, rest @ ..]) if !entries.is_empty() => {
            let name = entries.keys().nth(step.index(entries.len())).expect("an index in range").clone();
            if rest.is_empty() || !(entries[&name].is_object() || entries[&name].is_array()) {
                change_entry(entries, name, change);
            } else {
                apply(&mut entries[&name], rest, change);
            }
        }
        (Value::Array(items), [step, rest @ ..]) if !items.is_empty() => {
            let place = step.index(items.len());
            apply(&mut items[place], rest, change);
        }
        (Value::Object(entries), _) => change_entry(entries, "id".into(), change),
        (place, _) => *place = Value::Null,
    }
}

fn change_entry(entries: &mut Map<String, Value>, name: String, change: Change) {
    match change {
        Change::Replace(value) => entries.insert(name, value),
        Change::Remove => entries.remove(&name),
        Change::Add(name, value) => entries.insert(name, value),
    };
}

/// Compares without a text in between: JSON texts of extreme floats are not always read to the last bit.
fn written_back(came: &Value) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_value::<Event>(came.clone())?)
}

proptest! {
    #[test]
    fn an_invented_event_is_written_back_unchanged(came in invented_event()) {
        prop_assert_eq!(written_back(&came).unwrap(), came);
    }

    #[test]
    fn a_changed_event_is_written_back_unchanged(came in changed_event()) {
        prop_assert_eq!(written_back(&came).unwrap(), came);
    }

    #[test]
    fn text_and_value_are_read_alike(came in changed_event()) {
        let text = came.to_string();
        let came: Value = serde_json::from_str(&text).unwrap();
        let event: Event = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(serde_json::to_value(event).unwrap(), came);
    }

    #[test]
    fn any_json_is_an_event_exactly_when_it_is_an_object(came in any_json()) {
        prop_assert_eq!(written_back(&came).ok(), came.is_object().then_some(came));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = serde_json::from_slice::<Event>(&bytes);
    }

    #[test]
    fn no_cut_off_event_makes_it_panic(event_type in select(EventType::ALL), at in any::<prop::sample::Index>()) {
        let text = documented_events::text(&event_type);
        let cut = &text.trim_end().as_bytes()[..at.index(text.trim_end().len())];
        prop_assert!(serde_json::from_slice::<Event>(cut).is_err());
    }
}

/// JSON is read up to a nesting of 128. Half of the 2 MiB that a thread has is to be enough for the worst of it.
#[test]
fn the_deepest_nesting_does_not_exhaust_the_stack() {
    let half_a_stack = std::thread::Builder::new().stack_size(1 << 20);
    half_a_stack.spawn(read_ever_deeper).unwrap().join().unwrap();
}

fn read_ever_deeper() {
    let shapes = [
        (r#"{"type":"GROUP_CREATED","data":{"object":"#, r#"{"parent":"#, "}", "}}", 120),
        (r#"{"type":"ACCOUNT_CREATED","data":{"object":"#, r#"{"groups":[{"parent":"#, "}]}", "}}", 40),
        (r#"{"type":"BOOK_CREATED","data":{"object":"#, r#"{"collection":{"books":["#, "]}}", "}}", 40),
        (r#"{"book":"#, r#"{"collection":{"books":["#, "]}}", "}", 40),
        (r#"{"data":{"previousAttributes":"#, r#"{"name":"#, "}", "}}", 120),
    ];
    for (start, open, close, end, enough) in shapes {
        let nested = |depth: usize| format!("{start}{}{{}}{}{end}", open.repeat(depth), close.repeat(depth));
        let deepest = (0..128).take_while(|depth| is_written_back(&nested(*depth))).count();
        assert!(deepest >= enough, "{open} was read only {deepest} times");
        assert!(!is_written_back(&nested(100_000)));
    }
}

fn is_written_back(json: &str) -> bool {
    serde_json::from_str::<Event>(json)
        .is_ok_and(|event| serde_json::to_string(&event).is_ok_and(|written| written.len() == json.len()))
}
