//! Books, and the collections that they are in.

use bkper_client::model::{Book, Date};
use jiff::civil::date;

use super::{World, named_book, names};

#[tokio::test]
async fn a_book_is_made_found_changed_and_deleted() {
    let World { client, book, sandbox: _sandbox } = World::new().await;
    let stored = book.get().await.unwrap();
    assert_eq!(stored.name.as_deref(), Some("Aurora"));
    assert_eq!(stored.id, Some(book.id()));
    assert_eq!(names(&client.books().await.unwrap(), |book| book.name.as_ref()), ["Aurora"]);
    assert_eq!(client.books_named("auro").await.unwrap().len(), 1);
    assert_eq!(client.books_named("Borealis").await.unwrap().len(), 0);

    let lock = Book { lock_date: Some(date(2026, 1, 31).into()), ..Book::default() };
    assert_eq!(book.update(&lock).await.unwrap().lock_date, Some(Date::Day(date(2026, 1, 31))));
    let clear = Book { lock_date: Some(Date::Cleared), ..Book::default() };
    let unlocked = book.update(&clear).await.unwrap();
    assert_eq!((unlocked.lock_date, unlocked.name.as_deref()), (None, Some("Aurora")));

    book.delete().await.unwrap();
    assert!(book.find().await.unwrap().is_none());
    assert!(book.get().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_book_comes_with_its_accounts_and_groups_when_asked_for() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    let full = book.get_with_accounts().await.unwrap();
    assert_eq!((full.accounts.unwrap().len(), full.groups.unwrap().len()), (3, 0));
    assert_eq!(book.get().await.unwrap().accounts, None);
}

#[tokio::test]
async fn a_book_is_copied_with_or_without_its_transactions() {
    let world = World::new().await;
    world.purchase("12.50").await;
    let World { client, book, sandbox: _sandbox } = world;
    let count = async |copy: Book| client.book(copy).transactions("").count().await.unwrap();
    assert_eq!(count(book.copy("Structure").await.unwrap()).await, 0);
    assert_eq!(count(book.copy_with_transactions("All", None).await.unwrap()).await, 1);
    let later = Some(date(2026, 4, 1));
    assert_eq!(count(book.copy_with_transactions("Later", later).await.unwrap()).await, 0);
}

#[tokio::test]
async fn calls_are_made_in_tasks_of_their_own() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    let handle = book.clone();
    let accounts = tokio::spawn(async move { handle.accounts().await });
    let handle = book.clone();
    let drafts = tokio::spawn(async move { handle.transactions("is:draft").all().await });
    assert_eq!(accounts.await.unwrap().unwrap().len(), 3);
    assert_eq!(drafts.await.unwrap().unwrap().len(), 0);
    let all = tokio::spawn(async move { book.check_transactions(["t1"]).await });
    assert!(all.await.unwrap().unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_book_is_audited() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    book.audit().await.unwrap();
}

#[tokio::test]
async fn a_strangers_book_is_no_missing_one() {
    let world = World::new().await;
    let strange = world.as_user("zoe").book(world.book.id());
    let error = strange.find().await.unwrap_err();
    assert!(error.to_string().contains("not a collaborator"), "{error}");
}

#[tokio::test]
async fn books_are_collected() {
    let World { client, book, sandbox: _sandbox } = World::new().await;
    let other = client.create_book(&named_book("Borealis")).await.unwrap();
    let made = client.create_collection("North").await.unwrap();
    let collection = client.collection(made);
    assert_eq!(collection.rename("Far North").await.unwrap().name.as_deref(), Some("Far North"));
    let added = collection.add_books([&book.get().await.unwrap(), &other]).await.unwrap();
    assert_eq!(added.len(), 2);

    let listed = client.collections().await.unwrap();
    assert_eq!(names(&listed, |collection| collection.name.as_ref()), ["Far North"]);
    let of_book = book.get().await.unwrap().collection.unwrap();
    assert_eq!(of_book.books.unwrap().len(), 2);

    collection.remove_books([&other]).await.unwrap();
    let left = collection.delete().await.unwrap();
    assert_eq!(names(&left, |book| book.name.as_ref()), ["Aurora"]);
    assert_eq!(client.collections().await.unwrap().len(), 0);
}
