//! What is told of files, saved queries, collaborators and comments.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use bookhook_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::Client;
use crate::receiver::Receiver;

const TYPES: [&str; 11] = [
    "FILE_CREATED",
    "FILE_UPDATED",
    "FILE_DELETED",
    "QUERY_CREATED",
    "QUERY_UPDATED",
    "QUERY_DELETED",
    "COLLABORATOR_ADDED",
    "COLLABORATOR_UPDATED",
    "COLLABORATOR_REMOVED",
    "COMMENT_CREATED",
    "COMMENT_DELETED",
];

/// A book of mia's, and an app in it that is told everything of this room.
struct Told {
    sandbox: Sandbox,
    app: Receiver,
    mia: Client,
    book: String,
}

impl Told {
    async fn new(manifest: Value) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let app = Receiver::silent().await;
        let mia = Client::of(&sandbox).user("mia").agent("bkper-cli");
        let book = mia.new_book("Aurora").await;
        let mut app_body = app.manifest("listener", &TYPES);
        app_body.as_object_mut().unwrap().extend(manifest.as_object().unwrap().clone());
        mia.post("/v5/apps", app_body).await.ok();
        mia.post(&format!("{book}/integrations"), json!({"agentId": "listener"})).await.ok();
        Self { sandbox, app, mia, book }
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        self.mia.call(method, &format!("{}/{path}", self.book), Some(body)).await.ok()
    }

    async fn delete(&self, path: &str, of: &Value) -> Value {
        self.mia.delete(&format!("{}/{path}/{}", self.book, of["id"].as_str().unwrap())).await.ok()
    }

    /// The events that came, in their order.
    async fn events(&self) -> Vec<Value> {
        self.sandbox.settled().await;
        self.app.received().into_iter().map(|call| call.event).collect()
    }
}

/// Checks that the event is of this type, and about this object.
#[track_caller]
fn is_about(event: &Value, what: &str, object: &Value) {
    assert_eq!(event["type"], what);
    assert_eq!(&event["data"]["object"], object, "{what}");
    assert_eq!((&event["user"]["username"], &event["agent"]["id"]), (&json!("mia"), &json!("bkper-cli")));
}

#[track_caller]
fn has_previous(event: &Value, previous: Option<&Value>) {
    assert_eq!(event["data"].get("previousAttributes"), previous, "{}", event["type"]);
}

#[tokio::test]
async fn a_saved_query_tells_of_its_life() {
    let told = Told::new(json!({})).await;
    let made = told.call("POST", "queries", json!({"title": "Bank", "query": "account:Bank"})).await;
    let changed = told.call("PUT", "queries", json!({"id": made["id"], "title": "All"})).await;
    // What changes nothing is not told.
    told.call("PUT", "queries", changed.clone()).await;
    told.delete("queries", &made).await;

    let events = told.events().await;
    assert_eq!(events.len(), 3);
    for (event, (what, object, previous)) in events.iter().zip([
        ("QUERY_CREATED", &made, None),
        ("QUERY_UPDATED", &changed, Some(&json!({"title": "Bank"}))),
        ("QUERY_DELETED", &changed, None),
    ]) {
        is_about(event, what, object);
        has_previous(event, previous);
        assert_eq!(event["resource"], made["id"]);
    }
}

#[tokio::test]
async fn a_file_tells_of_its_life_without_its_content() {
    let told = Told::new(json!({})).await;
    let file = json!({"name": "a.txt", "content": "aGk=", "properties": {"group_id": "1"}});
    let made = told.call("POST", "files", file).await;
    let change =
        json!({"id": made["id"], "content": "aGVsbG8=", "name": "b.txt", "properties": {"account_id": "2"}});
    let changed = told.call("PUT", "files", change).await;
    let same_size = told.call("PUT", "files", json!({"id": made["id"], "content": "aGFsbG8="})).await;
    told.call("PUT", "files", json!({"id": made["id"], "content": "aGFsbG8=", "name": "b.txt"})).await;
    told.delete("files", &made).await;

    let events = told.events().await;
    assert_eq!(events.len(), 4);
    let previous = json!({"name": "a.txt", "size": "2", "group_id": "1", "account_id": ""});
    for (event, (what, object, previous)) in events.iter().zip([
        ("FILE_CREATED", &made, None),
        ("FILE_UPDATED", &changed, Some(&previous)),
        ("FILE_UPDATED", &same_size, Some(&json!({}))),
        ("FILE_DELETED", &same_size, None),
    ]) {
        is_about(event, what, object);
        has_previous(event, previous);
        assert_eq!(event["resource"], made["id"]);
        assert_eq!(object.get("content"), None);
    }
}

#[tokio::test]
async fn an_app_with_patterns_gets_the_content_of_the_files_that_match() {
    let told = Told::new(json!({"events": [], "filePatterns": ["*.ofx"]})).await;
    told.call("POST", "files", json!({"name": "a.txt", "content": "aGk="})).await;
    let mut statement = told.call("POST", "files", json!({"name": "bank.ofx", "content": "aGVsbG8="})).await;
    let events = told.events().await;
    assert_eq!(events.len(), 1);
    statement["content"] = json!("aGVsbG8=");
    is_about(&events[0], "FILE_CREATED", &statement);
}

