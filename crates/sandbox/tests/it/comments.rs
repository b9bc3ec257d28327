//! Comments, which are made at the sandbox's own door.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use bookhook_sandbox::Sandbox;
use serde_json::json;

use crate::client::Client;

/// A transaction of mia's, and the path of its comments. The book is shared with the other two.
async fn commented(client: &Client) -> String {
    let mia = client.user("mia");
    let book = mia.new_book("Aurora").await;
    mia.share(&book, "ravi@example.com", "RECORDER").await.ok();
    mia.share(&book, "zoe@example.com", "VIEWER").await.ok();
    let made = mia.post(&format!("{book}/transactions"), json!({"description": "lunch"})).await.ok();
    let book = book.strip_prefix("/v5").unwrap();
    format!("/sandbox{book}/transactions/{}/comments", made["transaction"]["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_comment_is_made_and_deleted() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox).agent("bkper-cli");
    let path = commented(&client).await;
    let comment = client.user("mia").post(&path, json!({"text": "Where is the invoice?"})).await.ok();
    assert_eq!(comment["text"], "Where is the invoice?");
    assert_eq!(comment["agentId"], "bkper-cli");
    assert_eq!(path.split('/').nth(5), comment["transactionId"].as_str());
    assert!(comment["createdAt"].is_string());

    let one = format!("{path}/{}", comment["id"].as_str().unwrap());
    assert_eq!(client.user("mia").delete(&one).await.ok(), comment);
    client.user("mia").delete(&one).await.refused(404, "notFound");
}

#[tokio::test]
async fn who_records_comments_and_deletes_no_others() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let path = commented(&client).await;
    let (mia, ravi, zoe) = (client.user("mia"), client.user("ravi"), client.user("zoe"));
    let comment = async |by: &Client| {
        let comment = by.post(&path, json!({"text": "?"})).await.ok();
        format!("{path}/{}", comment["id"].as_str().unwrap())
    };
    zoe.post(&path, json!({"text": "?"})).await.refused(403, "forbidden");
    let of_mia = comment(&mia).await;
    ravi.delete(&of_mia).await.refused(403, "forbidden");
    zoe.delete(&of_mia).await.refused(403, "forbidden");
    ravi.delete(&comment(&ravi).await).await.ok();
    mia.delete(&comment(&ravi).await).await.ok();
    mia.delete(&of_mia).await.ok();
}

#[tokio::test]
async fn what_is_wrong_with_a_comment_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let (path, elsewhere) = (commented(&client).await, commented(&client).await);
    let mia = client.user("mia");
    let comment = mia.post(&path, json!({"text": "?"})).await.ok();

    mia.post(&path, json!({})).await.refused(400, "required");
    mia.post(&path, json!({"text": " "})).await.refused(400, "required");
    mia.post(&path, json!({"text": 7})).await.refused(400, "invalidParameter");
    let nothing = path.replace("/tx", "/none");
    mia.post(&nothing, json!({"text": "?"})).await.refused(404, "notFound");
    mia.delete(&format!("{elsewhere}/{}", comment["id"].as_str().unwrap())).await.refused(404, "notFound");
    client.user("tom").post(&path, json!({"text": "?"})).await.refused(404, "required");
}
