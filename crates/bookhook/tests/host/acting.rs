//! What handlers in Rust do in the book of their event.

use bookhook::bkper_client::model::{Book, Transaction};
use bookhook::{BookHandle, Client, Context, EventType, Hook, Response, Result};
use bookhook_sandbox::Sandbox;
use bookhook_testkit::{Example, wait};
use serde_json::json;

use crate::stage::{APP, Serving, Stage, event};

/// A sandbox with one book.
struct Ledger {
    _sandbox: Sandbox,
    book: BookHandle,
}

impl Ledger {
    async fn of(stage: &mut Stage) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        stage.with_api(sandbox.url());
        let client = Client::builder().base_url(sandbox.url()).build().unwrap();
        let book = client.create_book(&Book { name: Some("Shop".into()), ..Book::default() }).await.unwrap();
        Self { _sandbox: sandbox, book: client.book(&book) }
    }

    fn event(&self, id: &str) -> Example {
        event(id, self.book.id().as_str())
    }

    async fn transactions(&self) -> Vec<Transaction> {
        self.book.transactions("").all().await.unwrap()
    }
}

/// Drafts what is told, in this order, and answers with their ids.
fn drafting(stage: &Stage, descriptions: &'static [&'static str]) -> Hook {
    stage.app().on(EventType::TransactionChecked, move |cx| draft(cx, descriptions))
}

async fn draft(cx: Context, descriptions: &[&str]) -> Result<Response> {
    let mut ids = Vec::new();
    for description in descriptions {
        let draft = cx.book().new_transaction().amount("12.50").description(*description).draft().await?;
        ids.extend(draft.id.map(|id| id.to_string()));
    }
    Ok(Response::result(ids.join(" ")))
}

async fn sent(serving: &Serving, event: &Example) -> String {
    let reply = serving.post(event).send().await;
    assert_eq!(reply.status, 200);
    reply.json().to_string()
}

#[tokio::test]
async fn it_acts_as_the_app_on_behalf_of_the_user() {
    let mut stage = Stage::new();
    let ledger = Ledger::of(&mut stage).await;
    let serving = stage.serve(drafting(&stage, &["Tax"])).await;

    let answer = sent(&serving, &ledger.event("e1")).await;

    let [tax] = &ledger.transactions().await[..] else { panic!("one transaction") };
    assert_eq!(answer, json!({"result": tax.id}).to_string());
    assert_eq!(tax.description.as_deref(), Some("Tax"));
    assert_eq!(tax.agent_id, Some(APP.into()));
}

#[tokio::test]
async fn what_was_made_once_is_not_made_again_by_a_replay() {
    let mut stage = Stage::new();
    let ledger = Ledger::of(&mut stage).await;
    let serving = stage.serve(drafting(&stage, &["Tax", "Surcharge"])).await;
    let event = ledger.event("e1");

    let first = sent(&serving, &event).await;
    serving.until(&event, "it is noted as answered", |found| found.answered.is_some()).await;
    let replayed = sent(&serving, &event).await;

    assert_eq!(serving.delivery(&event).await.runs.map(|runs| runs.len()), Some(2));
    assert_eq!(replayed, first);
    assert_eq!(ledger.transactions().await.len(), 2);
}

#[tokio::test]
async fn another_event_makes_its_own_and_so_does_another_content_under_the_same_id() {
    let mut stage = Stage::new();
    let ledger = Ledger::of(&mut stage).await;
    let serving = stage.serve(drafting(&stage, &["Tax"])).await;

    for event in [ledger.event("e1"), ledger.event("e2"), ledger.event("e1").amount("77.00")] {
        sent(&serving, &event).await;
    }

    assert_eq!(ledger.transactions().await.len(), 3);
}

#[tokio::test]
async fn remote_ids_are_found_by_a_query() {
    let mut stage = Stage::new();
    let ledger = Ledger::of(&mut stage).await;
    let serving = stage.serve(drafting(&stage, &["Tax"])).await;

    sent(&serving, &ledger.event("e1")).await;

    let [tax] = &ledger.transactions().await[..] else { panic!("one transaction") };
    let [remote_id] = &tax.remote_ids.as_ref().unwrap()[..] else { panic!("one remote id") };
    let found = ledger.book.transactions(format!("remoteId:{remote_id}")).all();
    let found = wait::in_time("the query", found).await.unwrap();
    assert_eq!(found.len(), 1, "{remote_id}");
}

#[tokio::test]
async fn without_a_token_or_a_book_the_call_says_what_is_missing() {
    let sandbox = Sandbox::builder().strict().start().await.unwrap();
    let mut stage = Stage::new();
    stage.with_api(sandbox.url());
    let serving = stage.serve(drafting(&stage, &["Tax"])).await;

    let no_token = serving.post(event("e1", "b1")).without("bkper-oauth-token").send().await;
    let no_book = serving.post(r#"{"type": "TRANSACTION_CHECKED", "book": {}}"#).send().await;

    assert_eq!(
        [no_token.json(), no_book.json()],
        [
            "POST /v5/books/b1/transactions was refused: no token was sent, for the client has none",
            "POST /v5/books: what is meant has neither an id nor a name that can be sent",
        ]
        .map(|error| json!({"error": error}))
    );
}
