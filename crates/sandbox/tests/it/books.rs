//! Books: created, listed, changed, deleted.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use bookhook_sandbox::Sandbox;
use serde_json::json;

use crate::client::{Client, given_a_book};

#[tokio::test]
async fn a_book_with_only_a_name_has_bkpers_defaults() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox).user("mia");
    let book = client.post("/v5/books/", json!({"name": "Aurora"})).await.ok();
    for (field, value) in [
        ("name", json!("Aurora")),
        ("ownerName", json!("mia")),
        ("permission", json!("OWNER")),
        ("visibility", json!("PRIVATE")),
        ("datePattern", json!("dd/MM/yyyy")),
        ("decimalSeparator", json!("DOT")),
        ("fractionDigits", json!(2)),
        ("timeZone", json!("UTC")),
        ("autoPost", json!(true)),
        ("properties", json!({})),
    ] {
        assert_eq!(book[field], value, "{field}");
    }
    let id = book["id"].as_str().unwrap();
    assert_eq!(client.get(&format!("/v5/books/{id}?")).await.ok(), book);
    assert_eq!(client.get(&format!("/_ah/api/bkper/v5/books/{id}/?&&x=1&")).await.ok(), book);
}

#[tokio::test]
async fn the_clearing_date_reopens_a_book() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox).user("mia");
    let book = client.post("/v5/books", json!({"name": "Aurora", "lockDate": "2026-01-31"})).await.ok();
    assert_eq!(book["lockDate"], "2026-01-31");
    let path = format!("/v5/books/{}", book["id"].as_str().unwrap());
    let book = client.put(&path, json!({"lockDate": "1900-00-00"})).await.ok();
    assert_eq!(book.get("lockDate"), None);
}

/// Clients compare it, to know whether they have to read again.
#[tokio::test]
async fn every_change_is_seen_in_the_time_of_the_last_one_even_within_a_moment() {
    let (_sandbox, mia, book) = given_a_book().await;
    mia.put("/sandbox/clock", json!({"running": false})).await.ok();
    let last_update = async || mia.get(&book).await.ok()["lastUpdateMs"].clone();
    let mut seen = vec![last_update().await];
    for name in ["Bank", "Cash"] {
        mia.post(&format!("{book}/accounts"), json!({"name": name})).await.ok();
        seen.push(last_update().await);
    }
    assert!(seen.is_sorted_by(|one, next| one.as_str() < next.as_str()), "{seen:?}");
    assert_eq!(last_update().await, seen[2]);
}

#[tokio::test]
async fn null_empties_properties_whatever_they_are_of() {
    let (_sandbox, mia, book) = given_a_book().await;
    let properties = json!({"code": "a1"});
    let resources = [
        ("", json!({})),
        ("/accounts", json!({"name": "Bank"})),
        ("/groups", json!({"name": "Assets"})),
        ("/files", json!({"name": "a.txt", "content": "aGk="})),
    ];
    for (path, mut body) in resources {
        let path = format!("{book}{path}");
        body["properties"] = properties.clone();
        let made = if path == book { mia.put(&path, body).await } else { mia.post(&path, body).await };
        let made = made.ok();
        assert_eq!(made["properties"], properties, "{path}");
        let unsaid = mia.put(&path, json!({"id": made["id"]})).await.ok();
        assert_eq!(unsaid["properties"], properties, "{path}");
        let emptied = mia.put(&path, json!({"id": made["id"], "properties": null})).await.ok();
        assert_eq!(emptied["properties"], json!({}), "{path}");
    }
}

#[tokio::test]
async fn a_strangers_book_is_not_found_and_says_why() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let book = client.user("mia").post("/v5/books", json!({"name": "Aurora"})).await.ok();
    let id = book["id"].as_str().unwrap();
    let refused = client.user("zoe@elsewhere.example").get(&format!("/v5/books/{id}")).await;
    let expected =
        format!("The user [zoe@elsewhere.example] is not a collaborator on the book [Aurora - {id}]");
    assert_eq!(refused.refused(404, "required"), expected);
    assert_eq!(client.get("/v5/books/none").await.refused(404, "notFound"), "book not found: none");
}

#[tokio::test]
async fn an_unknown_value_is_refused_as_clients_expect_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let message = client.post("/v5/books", json!({"name": "A", "decimalSeparator": "BAD"})).await;
    let message = message.refused(400, "invalidParameter");
    assert!(message.contains("InvalidFormatException") && message.contains("BAD"), "{message}");
    assert_eq!(client.get("/v5/books").await.ok()["items"], json!([]));
}
