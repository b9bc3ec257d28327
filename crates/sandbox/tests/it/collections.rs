//! Collections: books that belong together, as each user sees them.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use bookhook_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::Client;

async fn book(client: &Client, name: &str) -> String {
    id(&client.post("/v5/books", json!({"name": name})).await.ok())
}

async fn collection(client: &Client, name: &str) -> String {
    id(&client.post("/v5/collections", json!({"name": name})).await.ok())
}

fn id(resource: &Value) -> String {
    resource["id"].as_str().unwrap().to_owned()
}

fn names(books: &Value) -> Vec<&str> {
    books.as_array().unwrap().iter().map(|book| book["name"].as_str().unwrap()).collect()
}

/// A list of books as a client sends it: with their ids.
fn list(ids: &[&str]) -> Value {
    json!({"items": ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>()})
}

async fn add(client: &Client, collection: &str, books: &[&str]) -> Value {
    client.patch(&format!("/v5/collections/{collection}/books/add"), list(books)).await.ok()
}

#[tokio::test]
async fn a_collection_is_created_renamed_listed_and_deleted() {
    let sandbox = Sandbox::start().await.unwrap();
    let mia = Client::of(&sandbox).user("mia").agent("bkper-cli");
    assert_eq!(mia.get("/v5/collections").await.ok(), json!({"items": []}));

    let created = mia.post("/v5/collections", json!({"name": "Aurora", "id": "mine"})).await.ok();
    for (field, value) in [
        ("name", json!("Aurora")),
        ("ownerUsername", json!("mia")),
        ("permission", json!("OWNER")),
        ("agentId", json!("bkper-cli")),
        ("books", json!([])),
    ] {
        assert_eq!(created[field], value, "{field}");
    }
    let id = id(&created);
    assert_ne!(id, "mine");

    let renamed = mia.put("/v5/collections", json!({"id": id, "name": "Aurora Ventures"})).await.ok();
    assert_eq!((&renamed["id"], &renamed["name"]), (&json!(id), &json!("Aurora Ventures")));
    assert_eq!(mia.get("/v5/collections").await.ok(), json!({"items": [renamed]}));

    let usd = book(&mia, "USD").await;
    add(&mia, &id, &[&usd]).await;
    let books = mia.delete(&format!("/v5/collections/{id}")).await.ok();
    assert_eq!(names(&books["items"]), ["USD"]);
    assert_eq!(mia.get("/v5/collections").await.ok(), json!({"items": []}));
    assert_eq!(mia.get(&format!("/v5/books/{usd}")).await.ok().get("collection"), None);
}

#[tokio::test]
async fn every_answer_with_a_book_carries_its_siblings_with_all_their_settings() {
    let sandbox = Sandbox::start().await.unwrap();
    let mia = Client::of(&sandbox).user("mia");
    let (usd, eur) = (book(&mia, "USD").await, book(&mia, "EUR").await);
    let aurora = collection(&mia, "Aurora").await;
    let added = add(&mia, &aurora, &[&usd, &eur]).await;
    assert_eq!(names(&added["items"]), ["USD", "EUR"]);

    let shown = mia.get(&format!("/v5/books/{usd}")).await.ok();
    assert_eq!(shown["collection"]["name"], "Aurora");
    assert_eq!(names(&shown["collection"]["books"]), ["USD", "EUR"]);
    for sibling in shown["collection"]["books"].as_array().unwrap() {
        for field in [
            "id",
            "name",
            "properties",
            "permission",
            "fractionDigits",
            "datePattern",
            "decimalSeparator",
            "timeZone",
            "timeZoneOffset",
            "pageSize",
            "period",
            "periodStartMonth",
            "lastUpdateMs",
        ] {
            assert!(sibling.get(field).is_some(), "{field}");
        }
        assert_eq!(sibling.get("collection"), None);
    }
    let listed = mia.get("/v5/books").await.ok();
    assert!(listed["items"].as_array().unwrap().iter().all(|book| book["collection"]["id"] == aurora));
}

