//! Collaborators: a book is shared, and what each of its users may do.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use bookhook_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::Client;

const RAVI: &str = "ravi@aurora.example.com";

/// A book of mia's, and what others call it with.
struct Book {
    _sandbox: Sandbox,
    mia: Client,
    ravi: Client,
    path: String,
}

impl Book {
    async fn new() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let client = Client::of(&sandbox).agent("bkper-cli");
        let (mia, ravi) = (client.user("mia"), client.user(RAVI));
        let path = mia.new_book("Aurora").await;
        Self { _sandbox: sandbox, mia, ravi, path }
    }

    async fn collaborators(&self) -> Vec<(String, String)> {
        let list = self.mia.get(&format!("{}/collaborators", self.path)).await.ok();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let items = list["items"].as_array().unwrap().iter();
        items.map(|one| (text(&one["email"]), text(&one["permission"]))).collect()
    }

    async fn remove(&self, by: &Client, id_or_email: &str) -> crate::client::Answer {
        by.delete(&format!("{}/collaborators/{id_or_email}", self.path)).await
    }
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(email, permission)| ((*email).to_owned(), (*permission).to_owned())).collect()
}

#[tokio::test]
async fn a_book_is_shared_changed_and_no_longer_shared() {
    let book = Book::new().await;
    assert_eq!(book.collaborators().await, pairs(&[("mia@example.com", "OWNER")]));
    book.ravi.get(&book.path).await.refused(404, "required");

    let added = book.mia.share(&book.path, " Ravi@Aurora.example.com", "VIEWER").await.ok();
    assert_eq!((&added["email"], &added["permission"]), (&json!(RAVI), &json!("VIEWER")));
    assert_eq!(added["agentId"], "bkper-cli");
    assert_eq!(book.ravi.get(&book.path).await.ok()["permission"], "VIEWER");

    let changed = book.mia.share(&book.path, RAVI, "EDITOR").await.ok();
    assert_eq!((&changed["id"], &changed["permission"]), (&added["id"], &json!("EDITOR")));
    assert_eq!(book.ravi.get(&book.path).await.ok()["permission"], "EDITOR");
    assert_eq!(book.collaborators().await, pairs(&[("mia@example.com", "OWNER"), (RAVI, "EDITOR")]));

    let removed = book.remove(&book.mia, added["id"].as_str().unwrap()).await.ok();
    assert_eq!(removed, changed);
    book.ravi.get(&book.path).await.refused(404, "required");
    assert_eq!(book.collaborators().await, pairs(&[("mia@example.com", "OWNER")]));
}

#[tokio::test]
async fn a_collaborator_is_removed_by_the_raw_address() {
    let book = Book::new().await;
    for address in ["ravi@aurora.example.com", "zoe+books@example.com"] {
        book.mia.share(&book.path, address, "POSTER").await.ok();
        assert_eq!(book.remove(&book.mia, address).await.ok()["email"], address);
    }
    assert_eq!(book.collaborators().await, pairs(&[("mia@example.com", "OWNER")]));
}

#[tokio::test]
async fn nobody_without_the_right_shares_a_book() {
    let book = Book::new().await;
    book.mia.share(&book.path, "zoe@example.com", "VIEWER").await.ok();
    for permission in ["POSTER", "RECORDER", "VIEWER"] {
        book.mia.share(&book.path, RAVI, permission).await.ok();
        let before = book.collaborators().await;
        book.ravi.share(&book.path, "tom@example.com", "VIEWER").await.refused(403, "forbidden");
        book.ravi.share(&book.path, RAVI, "EDITOR").await.refused(403, "forbidden");
        book.remove(&book.ravi, "zoe@example.com").await.refused(403, "forbidden");
        assert_eq!(book.collaborators().await, before);
    }
    book.mia.share(&book.path, RAVI, "NONE").await.ok();
    book.ravi.share(&book.path, "tom@example.com", "VIEWER").await.refused(404, "required");
    book.ravi.get(&format!("{}/collaborators", book.path)).await.refused(404, "required");
}

