//! What an app gets on the walk: every type of event, in the form of the documented examples.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::State;
use axum::routing::post;
use bookhook_sandbox::{Sandbox, TimeChange};
use serde_json::{Value, json};

use super::scenes::World;
use super::story::{Story, laid_out};
use crate::client::Client;

/// Every type of event.
pub(super) const ALL: &[&str] = &[
    "FILE_CREATED",
    "FILE_UPDATED",
    "FILE_DELETED",
    "TRANSACTION_CREATED",
    "TRANSACTION_UPDATED",
    "TRANSACTION_DELETED",
    "TRANSACTION_POSTED",
    "TRANSACTION_CHECKED",
    "TRANSACTION_UNCHECKED",
    "TRANSACTION_RESTORED",
    "ACCOUNT_CREATED",
    "ACCOUNT_UPDATED",
    "ACCOUNT_DELETED",
    "QUERY_CREATED",
    "QUERY_UPDATED",
    "QUERY_DELETED",
    "GROUP_CREATED",
    "GROUP_UPDATED",
    "GROUP_DELETED",
    "COMMENT_CREATED",
    "COMMENT_DELETED",
    "COLLABORATOR_ADDED",
    "COLLABORATOR_UPDATED",
    "COLLABORATOR_REMOVED",
    "INTEGRATION_CREATED",
    "INTEGRATION_UPDATED",
    "INTEGRATION_DELETED",
    "BOOK_CREATED",
    "BOOK_AUDITED",
    "BOOK_UPDATED",
    "BOOK_DELETED",
];

/// An app's handler: it remembers what it gets, and fails for updates of transactions.
pub(super) struct Handler {
    address: std::net::SocketAddr,
    got: Arc<Mutex<Vec<Value>>>,
}

impl Handler {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let got = Arc::<Mutex<Vec<Value>>>::default();
        let routes = axum::Router::new().route("/events", post(handle)).with_state(Arc::clone(&got));
        tokio::spawn(axum::serve(listener, routes).into_future());
        Self { address, got }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn handle(State(got): State<Arc<Mutex<Vec<Value>>>>, Json(event): Json<Value>) -> Json<Value> {
    let answer = match event["type"].as_str() {
        Some("TRANSACTION_UPDATED") => json!({"error": "no rate for this day"}),
        Some("TRANSACTION_CHECKED") => json!({"result": ["<b>TAX</b>", "88.00"]}),
        _ => json!({"result": false}),
    };
    got.lock().unwrap().push(event);
    Json(answer)
}

/// A sandbox whose clock stands still.
pub(super) async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_time(TimeChange::stop()).unwrap();
    sandbox.set_time(TimeChange::set("2026-03-04T09:41:12.100Z".parse().unwrap())).unwrap();
    sandbox
}

/// People comment in the web application; here it is done through the sandbox's own door.
pub(super) async fn comments(sandbox: &Sandbox, world: &World) {
    let client = Client::of(sandbox).user("mia").agent("bkper-cli");
    let path = format!("/v5/books/{}/transactions?limit=1", world.book);
    let listed = client.get(&path).await.ok();
    let transaction = listed["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/sandbox/books/{}/transactions/{transaction}/comments", world.book);
    let comment = client.post(&path, json!({"text": "Is this right?"})).await.ok();
    client.delete(&format!("{path}/{}", comment["id"].as_str().unwrap())).await.ok();
}

/// Every type came, and has all that the documented example of it has. Of each type, the most complete event counts: a
/// book is not always in a collection.
pub(super) fn judge(story: &mut Story, handler: &Handler) {
    let mut best: BTreeMap<String, (Vec<String>, Value)> = BTreeMap::new();
    for event in handler.got.lock().unwrap().iter().chain(&story.listed_events()) {
        let event_type = event["type"].as_str().unwrap();
        let mut missing = Vec::new();
        compare(event_type, &documented(event_type), event, &mut missing);
        missing.retain(|path| !NEVER_THERE.contains(&path.as_str()));
        match best.get(event_type) {
            Some((least, _)) if least.len() <= missing.len() => {}
            _ => drop(best.insert(event_type.to_owned(), (missing, event.clone()))),
        }
    }
    for event_type in ALL {
        let (missing, event) = best.get(*event_type).unwrap_or_else(|| panic!("no {event_type} came"));
        let event = story.named(event);
        insta::assert_snapshot!(format!("event {event_type}"), laid_out(&event, 0));
        assert_eq!(missing, &Vec::<String>::new());
    }
}

/// An empty group has no nature, and the walk creates and deletes empty ones.
const NEVER_THERE: &[&str] = &[
    "GROUP_CREATED.data.object.credit",
    "GROUP_CREATED.data.object.permanent",
    "GROUP_CREATED.data.object.type",
    "GROUP_DELETED.data.object.credit",
    "GROUP_DELETED.data.object.parent",
    "GROUP_DELETED.data.object.permanent",
    "GROUP_DELETED.data.object.type",
];

/// The documented example of an event.
fn documented(event_type: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../testkit/events");
    let text = std::fs::read_to_string(format!("{folder}/{event_type}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Notes what the example has and the event has not. Maps of properties have no fixed keys, nor have changes.
fn compare(path: &str, example: &Value, event: &Value, missing: &mut Vec<String>) {
    match (example, event) {
        (Value::Object(example), Value::Object(event)) => {
            for (key, value) in example {
                let path = format!("{path}.{key}");
                match event.get(key) {
                    None => missing.push(path),
                    Some(_) if ["properties", "previousAttributes"].contains(&key.as_str()) => {}
                    Some(found) => compare(&path, value, found, missing),
                }
            }
        }
        (Value::Array(example), Value::Array(event)) => {
            if let (Some(example), Some(event)) = (example.first(), event.first()) {
                compare(&format!("{path}[]"), example, event, missing);
            }
        }
        _ if std::mem::discriminant(example) == std::mem::discriminant(event) => {}
        _ => missing.push(format!("{path}: {event} in the place of {example}")),
    }
}
