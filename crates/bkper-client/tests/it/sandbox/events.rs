//! Events: what happened, what an app answered, and having it answer again.

use bkper_client::model::{App, Event, EventType, Integration, Transaction};
use serde_json::json;

use super::World;
use crate::scripted::{Answer, Server};

/// A transaction was checked, of which an app was told that answers so, one call after the other.
async fn checked(app: &Server) -> (World, Transaction) {
    let world = World::new().await;
    let manifest = App {
        id: Some("tax-bot".into()),
        webhook_url: Some(app.url().to_owned()),
        events: Some(vec![EventType::TransactionChecked]),
        ..App::default()
    };
    world.client.create_app(&manifest).await.unwrap();
    let install = Integration { agent_id: Some("tax-bot".into()), ..Integration::default() };
    world.book.create_integration(&install).await.unwrap();
    let purchase = world.purchase("12.50").await;
    let checked = world.book.transaction(&purchase).check().await.unwrap();
    world.sandbox.settled().await;
    (world, checked)
}

fn answers(texts: impl IntoIterator<Item = (&'static str, &'static str)>) -> Vec<Answer> {
    texts.into_iter().map(|(kind, text)| Answer::Json(200, json!({kind: text}))).collect()
}

/// What apps answered to an event.
fn responses(event: &Event) -> Vec<&str> {
    let responses = event.bot_responses.as_deref().unwrap_or_default();
    responses.iter().filter_map(|response| response.message.as_deref()).collect()
}

#[tokio::test]
async fn events_are_found_by_type_time_resource_and_error() {
    let app = Server::answering(answers([("error", "no rate")])).await;
    let (world, checked) = checked(&app).await;
    let book = world.book;
    let of_type = book.events().of_type(&EventType::TransactionChecked).all().await.unwrap();
    let [event] = &of_type[..] else { panic!("one event") };
    assert_eq!(event.transaction().unwrap().id, checked.id);
    assert_eq!(responses(event), ["no rate"]);

    let ids = |events: Vec<Event>| events.into_iter().map(|event| event.id).collect::<Vec<_>>();
    let one = [event.id.clone()];
    assert_eq!(ids(book.events().with_errors().all().await.unwrap()), one);
    let about = book.events().about(checked.id.unwrap()).page_size(1);
    assert_eq!(ids(about.clone().first().await.unwrap().into_iter().collect()), one);
    assert_eq!(ids(about.clone().page(None).await.unwrap().items.unwrap()), one);
    let kinds: Vec<_> = about.all().await.unwrap().into_iter().filter_map(|event| event.event_type).collect();
    assert_eq!(kinds, [EventType::TransactionChecked, EventType::TransactionPosted]);

    let time = event.created_on.as_ref().unwrap().timestamp();
    assert!(book.events().after(time).all().await.unwrap().iter().any(|other| other.id == event.id));
    assert!(book.events().before(time).all().await.unwrap().iter().all(|other| other.id != event.id));
}

#[tokio::test]
async fn an_app_is_asked_again_and_its_response_deleted() {
    let app = Server::answering(answers([("error", "no rate"), ("result", "TAX: 2.50")])).await;
    let (world, _) = checked(&app).await;
    let failed = world.book.events().with_errors().first().await.unwrap().unwrap();
    let event = world.book.event(&failed);
    assert_eq!(responses(&event.replay("tax-bot").await.unwrap()), ["TAX: 2.50"]);
    assert!(world.book.events().with_errors().first().await.unwrap().is_none());
    assert_eq!(responses(&event.delete_response("tax-bot").await.unwrap()), [""; 0]);
}

#[tokio::test]
async fn events_are_sent_again_all_or_only_those_that_failed() {
    let app =
        Server::answering(answers([("error", "no rate"), ("result", "done"), ("result", "again")])).await;
    let (world, _) = checked(&app).await;
    let book = &world.book;
    let events = book.events().of_type(&EventType::TransactionChecked).all().await.unwrap();
    for calls in [2, 2] {
        book.replay_failed_events(&events).await.unwrap();
        world.sandbox.settled().await;
        assert_eq!(app.lines().len(), calls, "what succeeded is not sent again");
    }
    book.replay_events(&events).await.unwrap();
    world.sandbox.settled().await;
    assert_eq!(app.lines().len(), 3);
    assert_eq!(book.backlog().await.unwrap(), 0);
}
