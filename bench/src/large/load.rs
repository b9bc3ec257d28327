//! What a journal takes in: append, settle, note the answer, as often as it can.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use bookhook::journal::{Append, Journal, Place, Settle, Then};
use bookhook::model::{
    DeliveryId, DeliveryIds, Event, EventId, Fingerprint, Header, HookName, LaneKey, Response, RunEnd,
    RunNumber,
};
use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::process::Usage;
use crate::sample::micros;
use crate::window::{Span, Window};

use super::invented::{Dice, agent, book, event_type, hook};

/// An event of a common size.
const BODY_BYTES: usize = 1_000;
/// How often it is looked whether there is something to tidy. A host does once a minute: in seconds there would be
/// nothing, so none of what it costs is left out here.
const TIDY: Duration = Duration::from_millis(500);

/// How fast it was.
pub(super) struct Loaded {
    pub(super) per_second: f64,
    /// Of the whole process, for one delivery.
    pub(super) cpu_micros: f64,
}

/// What the producers share.
struct Shared {
    journal: Journal,
    ids: Mutex<DeliveryIds>,
    done: AtomicU64,
    is_over: AtomicBool,
}

/// So many producers, each with one delivery after the other, for so long; beside them the journal is tidied, as a host
/// does that, only more often.
pub(super) async fn of(journal: &Journal, producers: usize, length: Duration) -> Result<Loaded> {
    let shared = Arc::new(Shared {
        journal: journal.clone(),
        ids: Mutex::default(),
        done: AtomicU64::new(0),
        is_over: AtomicBool::new(false),
    });
    let seed = u64::try_from(Timestamp::now().as_microsecond())?;
    let mut tasks = JoinSet::new();
    for number in 1..=producers as u64 {
        tasks.spawn(produce(Arc::clone(&shared), Dice(seed.wrapping_mul(2 * number + 1))));
    }
    tasks.spawn(tidy(Arc::clone(&shared)));
    let window = Window::beginning_now(Span { warm_up: length / 3, length });
    let (before, after) = window.around(|| shared.so_far()).await;
    shared.is_over.store(true, Ordering::Relaxed);
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    let ((before, cpu_before), (after, cpu_after)) = (before?, after?);
    let done = (after - before) as f64;
    Ok(Loaded {
        per_second: done / length.as_secs_f64(),
        cpu_micros: micros(cpu_after.saturating_sub(cpu_before)) / done,
    })
}

impl Shared {
    /// How many deliveries are done, and what that took of the processors.
    fn so_far(&self) -> Result<(u64, Duration)> {
        Ok((self.done.load(Ordering::Relaxed), Usage::of("self")?.cpu))
    }
}

async fn tidy(shared: Arc<Shared>) -> Result<()> {
    while !shared.is_over.load(Ordering::Relaxed) {
        shared.journal.tidy().await?;
        tokio::time::sleep(TIDY).await;
    }
    Ok(())
}

async fn produce(shared: Arc<Shared>, mut dice: Dice) -> Result<()> {
    while !shared.is_over.load(Ordering::Relaxed) {
        let now = Timestamp::now();
        let id = shared.ids.lock().unwrap_or_else(PoisonError::into_inner).next(now);
        shared.journal.append(append(id, now, &mut dice)?).await?;
        let response = Response::result("TAX: 12.50");
        let end = RunEnd::Answered { status: Some(200), response: response.clone() };
        let then = Then::Settled(response);
        shared.journal.settle(Settle { id, run: RunNumber::FIRST, at: Timestamp::now(), end, then }).await?;
        shared.journal.note_answered(id, 200);
        shared.done.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

fn append(id: DeliveryId, now: Timestamp, dice: &mut Dice) -> Result<Append> {
    let book = book(dice);
    let hook: HookName = hook(dice).parse()?;
    let event = Event {
        id: Some(EventId(format!("new-{:016x}", dice.roll(u64::MAX)).into())),
        event_type: event_type(dice).into(),
        lane: Some(LaneKey(book.as_str().into())),
        book_id: Some(book.into()),
        agent_id: Some(agent(dice).into()),
        user_id: None,
        headers: vec![Header { name: "content-type".into(), value: "application/json".into() }],
        secrets: Vec::new(),
        body: vec![b'x'; BODY_BYTES].into(),
        fingerprint: Fingerprint([7; 16]),
    };
    Ok(Append { id, hook, event, received_at: now, token_expires_at: now, place: Place::Start, after: None })
}
