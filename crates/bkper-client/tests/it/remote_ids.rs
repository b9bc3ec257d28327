//! The remote ids that the client makes for transactions.

#![allow(clippy::unwrap_used, reason = "a test that cannot call fails")]

use bkper_client::RemoteIds;
use bkper_client::model::Transaction;
use serde_json::{Value, json};

use crate::scripted::{Answer, Server};

async fn server(calls: usize) -> Server {
    Server::with((0..calls).map(|_| json!({"transaction": {"id": "t"}, "items": []}))).await
}

/// The remote ids of what was sent, one list for each transaction.
fn remote_ids(server: &Server) -> Vec<Value> {
    let remote_ids = |transaction: &Value| transaction["remoteIds"].clone();
    let bodies = server.asked().into_iter().map(|asked| asked.json());
    let of_body = |body: Value| match body["items"].as_array() {
        Some(items) => items.iter().map(remote_ids).collect(),
        None => vec![remote_ids(&body)],
    };
    bodies.flat_map(of_body).collect()
}

#[tokio::test]
async fn every_transaction_that_is_created_gets_the_id_of_its_step() {
    let server = server(5).await;
    let client = server.client().with_remote_ids(RemoteIds::new("tax-bot-e1"));
    let (here, there) = (client.book("b1"), client.clone().book("b2"));
    here.new_transaction().amount("1").post().await.unwrap();
    there.new_transaction().amount("2").draft().await.unwrap();
    here.new_transaction().amount("3").create().await.unwrap();
    let (one, two) = (here.new_transaction().build(), here.new_transaction().build());
    here.create_transactions(vec![one, two]).await.unwrap();
    here.post_transaction(&Transaction::default()).await.unwrap();
    let steps = (1..=6).map(|step| json!([format!("tax-bot-e1-{step}")]));
    assert_eq!(remote_ids(&server), steps.collect::<Vec<_>>());
}

#[tokio::test]
async fn an_id_of_the_authors_stays_and_is_no_step() {
    let server = server(3).await;
    let book = server.client().with_remote_ids(RemoteIds::new("p")).book("b1");
    book.new_transaction().remote_id("mine").post().await.unwrap();
    let mine = book.new_transaction().remote_id("mine too").build();
    book.create_transactions(vec![mine, Transaction::default()]).await.unwrap();
    let emptied = Transaction { remote_ids: Some(Vec::new()), ..Transaction::default() };
    book.create_transaction(&emptied).await.unwrap();
    assert_eq!(remote_ids(&server), [json!(["mine"]), json!(["mine too"]), json!(["p-1"]), json!(["p-2"])]);
}

#[tokio::test]
async fn what_is_there_already_gets_none() {
    let server = server(3).await;
    let book = server.client().with_remote_ids(RemoteIds::new("p")).book("b1");
    let stored = Transaction { id: Some("t1".into()), ..Transaction::default() };
    book.post_transaction(&stored).await.unwrap();
    book.transaction(&stored).check().await.unwrap();
    book.update_transaction(&stored).await.unwrap();
    assert_eq!(remote_ids(&server), [Value::Null, Value::Null, Value::Null]);
}

#[tokio::test]
async fn steps_are_taken_when_a_creation_is_called_for_not_when_it_is_awaited() {
    let server = server(2).await;
    let book = server.client().with_remote_ids(RemoteIds::new("p")).book("b1");
    let first = book.new_transaction().amount("1").post();
    let second = book.new_transaction().amount("2").post();
    second.await.unwrap();
    tokio::spawn(first).await.unwrap().unwrap();
    assert_eq!(remote_ids(&server), [json!(["p-2"]), json!(["p-1"])]);
}

#[tokio::test]
async fn a_creation_that_is_tried_again_keeps_its_id() {
    let answers = [Answer::Text(503, ""), Answer::Json(200, json!({"transaction": {"id": "t"}}))];
    let server = Server::answering(answers).await;
    let book = server.client().with_remote_ids(RemoteIds::new("p")).book("b1");
    book.new_transaction().amount("1").post().await.unwrap();
    assert_eq!(remote_ids(&server), [json!(["p-1"]), json!(["p-1"])]);
}
