//! What is done twice is done once.

use bkper_client::{BookHandle, Error, RemoteIds};

use super::World;

/// A handler: it posts a sale and drafts its fee, and fails at the end if told to.
async fn handle(book: &BookHandle, fails: bool) -> Result<(), Error> {
    let sale = book.new_transaction().date(jiff::civil::date(2026, 3, 4)).amount("100.00");
    sale.from("Product Sales").to("Bank Account").post().await?;
    let fee = book.new_transaction().amount("1.50").description("fee").build();
    book.create_transactions(vec![fee]).await?;
    if fails { book.account("Nowhere").get().await.map(drop) } else { Ok(()) }
}

#[tokio::test]
async fn a_second_run_with_the_same_prefix_makes_nothing_new() {
    let World { client, book, sandbox: _sandbox } = World::new().await;
    let run =
        |event: &str| client.with_remote_ids(RemoteIds::new(format!("tax-bot-{event}"))).book(book.id());
    handle(&run("e1"), true).await.unwrap_err();
    handle(&run("e1"), false).await.unwrap();
    assert_eq!(book.transactions("").count().await.unwrap(), 2);
    handle(&run("e2"), false).await.unwrap();
    assert_eq!(book.transactions("").count().await.unwrap(), 4);
    assert_eq!(book.transactions("remoteId:tax-bot-e1-2").count().await.unwrap(), 1);
}

#[tokio::test]
async fn the_same_remote_id_gives_back_what_is_there() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    let new = || book.new_transaction().amount("1").description("fee").remote_id("fee-17").draft();
    let first = new().await.unwrap();
    assert_eq!(new().await.unwrap().id, first.id);
    book.transaction(&first).trash().await.unwrap();
    assert_ne!(new().await.unwrap().id, first.id, "what is in the trash does not count");
}
