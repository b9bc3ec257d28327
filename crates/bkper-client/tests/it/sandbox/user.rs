//! The user, billing, connections and templates.

use bkper_client::model::{Connection, ConnectionType, PlanCycle};

use super::World;

#[tokio::test]
async fn the_user_is_whose_token_it_is() {
    let world = World::new().await;
    assert_eq!(world.client.user().await.unwrap().username.as_deref(), Some("mia"));
    assert_eq!(world.as_user("zoe").user().await.unwrap().username.as_deref(), Some("zoe"));
}

#[tokio::test]
async fn billing_is_shown_and_leads_back() {
    let world = World::new().await;
    world.purchase("12.50").await;
    let client = &world.client;
    assert!(client.billing().await.unwrap().plan.is_some());
    assert!(client.billing_counts().await.unwrap().posted.is_some());
    let back = "https://example.com/back?a=b&c=d";
    assert!(client.billing_portal(back).await.unwrap().starts_with("http"));
    let cycle = PlanCycle::Yearly;
    assert!(client.billing_checkout("PROFESSIONAL", &cycle, back, back).await.unwrap().starts_with("http"));
}

#[tokio::test]
async fn a_connection_is_made_changed_and_deleted() {
    let World { client, sandbox: _sandbox, .. } = World::new().await;
    let new = Connection {
        name: Some("My bank".into()),
        connection_type: Some(ConnectionType::Bank),
        ..Connection::default()
    };
    let made = client.create_connection(&new).await.unwrap();
    let connection = client.connection(&made);
    assert_eq!(connection.get().await.unwrap().name.as_deref(), Some("My bank"));
    let renamed = Connection { id: made.id.clone(), name: Some("Bank".into()), ..Connection::default() };
    assert_eq!(client.update_connection(&renamed).await.unwrap().name.as_deref(), Some("Bank"));
    assert_eq!(client.connections().await.unwrap().len(), 1);
    assert_eq!(connection.integrations().await.unwrap().len(), 0);
    connection.delete().await.unwrap();
    assert!(connection.find().await.unwrap().is_none());
}

#[tokio::test]
async fn templates_are_listed() {
    let World { client, sandbox: _sandbox, .. } = World::new().await;
    client.templates().await.unwrap();
}
