//! The burst: real events of all types in several books at once, with a forged call and a double one among them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bookhook::EventType;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::claims::{expect, expect_reply};
use super::stage::{Stage, UNDECLARED, good_claims};
use super::story::{Call, Step};
use crate::call::Reply;
use crate::time::show_duration;

/// None of them is the book of the steps before.
pub(super) const BOOKS: [&str; 4] = ["aurora-eur", "aurora-inventory", "aurora-receivables", "aurora-usd"];
const CONNECTIONS: usize = 32;
/// How many of each type.
const ROUNDS: usize = 64;

/// What came of it.
pub(super) struct Burst {
    pub(super) step: Step,
    pub(super) events: usize,
    pub(super) per_second: f64,
    pub(super) half_within: Duration,
    pub(super) most_within: Duration,
}

/// One event of the burst, ready to go.
struct Item {
    body: Vec<u8>,
    expected: Value,
}

/// Sends it, and checks every answer.
pub(super) async fn send(stage: &Stage) -> anyhow::Result<Burst> {
    let items = items(stage);
    let token = stage.good_token();
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    let senders = join_all((0..CONNECTIONS).map(|_| take_turns(stage, &items, &next, &token)));
    let (sent, forged, double) = tokio::join!(senders, forged(stage), double(stage));
    let elapsed = start.elapsed();
    forged?;
    double?;
    let mut took = Vec::with_capacity(items.len());
    for sent in sent {
        took.extend(sent?);
    }
    took.sort_unstable();
    expect("runs of a book that overlapped", &0, &stage.tax.overlaps())?;
    Ok(told(&took, elapsed))
}

fn items(stage: &Stage) -> Vec<Item> {
    let types = EventType::ALL.iter().cycle().take(EventType::ALL.len() * ROUNDS);
    let item = |(at, event_type): (usize, &EventType)| {
        let event = stage.event(event_type, Some(BOOKS[at % BOOKS.len()]), None);
        Item { body: event.to_string().into_bytes(), expected: expected(event_type) }
    };
    types.enumerate().map(item).collect()
}

fn expected(event_type: &EventType) -> Value {
    match event_type {
        EventType::TransactionChecked => json!({"result": "TAX: 200.00"}),
        EventType::TransactionPosted => json!({"result": "TAX: 88.00"}),
        EventType::TransactionCreated => json!({"error": "the draft has no debit account yet"}),
        _ => json!({"result": false}),
    }
}

async fn take_turns(
    stage: &Stage,
    items: &[Item],
    next: &AtomicUsize,
    token: &str,
) -> anyhow::Result<Vec<Duration>> {
    let mut took = Vec::new();
    while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
        let reply = stage.tax_caller().post(item.body.clone(), Some(token)).await?;
        expect_reply("an answer in the burst", &reply, 200, &item.expected)?;
        took.push(reply.took);
    }
    Ok(took)
}

/// One attack among them.
async fn forged(stage: &Stage) -> anyhow::Result<()> {
    let event = stage.event(&EventType::TransactionChecked, Some(BOOKS[0]), None);
    let reply = stage.send_with(&event, &stage.stranger.sign(&good_claims())).await?;
    expect("the status of a forged call in the burst", &401, &reply.status)
}

/// One event sent twice at the same moment. It runs once when the second sending joins the first, and once more when
/// the first was answered already: either way, it is one delivery and both get the response.
async fn double(stage: &Stage) -> anyhow::Result<()> {
    let event = stage.event(&EventType::TransactionChecked, Some("aurora-twice"), None);
    let (one, two) = tokio::join!(stage.send(&event), stage.send(&event));
    for reply in [one?, two?] {
        let reply: Reply = reply;
        expect_reply("an answer to a double event", &reply, 200, &json!({"result": "TAX: 200.00"}))?;
    }
    stage.delivery_of(&event).await.map(drop)
}

fn told(took: &[Duration], elapsed: Duration) -> Burst {
    let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a rate is shown in a few digits")]
    let per_second = took.len() as f64 / elapsed.as_secs_f64();
    let (half_within, most_within) = (at(50), at(99));
    let sent = format!(
        "{} events, {} of each type, in {} books over {CONNECTIONS} connections; a forged and a double one among them",
        took.len(),
        ROUNDS,
        BOOKS.len(),
    );
    let because = format!(
        "each got its own answer: {} in {}, half within {}, 99 % within {};\n\
         books went side by side, and within a book no two handlers overlapped; {UNDECLARED} was set aside",
        took.len(),
        show_duration(elapsed),
        show_duration(half_within),
        show_duration(most_within),
    );
    let step = Step { title: "Everything at once", calls: vec![Call { sent, reply: None }], because };
    Burst { step, events: took.len(), per_second, half_within, most_within }
}
