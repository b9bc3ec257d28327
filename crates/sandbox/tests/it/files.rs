//! Files: sent to a book, listed in pages, fetched as they were sent.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bookhook_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::Client;

const MEGABYTES: usize = 1024 * 1024;

struct Book {
    _sandbox: Sandbox,
    mia: Client,
    path: String,
}

impl Book {
    async fn new() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let mia = Client::of(&sandbox).user("mia").agent("bkper-cli");
        let book = mia.post("/v5/books", json!({"name": "Aurora"})).await.ok();
        let path = format!("/v5/books/{}/files", book["id"].as_str().unwrap());
        Self { _sandbox: sandbox, mia, path }
    }

    async fn send(&self, file: Value) -> Value {
        self.mia.post(&self.path, file).await.ok()
    }

    async fn fetch(&self, file: &Value) -> Value {
        self.mia.get(&format!("{}/{}", self.path, file["id"].as_str().unwrap())).await.ok()
    }

    async fn list(&self) -> Value {
        self.mia.get(&self.path).await.ok()
    }
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_file_comes_down_as_it_went_up() {
    let book = Book::new().await;
    let receipt = json!({"name": "receipt-0042.pdf", "contentType": "application/pdf",
        "content": "JVBERi0xLjQKJWRlbW8gcmVjZWlwdAolJUVPRgo=", "properties": {"Account ID": "5733"},
        "id": "temporary_1", "size": 7, "createdAt": "12"});
    let created = book.send(receipt.clone()).await;
    for (field, value) in [
        ("name", json!("receipt-0042.pdf")),
        ("contentType", json!("application/pdf")),
        ("size", json!(29)),
        ("properties", json!({"account_id": "5733"})),
        ("agentId", json!("bkper-cli")),
    ] {
        assert_eq!(created[field], value, "{field}");
    }
    assert_ne!(created["id"], "temporary_1");
    assert_ne!(created["createdAt"], "12");
    assert_eq!(created.get("content"), None);

    let mut with_content = created.clone();
    with_content["content"] = receipt["content"].clone();
    assert_eq!(book.fetch(&created).await, with_content);
    assert_eq!(book.list().await, json!({"items": [created]}));
}

#[tokio::test]
async fn twenty_megabytes_go_up_and_come_down_and_not_one_byte_more() {
    let book = Book::new().await;
    let bytes: Vec<u8> = (0..20 * MEGABYTES).map(|place| u8::try_from(place * 31 % 251).unwrap()).collect();
    let content = BASE64.encode(&bytes);
    let created = book.send(json!({"name": "scan.tiff", "content": content})).await;
    assert_eq!(created["size"], 20 * MEGABYTES);
    assert!(book.fetch(&created).await["content"] == content.as_str(), "the same text");

    let larger = BASE64.encode([&bytes[..], b"x"].concat());
    book.mia.post(&book.path, json!({"name": "b", "content": larger})).await.refused(413, "invalidParameter");
    let huge = "A".repeat(40 * MEGABYTES);
    book.mia.post(&book.path, json!({"name": "b", "content": huge})).await.refused(413, "invalidParameter");
    assert_eq!(book.list().await, json!({"items": [created]}));
}

#[tokio::test]
async fn files_are_listed_newest_first_in_pages_that_new_files_do_not_move() {
    let book = Book::new().await;
    for name in ["a", "b", "c", "d", "e"] {
        book.send(json!({"name": name, "content": "aGk="})).await;
    }
    let page = |cursor: String| {
        let (mia, path) = (book.mia.clone(), format!("{}?limit=2", book.path));
        async move { mia.send("GET", &path, None, &[("cursor", &cursor)]).await.ok() }
    };
    let first = page(String::new()).await;
    assert_eq!(names(&first), ["e", "d"]);
    book.send(json!({"name": "f", "content": "aGk="})).await;
    let second = page(first["cursor"].as_str().unwrap().to_owned()).await;
    assert_eq!(names(&second), ["c", "b"]);
    let third = page(second["cursor"].as_str().unwrap().to_owned()).await;
    assert_eq!((names(&third), third.get("cursor")), (vec!["a"], None));
    assert_eq!(names(&page("of nobody".to_owned()).await), ["f", "e"]);
}

