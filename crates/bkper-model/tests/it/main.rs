//! Behaviour of the model as its users see it.

mod documented_events;
mod event_types;
mod faults;
mod lossless;
mod query;
mod resources;
mod typed_objects;

use bkper_model::Event;
use serde_json::Value;

/// Reads an event and writes it back, both as text, and compares it with the same text read without any model.
#[track_caller]
fn assert_written_back(json: &str) -> Event {
    let came: Value = serde_json::from_str(json).expect("the test's own JSON");
    let event: Event = serde_json::from_str(json).expect("every JSON object is an event");
    let written = serde_json::to_string(&event).expect("every event can be written");
    assert_eq!(serde_json::from_str::<Value>(&written).expect("what is written is JSON"), came);
    event
}
