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
    let unknown = world.book.access_request(&CollaboratorId::from("none")).await.unwrap_err();
    assert!(unknown.is_not_found(), "{unknown}");
    assert_eq!(unknown.call().path().rsplit('/').next(), Some("none"));
    assert_eq!(world.book.collaborators().await.unwrap().len(), 1);
}
