//! Collaborators.

use bkper_client::model::{CollaboratorId, Permission};

use super::World;

#[tokio::test]
async fn a_book_is_shared_and_no_longer() {
    let world = World::new().await;
    let book = &world.book;
    let zoe = book.add_collaborator("zoe@example.com", Permission::Viewer, Some("look")).await.unwrap();
    assert_eq!(zoe.permission, Some(Permission::Viewer));
    let editor = book.add_collaborator("zoe@example.com", Permission::Editor, None).await.unwrap();
    assert_eq!(editor.permission, Some(Permission::Editor));
    assert_eq!(book.collaborators().await.unwrap().len(), 2);

    let as_zoe = world.as_user("zoe@example.com").book(book.id());
    assert_eq!(as_zoe.get().await.unwrap().permission, Some(Permission::Editor));
    assert!(as_zoe.delete().await.unwrap_err().is_forbidden());
    book.remove_collaborator("zoe@example.com").await.unwrap();
    assert!(as_zoe.get().await.is_err());
}

#[tokio::test]
async fn access_is_asked_for() {
    let world = World::new().await;
    let as_zoe = world.as_user("zoe@example.com").book(world.book.id());
    as_zoe.request_access(Permission::Viewer, Some("please")).await.unwrap();
    assert_eq!(world.book.collaborators().await.unwrap().len(), 1);

    let request = world.book.access_request(&mailed_request(&world).await).await.unwrap();
    assert_eq!(request.permission, Some(Permission::Editor));
    let unknown = world.book.access_request(&CollaboratorId::from("none")).await.unwrap_err();
    assert!(unknown.is_not_found(), "{unknown}");
}

/// The id of a request for access, which Bkper tells the owner in a mail and the sandbox in a header.
async fn mailed_request(world: &World) -> CollaboratorId {
    let path = format!("/v5/books/{}/collaborators/request?permission=EDITOR", world.book.id());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.post(format!("{}{path}", world.client.base_url())).bearer_auth("zoe@example.com");
    let answer = request.send().await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap();
    CollaboratorId::from(location.rsplit('/').next().unwrap())
}
