//! Files and saved queries.

use bkper_client::model::{File, Query};

use super::World;

#[tokio::test]
async fn a_file_is_uploaded_attached_changed_and_deleted() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    let bytes: Vec<u8> = (0..=255).collect();
    let receipt = book.upload_file("receipt.bin", "application/octet-stream", &bytes).await.unwrap();
    assert_eq!(receipt.size, Some(256));
    let file = book.file(&receipt);
    assert_eq!(file.download().await.unwrap(), bytes);
    assert_eq!(file.get().await.unwrap().content_type.as_deref(), Some("application/octet-stream"));

    let coffee = book.new_transaction().amount("2.40").file(&receipt).create().await.unwrap();
    assert_eq!(coffee.files.unwrap()[0].id, receipt.id);

    let renamed = File { id: receipt.id.clone(), name: Some("coffee.bin".into()), ..File::default() };
    assert_eq!(book.update_file(&renamed).await.unwrap().name.as_deref(), Some("coffee.bin"));
    file.delete().await.unwrap();
    assert!(file.find().await.unwrap().is_none());
}

#[tokio::test]
async fn files_are_listed_page_by_page() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    for number in 1..=3 {
        let name = Some(format!("{number}.txt"));
        let content = Some("AAAA".into());
        book.create_file(&File { name, content, ..File::default() }).await.unwrap();
    }
    let files = book.files().page_size(2).all().await.unwrap();
    assert_eq!(files.len(), 3);
    assert_eq!(files[0].content, None);
    assert_eq!(book.files().first().await.unwrap().unwrap().id, files[0].id);
    assert!(book.files().page_size(2).page(None).await.unwrap().cursor.is_some());
}

#[tokio::test]
async fn queries_are_saved() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    let drafts = Query { title: Some("Drafts".into()), query: Some("is:draft".into()), ..Query::default() };
    let saved = book.create_query(&drafts).await.unwrap();
    let renamed = Query { title: Some("To do".into()), ..saved.clone() };
    assert_eq!(book.update_query(&renamed).await.unwrap().title.as_deref(), Some("To do"));
    assert_eq!(book.queries().await.unwrap()[0].query.as_deref(), Some("is:draft"));
    book.delete_query(&saved).await.unwrap();
    assert_eq!(book.queries().await.unwrap().len(), 0);
}