#[tokio::test]
async fn a_changed_book_is_shown_changed_in_its_own_answer() {
    let sandbox = Sandbox::start().await.unwrap();
    let mia = Client::of(&sandbox).user("mia");
    let usd = book(&mia, "USD").await;
    add(&mia, &collection(&mia, "Aurora").await, &[&usd]).await;

    // As bots do: what came inside of the collection goes back.
    let mut sibling = mia.get(&format!("/v5/books/{usd}")).await.ok()["collection"]["books"][0].clone();
    sibling["lockDate"] = json!("2025-12-31");
    let changed = mia.put(&format!("/v5/books/{usd}"), sibling).await.ok();
    assert_eq!(changed["collection"]["books"][0]["lockDate"], "2025-12-31");
    assert_eq!(changed["collection"]["books"][0]["lastUpdateMs"], changed["lastUpdateMs"]);
}

#[tokio::test]
async fn a_book_is_in_one_collection_and_moves_to_another() {
    let sandbox = Sandbox::start().await.unwrap();
    let mia = Client::of(&sandbox).user("mia");
    let usd = book(&mia, "USD").await;
    let (old, new) = (collection(&mia, "Old").await, collection(&mia, "New").await);
    add(&mia, &old, &[&usd]).await;
    add(&mia, &new, &[&usd]).await;
    assert_eq!(mia.get(&format!("/v5/books/{usd}")).await.ok()["collection"]["name"], "New");
    let collections = mia.get("/v5/collections").await.ok();
    assert_eq!(collections["items"][0]["books"], json!([]));
    assert_eq!(names(&collections["items"][1]["books"]), ["USD"]);
    // Once more is no mistake.
    assert_eq!(names(&add(&mia, &new, &[&usd]).await["items"]), ["USD"]);
}

#[tokio::test]
async fn books_are_taken_out() {
    let sandbox = Sandbox::start().await.unwrap();
    let mia = Client::of(&sandbox).user("mia");
    let (usd, eur) = (book(&mia, "USD").await, book(&mia, "EUR").await);
    let aurora = collection(&mia, "Aurora").await;
    add(&mia, &aurora, &[&usd]).await;
    let path = format!("/v5/collections/{aurora}/books/remove");
    let removed = mia.patch(&path, list(&[&usd, &eur])).await.ok();
    assert_eq!(names(&removed["items"]), ["USD"]);
    assert_eq!(mia.get("/v5/collections").await.ok()["items"][0]["books"], json!([]));
}

#[tokio::test]
async fn each_user_sees_those_books_that_the_user_may_see() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let (mia, zoe) = (client.user("mia"), client.user("zoe"));
    let open = id(&mia.post("/v5/books", json!({"name": "Open", "visibility": "PUBLIC"})).await.ok());
    let own = book(&mia, "Own").await;
    add(&mia, &collection(&mia, "Aurora").await, &[&open, &own]).await;

    let to_mia = mia.get(&format!("/v5/books/{open}")).await.ok();
    assert_eq!(names(&to_mia["collection"]["books"]), ["Open", "Own"]);
    let to_zoe = zoe.get(&format!("/v5/books/{open}")).await.ok();
    assert_eq!(names(&to_zoe["collection"]["books"]), ["Open"]);
    assert_eq!(to_zoe["collection"]["permission"], "NONE");
    assert_eq!(to_zoe["collection"]["books"][0]["permission"], "VIEWER");
    // What anyone may read by its link is in nobody's list.
    assert_eq!(zoe.get("/v5/collections").await.ok(), json!({"items": []}));
}

#[tokio::test]
async fn only_its_owner_changes_a_collection() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let (mia, zoe) = (client.user("mia"), client.user("zoe"));
    let (aurora, theirs) = (collection(&mia, "Aurora").await, book(&zoe, "Theirs").await);
    let path = format!("/v5/collections/{aurora}");
    for (method, path, body) in [
        ("PUT", "/v5/collections".to_owned(), Some(json!({"id": aurora, "name": "Stolen"}))),
        ("DELETE", path.clone(), None),
        ("PATCH", format!("{path}/books/add"), Some(list(&[&theirs]))),
        ("PATCH", format!("{path}/books/remove"), Some(list(&[&theirs]))),
    ] {
        let message = zoe.call(method, &path, body).await.refused(403, "forbidden");
        assert_eq!(message, "the collection belongs to mia, and only its owner may change it");
    }
    let left = mia.get("/v5/collections").await.ok();
    assert_eq!((&left["items"][0]["name"], &left["items"][0]["books"]), (&json!("Aurora"), &json!([])));
}