#[tokio::test]
async fn a_page_has_a_hundred_files() {
    let book = Book::new().await;
    for number in 0..101 {
        book.send(json!({"name": format!("{number}"), "content": "aGk="})).await;
    }
    assert_eq!(names(&book.list().await).len(), 100);
    assert_eq!(names(&book.mia.get(&format!("{}?limit=0", book.path)).await.ok()).len(), 100);
    assert_eq!(names(&book.mia.get(&format!("{}?limit=9999", book.path)).await.ok()).len(), 101);
}

#[tokio::test]
async fn what_is_sent_changes_and_what_is_not_sent_stays() {
    let book = Book::new().await;
    let sent = book.send(json!({"name": "a.txt", "contentType": "text/plain", "content": "aGk="})).await;
    let renamed = book.mia.put(&book.path, json!({"id": sent["id"], "name": "b.txt"})).await.ok();
    assert_eq!((&renamed["name"], &renamed["contentType"]), (&json!("b.txt"), &json!("text/plain")));
    assert_eq!(book.fetch(&sent).await["content"], "aGk=");

    let replaced = book.mia.put(&book.path, json!({"id": sent["id"], "content": "aGVsbG8="})).await.ok();
    assert_eq!((&replaced["size"], replaced.get("content")), (&json!(5), None));
    assert_eq!(book.fetch(&sent).await["content"], "aGVsbG8=");
}

#[tokio::test]
async fn a_deleted_file_is_gone() {
    let book = Book::new().await;
    let sent = book.send(json!({"name": "a.txt", "content": "aGk="})).await;
    let path = format!("{}/{}", book.path, sent["id"].as_str().unwrap());
    assert_eq!(book.mia.delete(&path).await.ok(), sent);
    book.mia.get(&path).await.refused(404, "notFound");
    book.mia.delete(&path).await.refused(404, "notFound");
    assert_eq!(book.list().await, json!({"items": []}));
}

#[tokio::test]
async fn a_file_of_another_book_is_copied_where_its_sender_sees_it() {
    let book = Book::new().await;
    let sent = book.send(json!({"name": "a.txt", "contentType": "text/plain", "content": "aGk="})).await;
    let copy_by = |client: Client| {
        let body =
            json!({"id": sent["id"], "name": "copy.txt", "properties": {"upload_method": "attachment"}});
        async move {
            let other = client.post("/v5/books", json!({"name": "Other"})).await.ok();
            let path = format!("/v5/books/{}/files", other["id"].as_str().unwrap());
            let copy = client.post(&path, body).await.ok();
            client.get(&format!("{path}/{}", copy["id"].as_str().unwrap())).await.ok()
        }
    };
    let copy = copy_by(book.mia.clone()).await;
    assert_ne!(copy["id"], sent["id"]);
    assert_eq!((&copy["name"], &copy["content"]), (&json!("copy.txt"), &json!("aGk=")));
    assert_eq!((&copy["contentType"], &copy["size"]), (&json!("text/plain"), &json!(2)));
    // To others the file is as good as unknown: there is nothing to copy.
    let empty = copy_by(book.mia.user("zoe")).await;
    assert_eq!((&empty["content"], &empty["size"]), (&json!(""), &json!(0)));
}

#[tokio::test]
async fn what_is_wrong_with_a_file_changes_nothing() {
    let book = Book::new().await;
    let sent = book.send(json!({"name": "a.txt", "content": "aGk="})).await;
    let (mia, path) = (&book.mia, book.path.as_str());
    let id = &sent["id"];
    let message =
        mia.post(path, json!({"name": "b", "content": "no Base64!"})).await.refused(400, "invalidParameter");
    assert!(message.starts_with("content: no Base64"), "{message}");
    mia.post(path, json!({"content": "aGk="})).await.refused(400, "required");
    mia.post(path, json!({"name": "", "content": "aGk="})).await.refused(400, "required");
    mia.post(path, json!({"name": "b", "content": 7})).await.refused(400, "invalidParameter");
    mia.post(path, json!({"name": "b", "properties": {"a".repeat(31): "x"}}))
        .await
        .refused(400, "invalidParameter");
    mia.put(path, json!({"name": "b"})).await.refused(400, "required");
    mia.put(path, json!({"id": id, "name": " "})).await.refused(400, "required");
    mia.put(path, json!({"id": id, "name": "b", "content": "?"})).await.refused(400, "invalidParameter");
    mia.put(path, json!({"id": "none", "name": "b"})).await.refused(404, "notFound");
    mia.get(&format!("{path}/none")).await.refused(404, "notFound");
    mia.get(&format!("{path}?limit=many")).await.refused(400, "invalidParameter");
    mia.get("/v5/books/none/files").await.refused(404, "notFound");
    mia.user("zoe").get(path).await.refused(404, "required");
    assert_eq!(book.list().await, json!({"items": [sent]}));
}

