//! Lists that come page by page.

#![allow(clippy::unwrap_used, reason = "a test that cannot call fails")]

use bkper_client::model::query::{Expression, Term};
use bkper_client::model::{EventType, Transaction};
use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};

use crate::scripted::{Answer, Server};

fn page(ids: &[&str], cursor: Option<&str>) -> Value {
    let items: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    json!({"items": items, "cursor": cursor})
}

fn ids(transactions: &[Transaction]) -> Vec<&str> {
    transactions.iter().map(|transaction| transaction.id.as_ref().unwrap().as_str()).collect()
}

#[tokio::test]
async fn the_cursor_of_a_page_is_sent_in_the_header_of_the_next_call() {
    let server =
        Server::with([page(&["a", "b"], Some("c1")), page(&["c"], Some("c2")), page(&["d"], None)]).await;
    let all = server.client().book("b1").transactions("is:draft #a b").page_size(2).all().await.unwrap();
    assert_eq!(ids(&all), ["a", "b", "c", "d"]);
    let asked = server.asked();
    let cursors: Vec<_> = asked.iter().map(|asked| asked.header("cursor")).collect();
    assert_eq!(cursors, [None, Some("c1"), Some("c2")]);
    for asked in &asked {
        assert_eq!(asked.line, "GET /v5/books/b1/transactions?query=is%3Adraft%20%23a%20b&limit=2");
        assert_eq!(asked.body, "");
    }
}

#[tokio::test]
async fn a_page_is_fetched_when_it_is_needed() {
    let server = Server::with([page(&["a", "b"], Some("c1")), page(&["c"], None)]).await;
    let mut stream = server.client().book("b1").transactions("").stream();
    assert_eq!(server.lines().len(), 0);
    for calls in [1, 1, 2] {
        assert!(stream.try_next().await.unwrap().is_some());
        assert_eq!(server.lines().len(), calls);
    }
    assert!(stream.try_next().await.unwrap().is_none());
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn a_list_ends_with_an_empty_page_or_a_cursor_that_comes_again() {
    let empty = [page(&["a"], Some("c1")), page(&[], Some("c2")), page(&["never"], None)];
    let repeated = [page(&["a"], Some("c1")), page(&["b"], Some("c1")), page(&["never"], None)];
    for (pages, expected) in [(empty, vec!["a"]), (repeated, vec!["a", "b"])] {
        let server = Server::with(pages).await;
        let all = server.client().book("b1").transactions("").all().await.unwrap();
        assert_eq!(ids(&all), expected);
    }
}

#[tokio::test]
async fn an_error_in_the_middle_comes_after_what_was_there_and_ends_it() {
    let first = Answer::Json(200, page(&["a"], Some("c1")));
    let server = Server::answering([first, Answer::Text(403, "")]).await;
    let stream = server.client().book("b1").transactions("").stream();
    let items: Vec<_> = stream.collect().await;
    assert_eq!(items.len(), 2);
    assert!(items[0].is_ok());
    assert!(items[1].as_ref().unwrap_err().is_forbidden());
}

#[tokio::test]
async fn it_is_a_stream_like_any_other() {
    let server = Server::with([page(&["a", "b"], Some("c1")), page(&["c"], None)]).await;
    let client = server.client();
    let last = tokio::spawn(async move {
        let drafts = client.book("b1").transactions("").stream();
        drafts.map_ok(|draft| draft.id).try_fold(None, |_, id| async { Ok(id) }).await
    });
    assert_eq!(last.await.unwrap().unwrap(), Some("c".into()));
}

#[tokio::test]
async fn a_page_can_be_asked_for_by_its_cursor() {
    let server = Server::with([json!({"items": [{"id": "a"}], "cursor": "c2", "account": "7"})]).await;
    let page = server.client().book("b1").transactions("account:Cash").page(Some("c1")).await.unwrap();
    assert_eq!(page.account, Some("7".into()));
    assert_eq!(page.cursor.as_deref(), Some("c2"));
    assert_eq!(server.asked()[0].header("cursor"), Some("c1"));
}

#[tokio::test]
async fn the_first_is_asked_for_alone() {
    let server = Server::with([page(&["a"], Some("c1")), page(&[], None)]).await;
    let book = server.client().book("b1");
    let query =
        Expression::All(vec![Term::Account("Bank Account".into()).into(), Term::Tag("vat".into()).into()]);
    assert!(book.transactions(query).page_size(500).first().await.unwrap().is_some());
    assert!(book.transactions(Term::RemoteId("a b".into())).first().await.unwrap().is_none());
    let query = |text: &str| format!("GET /v5/books/b1/transactions?query={text}&limit=1");
    // A quote may stand raw in a path; in a query string a URL has it encoded.
    assert_eq!(
        server.lines(),
        [query("account%3A%27Bank%20Account%27%20%23vat"), query("remoteId%3A%27a%20b%27")]
    );
}

#[tokio::test]
async fn events_are_filtered_in_the_words_of_the_api() {
    let server = Server::with([json!({}), json!({})]).await;
    let book = server.client().book("b1");
    let march = "2026-03-01T00:00:00Z".parse().unwrap();
    let april = "2026-04-01T00:00:00Z".parse().unwrap();
    let failed = book.events().after(march).before(april).with_errors();
    assert_eq!(failed.all().await.unwrap(), []);
    let about = book.events().about("t1").of_type(&EventType::TransactionPosted).page_size(9);
    assert_eq!(about.all().await.unwrap(), []);
    assert_eq!(
        server.lines(),
        [
            "GET /v5/books/b1/events?after=2026-03-01T00%3A00%3A00Z&before=2026-04-01T00%3A00%3A00Z&error=true",
            "GET /v5/books/b1/events?resoureId=t1&type=TRANSACTION_POSTED&limit=9",
        ]
    );
}