#[tokio::test]
async fn an_editor_shares_a_book_and_makes_no_owner() {
    let book = Book::new().await;
    book.mia.share(&book.path, RAVI, "EDITOR").await.ok();
    book.mia.share(&book.path, "tom@example.com", "OWNER").await.ok();
    book.ravi.share(&book.path, "zoe@example.com", "EDITOR").await.ok();
    let before = book.collaborators().await;

    book.ravi.share(&book.path, "zoe@example.com", "OWNER").await.refused(403, "forbidden");
    book.ravi.share(&book.path, RAVI, "OWNER").await.refused(403, "forbidden");
    book.ravi.share(&book.path, "new@example.com", "OWNER").await.refused(403, "forbidden");
    book.ravi.share(&book.path, "tom@example.com", "VIEWER").await.refused(403, "forbidden");
    book.remove(&book.ravi, "tom@example.com").await.refused(403, "forbidden");
    assert_eq!(book.collaborators().await, before);

    book.remove(&book.ravi, "zoe@example.com").await.ok();
    book.remove(&book.mia, "tom@example.com").await.ok();
}

#[tokio::test]
async fn the_owner_stays_the_owner() {
    let book = Book::new().await;
    book.mia.share(&book.path, RAVI, "OWNER").await.ok();
    let before = book.collaborators().await;
    for client in [&book.mia, &book.ravi] {
        let message = client.share(&book.path, "mia@example.com", "EDITOR").await.refused(409, "conflict");
        assert_eq!(message, "mia owns the book, and stays its owner");
        book.remove(client, "mia@example.com").await.refused(409, "conflict");
    }
    // What changes nothing is no mistake.
    book.mia.share(&book.path, "mia@example.com", "OWNER").await.ok();
    assert_eq!(book.collaborators().await, before);
}

#[tokio::test]
async fn who_asks_for_a_book_leaves_a_request() {
    let book = Book::new().await;
    let path = format!("{}/collaborators/request", book.path);
    let asked = book.ravi.call("POST", &format!("{path}?permission=POSTER&message=Please"), None).await;
    assert_eq!((asked.status, &asked.json), (204, &Value::Null));
    let request = asked.headers["location"].to_str().unwrap();

    let shown = book.mia.get(request).await.ok();
    assert_eq!((&shown["email"], &shown["permission"]), (&json!(RAVI), &json!("POSTER")));
    assert_eq!(shown.get("id"), None);
    book.ravi.get(&book.path).await.refused(404, "required");
    // As the client does it that was sent the request.
    book.mia.post(&format!("{}/collaborators", book.path), shown).await.ok();
    assert_eq!(book.ravi.get(&book.path).await.ok()["permission"], "POSTER");

    book.ravi.get(request).await.refused(403, "forbidden");
    book.mia.get(&format!("{path}/none")).await.refused(404, "notFound");
    book.ravi.call("POST", &format!("{path}?permission=KING"), None).await.refused(400, "invalidParameter");
    book.ravi.call("POST", "/v5/books/none/collaborators/request", None).await.refused(404, "notFound");
}

#[tokio::test]
async fn what_is_wrong_with_a_collaborator_changes_nothing() {
    let book = Book::new().await;
    let path = format!("{}/collaborators", book.path);
    for (body, reason) in [
        (json!({"permission": "VIEWER"}), "required"),
        (json!({"email": RAVI}), "required"),
        (json!({"email": RAVI, "permission": "KING"}), "invalidParameter"),
        (json!({"email": "ravi", "permission": "VIEWER"}), "invalidParameter"),
        (json!({"email": "@aurora.example.com", "permission": "VIEWER"}), "invalidParameter"),
        (json!({"email": "ra vi@aurora.example.com", "permission": "VIEWER"}), "invalidParameter"),
        (json!({"email": "ravi@aurora@example.com", "permission": "VIEWER"}), "invalidParameter"),
    ] {
        book.mia.post(&path, body).await.refused(400, reason);
    }
    book.remove(&book.mia, "nobody@example.com").await.refused(404, "notFound");
    book.mia.get("/v5/books/none/collaborators").await.refused(404, "notFound");
    assert_eq!(book.collaborators().await, pairs(&[("mia@example.com", "OWNER")]));
}