#[tokio::test]
async fn the_url_of_a_file_leads_to_its_bytes_without_a_token() {
    let book = Book::new().await;
    let sent = book
        .send(json!({"name": "Kassenbon März/1.html", "contentType": "text/html",
        "content": "PGI+aGk8L2I+"}))
        .await;
    let answer = reqwest::get(sent["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/html");
    // It must not act as a page of the sandbox.
    assert_eq!(answer.headers()["content-security-policy"], "sandbox");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert_eq!(answer.bytes().await.unwrap(), "<b>hi</b>");
    book.mia.get("/sandbox/files/none/a.txt").await.refused(404, "notFound");
}

#[tokio::test]
async fn a_file_is_attached_to_a_transaction_and_gone_from_it_when_deleted() {
    let book = Book::new().await;
    let sent =
        book.send(json!({"name": "a.txt", "content": "aGk=", "properties": {"upload_method": "attachment"}}));
    let sent = sent.await;
    let transactions = book.path.replace("/files", "/transactions");
    let made = book.mia.post(&transactions, json!({"description": "lunch", "files": [sent]})).await.ok();
    let transaction = &made["transaction"];
    assert_eq!((&transaction["files"], &transaction["posted"]), (&json!([sent]), &json!(false)));

    book.mia.delete(&format!("{}/{}", book.path, sent["id"].as_str().unwrap())).await.ok();
    let trashed = book.mia.patch(&format!("{transactions}/trash"), transaction.clone()).await.ok();
    assert_eq!(trashed["transaction"]["files"], json!([]));
}

#[tokio::test]
async fn a_transaction_brings_files_that_come_with_their_content() {
    let book = Book::new().await;
    let transactions = book.path.replace("/files", "/transactions");
    let body = json!({"description": "lunch", "files": [
        {"name": "a.txt", "content": "aGk=", "contentType": "text/plain"},
        {"id": "none", "name": "b.txt"},
    ]});
    let made = book.mia.post(&transactions, body).await.ok();
    let files = made["transaction"]["files"].as_array().unwrap();
    assert_eq!((files.len(), &files[0]["name"], files[0].get("content")), (1, &json!("a.txt"), None));
    assert_eq!(book.fetch(&files[0]).await["content"], "aGk=");

    let bad = json!({"description": "lunch", "files": [{"name": "a.txt", "content": "?"}]});
    book.mia.post(&transactions, bad).await.refused(400, "invalidParameter");
    assert_eq!(names(&book.list().await), ["a.txt"]);
}

#[tokio::test]
async fn a_sandbox_that_is_started_again_serves_its_files_where_it_is_now() {
    let folder = tempfile::tempdir().unwrap();
    let start = async || Sandbox::builder().data(folder.path().join("bkper.db")).start().await.unwrap();
    let sandbox = start().await;
    let mia = Client::of(&sandbox).user("mia");
    let path = format!("{}/files", mia.new_book("Aurora").await);
    mia.post(&path, json!({"name": "a.txt", "content": "aGk="})).await.ok();
    drop(sandbox);

    let sandbox = start().await;
    let files = Client::of(&sandbox).user("mia").get(&path).await.ok();
    let url = files["items"][0]["url"].as_str().unwrap();
    assert!(url.starts_with(&sandbox.url()), "{url}");
    assert_eq!(reqwest::get(url).await.unwrap().bytes().await.unwrap(), "hi");
}
