//! Apps, and their integrations in a book.

use bkper_client::model::{App, EventType, Integration, TextMap};
use serde_json::Value;

use super::World;

fn tax_bot() -> App {
    App {
        id: Some("tax-bot".into()),
        name: Some("Tax Bot".into()),
        events: Some(vec![EventType::TransactionChecked]),
        ..App::default()
    }
}

#[tokio::test]
async fn an_app_is_registered_found_and_changed() {
    let World { client, sandbox: _sandbox, .. } = World::new().await;
    let app = client.app("tax-bot");
    assert!(app.find().await.unwrap().is_none());
    client.create_app(&tax_bot()).await.unwrap();
    assert!(client.create_app(&tax_bot()).await.unwrap_err().is_conflict());

    let dev = Some("http://127.0.0.1:1/dev".to_owned());
    let with_dev = App { id: Some("tax-bot".into()), webhook_url_dev: dev.clone(), ..App::default() };
    assert_eq!(client.update_app(&with_dev).await.unwrap().webhook_url_dev, dev);
    let mut cleared = App { id: Some("tax-bot".into()), ..App::default() };
    cleared.extra.insert("webhookUrlDev".into(), Value::Null);
    let updated = client.update_app(&cleared).await.unwrap();
    assert_eq!((updated.webhook_url_dev, updated.name.as_deref()), (None, Some("Tax Bot")));

    assert_eq!(app.get().await.unwrap().events, tax_bot().events);
    assert_eq!(client.apps().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_app_is_installed_in_a_book_and_uninstalled() {
    let World { client, book, sandbox: _sandbox } = World::new().await;
    client.create_app(&tax_bot()).await.unwrap();
    let install = Integration { agent_id: Some("tax-bot".into()), ..Integration::default() };
    let installed = book.create_integration(&install).await.unwrap();
    assert_eq!(installed.added_by.as_deref(), Some("mia"));
    assert_eq!(book.apps().await.unwrap()[0].id, tax_bot().id);

    let properties = Some([("rate", "20")].into_iter().collect::<TextMap>());
    let changes = Integration { id: installed.id.clone(), properties, ..Integration::default() };
    assert_eq!(book.update_integration(&changes).await.unwrap().property("rate"), Some("20"));
    assert_eq!(book.integrations().await.unwrap().len(), 1);
    book.delete_integration(&installed).await.unwrap();
    assert_eq!(book.integrations().await.unwrap().len(), 0);
    assert_eq!(book.apps().await.unwrap().len(), 0);
}
