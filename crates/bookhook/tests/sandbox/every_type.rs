//! Every type of event, each caused by a call of the API, goes the whole way.

use std::collections::BTreeSet;

use bkper_client::BookHandle;
use bkper_client::model::{Account, Book, Group, Integration, Permission, Query, TextMap, Transaction};
use bookhook::EventType;
use bookhook::model::{Cause, Outcome, State};
use bookhook_testkit::{Post, Runs};
use serde_json::{Value, json};

use crate::handlers::prompt;
use crate::scene::{Scene, sale, shown};

const APP: &str = "witness";

#[tokio::test]
async fn every_type_of_event_is_delivered_handled_once_and_answered() {
    let (scene, runs) = (Scene::new().await, Runs::default());
    scene.register(APP, EventType::ALL).await;
    let serving = scene.serve([prompt(scene.hook(APP), &runs)]).await;
    let book = scene.book("Aurora").await;
    scene.install(APP, &book).await;

    account_and_group(&book).await;
    transaction(&scene, &book).await;
    file_and_query(&book).await;
    people_and_apps(&scene, &book).await;
    book.update(&Book { name: Some("Aurora USD".into()), ..Book::default() }).await.unwrap();
    book.audit().await.unwrap();
    scene.settled().await;
    // A book is made before an app can be in it. The app is told when somebody asks for it.
    let made = scene.events(&book, &EventType::BookCreated).await.remove(0);
    let made = book.event(&made).replay(APP).await.unwrap();
    assert_eq!(shown(&made), ["INFO of witness: BOOK_CREATED run 1"]);

    let mut told = BTreeSet::new();
    for event in book.events().all().await.unwrap() {
        let event_type = event.event_type.as_ref().unwrap().to_string();
        // What happened before the app was there.
        if shown(&event).is_empty() {
            assert_eq!(event_type, "ACCOUNT_CREATED");
            continue;
        }
        assert_eq!(shown(&event), [format!("INFO of witness: {event_type} run 1")]);
        assert!(told.insert((event_type, event.id.unwrap().to_string())));
    }
    book.delete().await.unwrap();
    scene.settled().await;
    let types: BTreeSet<_> = told.iter().map(|(event_type, _)| event_type.as_str()).collect();
    let all: BTreeSet<_> = EventType::ALL.iter().map(EventType::as_str).collect();
    assert_eq!(all.difference(&types).copied().collect::<Vec<_>>(), ["BOOK_DELETED"]);

    let deliveries = serving.deliveries().await;
    assert_eq!(&*deliveries.last().unwrap().event_type, "BOOK_DELETED");
    let events: BTreeSet<_> =
        deliveries.iter().map(|one| one.event_id.as_ref().unwrap().to_string()).collect();
    assert_eq!(events.len(), deliveries.len(), "one delivery for each event");
    assert_eq!((deliveries.len(), runs.count()), (told.len() + 1, told.len() + 1));
    for delivery in &deliveries {
        assert_eq!(
            (delivery.state, delivery.outcome),
            (State::Settled, Some(Outcome::Result)),
            "{delivery:?}"
        );
        let causes: Vec<_> = delivery.runs.iter().flatten().map(|run| run.cause).collect();
        assert_eq!(causes, [Cause::First], "{delivery:?}");
    }
    assert!(runs.lanes_with_overlaps().is_empty());
}

async fn account_and_group(book: &BookHandle) {
    let group = Group { name: Some("Assets".into()), ..Group::default() };
    let group = book.create_group(&group).await.unwrap();
    let changed = Group { id: group.id.clone(), hidden: Some(true), ..Group::default() };
    book.update_group(&changed).await.unwrap();
    let cash = Account { name: Some("Cash".into()), ..Account::default() };
    let cash = book.create_account(&cash).await.unwrap();
    let changed = Account { id: cash.id.clone(), name: Some("Petty Cash".into()), ..Account::default() };
    book.update_account(&changed).await.unwrap();
    book.account(&cash).delete().await.unwrap();
    book.group(&group).delete().await.unwrap();
}

async fn transaction(scene: &Scene, book: &BookHandle) {
    let draft = sale(book, "440").draft().await.unwrap();
    let transaction = book.transaction(&draft);
    transaction.post().await.unwrap();
    transaction.check().await.unwrap();
    transaction.uncheck().await.unwrap();
    let dearer = Transaction { id: draft.id.clone(), amount: Some("450".into()), ..Transaction::default() };
    book.update_transaction(&dearer).await.unwrap();
    comment(scene, book, draft.id.as_ref().unwrap().as_str()).await;
    transaction.trash().await.unwrap();
    transaction.restore().await.unwrap();
}

/// A comment is made and deleted, at the sandbox's own door: the API has none for it.
async fn comment(scene: &Scene, book: &BookHandle, transaction: &str) {
    let comments = format!("/sandbox/books/{}/transactions/{transaction}/comments", book.id());
    let call = async |method, path: &str, body: Value| {
        let call = Post::new(scene.sandbox.address(), method, path).header("authorization", "Bearer mia");
        let reply = call.header("content-type", "application/json").body(body.to_string()).send().await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    };
    let comment = call("POST", &comments, json!({"text": "Where is the invoice?"})).await;
    call("DELETE", &format!("{comments}/{}", comment["id"].as_str().unwrap()), json!({})).await;
}

async fn file_and_query(book: &BookHandle) {
    let file = book.upload_file("notes.txt", "text/plain", b"paid").await.unwrap();
    let renamed = bkper_client::model::File {
        id: file.id.clone(),
        name: Some("paid.txt".into()),
        ..bkper_client::model::File::default()
    };
    book.update_file(&renamed).await.unwrap();
    book.file(&file).delete().await.unwrap();
    let query = Query { title: Some("Bank".into()), query: Some("account:Bank".into()), ..Query::default() };
    let query = book.create_query(&query).await.unwrap();
    let renamed = Query { id: query.id.clone(), title: Some("All".into()), ..Query::default() };
    book.update_query(&renamed).await.unwrap();
    book.delete_query(&query).await.unwrap();
}

/// Another user and another app come, change, and leave.
async fn people_and_apps(scene: &Scene, book: &BookHandle) {
    for permission in [Permission::Viewer, Permission::Editor] {
        book.add_collaborator("ravi@example.com", permission, None).await.unwrap();
    }
    book.remove_collaborator("ravi@example.com").await.unwrap();
    scene.register("other", &[]).await;
    let other = scene.install("other", book).await;
    let properties = Some([("region", "emea")].into_iter().collect::<TextMap>());
    let changed = Integration { id: other.id.clone(), properties, ..Integration::default() };
    book.update_integration(&changed).await.unwrap();
    book.delete_integration(&other).await.unwrap();
}