#[tokio::test]
async fn what_is_wrong_with_a_collection_changes_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let (mia, zoe) = (client.user("mia"), client.user("zoe"));
    let (usd, theirs) = (book(&mia, "USD").await, book(&zoe, "Theirs").await);
    let aurora = collection(&mia, "Aurora").await;
    let before = mia.get("/v5/collections").await.ok();

    let add = format!("/v5/collections/{aurora}/books/add");
    mia.patch(&add, list(&[&usd, "none"])).await.refused(404, "notFound");
    mia.patch(&add, list(&[&usd, &theirs])).await.refused(404, "required");
    mia.patch(&add, json!({"items": [{"id": usd}, {"name": "USD"}]})).await.refused(400, "required");
    mia.patch("/v5/collections/none/books/add", list(&[&usd])).await.refused(404, "notFound");
    mia.patch(&format!("/v5/collections/{aurora}/books/remove"), list(&["none"]))
        .await
        .refused(404, "notFound");
    mia.post("/v5/collections", json!({})).await.refused(400, "required");
    mia.post("/v5/collections", json!({"name": " "})).await.refused(400, "required");
    mia.put("/v5/collections", json!({"name": "New"})).await.refused(400, "required");
    mia.put("/v5/collections", json!({"id": aurora, "name": ""})).await.refused(400, "required");
    mia.put("/v5/collections", json!({"id": "none", "name": "New"})).await.refused(404, "notFound");
    mia.delete("/v5/collections/none").await.refused(404, "notFound");
    assert_eq!(mia.get("/v5/collections").await.ok(), before);
}

#[tokio::test]
async fn two_users_see_each_their_part_of_one_collection() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let (mia, ravi, tom) = (client.user("mia"), client.user("ravi"), client.user("tom"));
    let (usd, eur, gbp) = (book(&mia, "USD").await, book(&mia, "EUR").await, book(&mia, "GBP").await);
    let aurora = collection(&mia, "Aurora").await;
    add(&mia, &aurora, &[&usd, &eur, &gbp]).await;
    let share = async |book: &str, email: &str, permission: &str| {
        mia.share(&format!("/v5/books/{book}"), email, permission).await.ok();
    };
    share(&usd, "ravi@example.com", "EDITOR").await;
    share(&eur, "ravi@example.com", "RECORDER").await;
    share(&eur, "tom@example.com", "VIEWER").await;

    for (user, book, seen) in [
        (&mia, &usd, vec![("USD", "OWNER"), ("EUR", "OWNER"), ("GBP", "OWNER")]),
        (&ravi, &usd, vec![("USD", "EDITOR"), ("EUR", "RECORDER")]),
        (&tom, &eur, vec![("EUR", "VIEWER")]),
    ] {
        let shown = user.get(&format!("/v5/books/{book}")).await.ok();
        let books = shown["collection"]["books"].as_array().unwrap().iter();
        let books = books.map(|book| (book["name"].as_str().unwrap(), book["permission"].as_str().unwrap()));
        assert_eq!(books.collect::<Vec<_>>(), seen);
        // The list of collections shows the same.
        assert_eq!(user.get("/v5/collections").await.ok()["items"], json!([shown["collection"]]));
    }
}

#[tokio::test]
async fn a_book_leaves_somebody_elses_collection_only_with_who_manages_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let (mia, ravi) = (client.user("mia"), client.user("ravi"));
    let usd = book(&mia, "USD").await;
    let usd_path = format!("/v5/books/{usd}");
    add(&mia, &collection(&mia, "Aurora").await, &[&usd]).await;
    let theirs = format!("/v5/collections/{}/books/add", collection(&ravi, "Mine").await);

    mia.share(&usd_path, "ravi@example.com", "POSTER").await.ok();
    ravi.patch(&theirs, list(&[&usd])).await.refused(403, "forbidden");
    assert_eq!(mia.get(&usd_path).await.ok()["collection"]["name"], "Aurora");

    mia.share(&usd_path, "ravi@example.com", "EDITOR").await.ok();
    ravi.patch(&theirs, list(&[&usd])).await.ok();
    assert_eq!(mia.get(&usd_path).await.ok()["collection"]["name"], "Mine");
}