#[tokio::test]
async fn an_attachment_is_not_told_of_as_a_new_file() {
    let told = Told::new(json!({"filePatterns": ["*"]})).await;
    let properties = json!({"upload_method": "attachment"});
    let made =
        told.call("POST", "files", json!({"name": "a", "content": "aGk=", "properties": properties})).await;
    let inline = json!({"description": "lunch", "files": [{"name": "b", "content": "aGk="}]});
    told.call("POST", "transactions", inline).await;
    assert_eq!(told.events().await, Vec::<Value>::new());
    told.delete("files", &made).await;
    is_about(&told.events().await[0], "FILE_DELETED", &made);
}

#[tokio::test]
async fn a_collaborator_tells_of_coming_changing_and_leaving() {
    let told = Told::new(json!({})).await;
    let added = told.mia.share(&told.book, "ravi@example.com", "VIEWER").await.ok();
    let changed = told.mia.share(&told.book, "ravi@example.com", "EDITOR").await.ok();
    told.mia.share(&told.book, "ravi@example.com", "EDITOR").await.ok();
    told.delete("collaborators", &added).await;

    let events = told.events().await;
    assert_eq!(events.len(), 3);
    for (event, (what, object, previous)) in events.iter().zip([
        ("COLLABORATOR_ADDED", &added, None),
        ("COLLABORATOR_UPDATED", &changed, Some(&json!({"permission": "VIEWER"}))),
        ("COLLABORATOR_REMOVED", &changed, None),
    ]) {
        is_about(event, what, object);
        has_previous(event, previous);
        assert_eq!(event["resource"], added["id"]);
    }
}

#[tokio::test]
async fn a_comment_is_told_of_with_its_transaction() {
    let told = Told::new(json!({})).await;
    let made = told.call("POST", "transactions", json!({"description": "lunch"})).await;
    let transaction = &made["transaction"]["id"];
    let book = told.book.strip_prefix("/v5").unwrap();
    let path = format!("/sandbox{book}/transactions/{}/comments", transaction.as_str().unwrap());
    let comment = told.mia.post(&path, json!({"text": "Where is the invoice?"})).await.ok();
    told.mia.delete(&format!("{path}/{}", comment["id"].as_str().unwrap())).await.ok();

    let events = told.events().await;
    assert_eq!(events.len(), 2);
    for (event, what) in events.iter().zip(["COMMENT_CREATED", "COMMENT_DELETED"]) {
        is_about(event, what, &comment);
        has_previous(event, None);
        assert_eq!(&event["resource"], transaction);
    }
}

#[tokio::test]
async fn every_event_carries_the_collection_as_its_causer_sees_it() {
    let told = Told::new(json!({})).await;
    let id = |path: &str| json!({"id": path.rsplit('/').next().unwrap()});
    let sibling = told.mia.new_book("Sibling").await;
    let collection = told.mia.post("/v5/collections", json!({"name": "Ventures"})).await.ok();
    let add = format!("/v5/collections/{}/books/add", collection["id"].as_str().unwrap());
    told.mia.patch(&add, json!({"items": [id(&told.book), id(&sibling)]})).await.ok();
    told.mia.share(&told.book, "ravi@example.com", "EDITOR").await.ok();
    let query = json!({"title": "Bank", "query": "account:Bank"});
    told.mia.user("ravi").post(&format!("{}/queries", told.book), query).await.ok();

    let events = told.events().await;
    let seen = |event: &Value| {
        let books = event["book"]["collection"]["books"].as_array().unwrap().clone();
        let seen = |book: &Value| (book["name"].clone(), book["permission"].clone());
        books.iter().map(seen).collect::<Vec<_>>()
    };
    let (aurora, sibling) = (json!("Aurora"), json!("Sibling"));
    assert_eq!(seen(&events[0]), [(aurora.clone(), json!("OWNER")), (sibling, json!("OWNER"))]);
    assert_eq!(seen(&events[1]), [(aurora, json!("EDITOR"))]);
    assert_eq!(events[1]["user"]["username"], "ravi");
}

#[tokio::test]
async fn what_is_refused_is_not_told() {
    let told = Told::new(json!({})).await;
    let zoe = told.mia.user("zoe");
    told.mia.share(&told.book, "zoe@example.com", "VIEWER").await.ok();
    for (path, body) in [
        ("files", json!({"name": "a", "content": "?"})),
        ("files", json!({"content": "aGk="})),
        ("queries", json!({"title": "a"})),
        ("collaborators", json!({"email": "nobody", "permission": "VIEWER"})),
        ("collaborators", json!({"email": "mia@example.com", "permission": "VIEWER"})),
    ] {
        let path = format!("{}/{path}", told.book);
        assert!(told.mia.post(&path, body.clone()).await.status >= 400);
        assert_eq!(zoe.post(&path, body).await.status, 403);
    }
    assert_eq!(told.events().await.len(), 1, "that zoe came");
}
