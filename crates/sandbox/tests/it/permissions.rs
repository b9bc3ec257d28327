//! What each permission opens: files, saved queries, collaborators and comments.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use bookhook_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::Client;

/// From nothing to everything.
const PERMISSIONS: [&str; 6] = ["NONE", "VIEWER", "RECORDER", "POSTER", "EDITOR", "OWNER"];

/// A request, and the least permission that it takes.
struct Door {
    method: &'static str,
    path: String,
    body: Option<Value>,
    least: &'static str,
}

/// A book of mia's with one of everything, and all requests about that.
async fn doors(mia: &Client, book: &str) -> Vec<Door> {
    let made = async |path: &str, body: Value| {
        let made = mia.post(&format!("{book}/{path}"), body).await.ok();
        made.get("transaction").unwrap_or(&made)["id"].as_str().unwrap().to_owned()
    };
    let file = made("files", json!({"name": "a.txt", "content": "aGk="})).await;
    let query = made("queries", json!({"title": "Bank", "query": "account:Bank"})).await;
    let zoe = made("collaborators", json!({"email": "zoe@example.com", "permission": "VIEWER"})).await;
    let transaction = made("transactions", json!({"description": "lunch"})).await;
    let comments =
        format!("/sandbox{}/transactions/{transaction}/comments", book.strip_prefix("/v5").unwrap());
    let comment = mia.post(&comments, json!({"text": "?"})).await.ok()["id"].as_str().unwrap().to_owned();
    let request = format!("{book}/collaborators/request");
    let asked = mia.user("tom").call("POST", &request, None).await;
    let request = asked.headers["location"].to_str().unwrap().to_owned();

    let door = |method, path: String, body, least| Door { method, path, body, least };
    let of_book = |path: &str| format!("{book}/{path}");
    vec![
        door("GET", of_book("files"), None, "VIEWER"),
        door("GET", of_book(&format!("files/{file}")), None, "VIEWER"),
        door("POST", of_book("files"), Some(json!({"name": "b", "content": "aGk="})), "RECORDER"),
        door("PUT", of_book("files"), Some(json!({"id": file, "name": "c"})), "EDITOR"),
        door("DELETE", of_book(&format!("files/{file}")), None, "EDITOR"),
        door("GET", of_book("queries"), None, "VIEWER"),
        door("POST", of_book("queries"), Some(json!({"title": "B", "query": "b"})), "EDITOR"),
        door("PUT", of_book("queries"), Some(json!({"id": query, "title": "C"})), "EDITOR"),
        door("DELETE", of_book(&format!("queries/{query}")), None, "EDITOR"),
        door("GET", of_book("collaborators"), None, "VIEWER"),
        door(
            "POST",
            of_book("collaborators"),
            Some(json!({"email": "a@b.c", "permission": "VIEWER"})),
            "EDITOR",
        ),
        door("DELETE", of_book(&format!("collaborators/{zoe}")), None, "EDITOR"),
        door("POST", of_book("collaborators/request"), None, "NONE"),
        door("GET", request, None, "EDITOR"),
        door("POST", comments.clone(), Some(json!({"text": "!"})), "RECORDER"),
        door("DELETE", format!("{comments}/{comment}"), None, "EDITOR"),
    ]
}

async fn state(mia: &Client, book: &str) -> Vec<Value> {
    let mut state = Vec::new();
    for path in ["files", "queries", "collaborators"] {
        state.push(mia.get(&format!("{book}/{path}")).await.ok());
    }
    state
}

#[tokio::test]
async fn each_permission_opens_its_doors_and_no_others() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let (mia, ravi) = (client.user("mia"), client.user("ravi"));
    for (rank, permission) in PERMISSIONS.into_iter().enumerate() {
        let book = mia.new_book("Aurora").await;
        let doors = doors(&mia, &book).await;
        mia.share(&book, "ravi@example.com", permission).await.ok();
        for Door { method, path, body, least } in doors {
            let before = state(&mia, &book).await;
            let answer = ravi.call(method, &path, body).await;
            if PERMISSIONS[rank..].contains(&least) && least != permission {
                let (status, reason) = if rank == 0 { (404, "required") } else { (403, "forbidden") };
                answer.refused(status, reason);
                assert_eq!(state(&mia, &book).await, before, "{permission}: {method} {path}");
            } else {
                assert!(answer.status < 300, "{permission}: {method} {path}: {}", answer.json);
            }
        }
    }
}
