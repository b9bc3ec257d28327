//! The handler: a server that outlives every host, takes a few milliseconds for each call, and keeps what it saw.
//!
//! Its URL has the number of the host's life in it, so that it knows for sure which host calls.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::post;
use bookhook::model::{DeliveryId, RunNumber};
use bookhook_testkit::wait::in_time;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::chance::Chance;
use crate::events::Event;

const MOST_TAKE: Duration = Duration::from_millis(6);
const SOME_TAKE: Duration = Duration::from_millis(150);
/// One of so many takes longer.
const SOME: usize = 30;

/// Counts what happens in this process: of two moments, the later one is greater.
#[derive(Debug, Clone, Default)]
pub(crate) struct Moments(Arc<AtomicU64>);

pub(crate) type Moment = u64;

impl Moments {
    pub(crate) fn now(&self) -> Moment {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// A call of the handler.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Which host called, by the number of its life.
    pub(crate) life: usize,
    pub(crate) delivery: DeliveryId,
    pub(crate) run: RunNumber,
    pub(crate) cause: String,
    pub(crate) event: Event,
    /// What it answers, if it comes to that; no two calls answer the same.
    pub(crate) answer: String,
    pub(crate) began: Moment,
    pub(crate) end: Option<End>,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The handler was done.
    Done(Moment),
    /// The caller's connection was cut before.
    Cut(Moment),
}

impl Call {
    pub(crate) fn ended(&self) -> Moment {
        match self.end {
            Some(End::Done(at) | End::Cut(at)) => at,
            None => Moment::MAX,
        }
    }

    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.began < other.ended() && other.began < self.ended()
    }
}

/// A handler that goes on until the test ends.
pub(crate) struct Handler {
    address: SocketAddr,
    desk: Desk,
}

#[derive(Clone)]
struct Desk {
    moments: Moments,
    record: Arc<watch::Sender<Record>>,
}

struct Record {
    chance: Chance,
    calls: Vec<Call>,
    open: usize,
}

impl Handler {
    pub(crate) async fn start(chance: Chance) -> Self {
        let record = watch::Sender::new(Record { chance, calls: Vec::new(), open: 0 });
        let desk = Desk { moments: Moments::default(), record: Arc::new(record) };
        let routes = Router::new().route("/lives/{life}", post(handle)).with_state(desk.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, desk }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/lives/${{LIFE}}", self.address)
    }

    /// For one of several hosts: its lives have numbers that no other's have, for some hundred thousand lives.
    pub(crate) fn url_for(&self, host: usize) -> String {
        format!("http://{}/lives/{host}00000${{LIFE}}", self.address)
    }

    pub(crate) fn moments(&self) -> &Moments {
        &self.desk.moments
    }

    /// Waits until so many calls of this round have begun.
    pub(crate) async fn until_begun(&self, calls: usize) {
        self.until(&format!("{calls} calls to begin"), |record| record.calls.len() >= calls).await;
    }

    /// Waits until each of these was done at least once.
    pub(crate) async fn until_done(&self, events: &[Event]) {
        self.until("all events to be handled", |record| {
            let is_done = |call: &&Call| matches!(call.end, Some(End::Done(_)));
            let done: HashSet<&Event> = record.calls.iter().filter(is_done).map(|call| &call.event).collect();
            events.iter().all(|event| done.contains(event))
        })
        .await;
    }

    /// Waits until no call is open: what a killed host had asked for ends when its connection is seen to be cut.
    pub(crate) async fn until_idle(&self) {
        self.until("all calls to end", |record| record.open == 0).await;
    }

    /// The calls since this was last asked, in the order in which they began.
    pub(crate) fn take_calls(&self) -> Vec<Call> {
        let mut calls = Vec::new();
        self.desk.record.send_modify(|record| calls = std::mem::take(&mut record.calls));
        calls
    }

    async fn until(&self, what: &str, condition: impl FnMut(&Record) -> bool) {
        in_time(what, self.desk.record.subscribe().wait_for(condition)).await.unwrap();
    }
}

async fn handle(
    State(desk): State<Desk>,
    Path(life): Path<usize>,
    headers: HeaderMap,
    body: Bytes,
) -> ([(&'static str, &'static str); 1], String) {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let event = Event::read(&body);
    assert_eq!(header("bkper-oauth-token"), event.token());
    let (began, run) = (desk.moments.now(), header("bookhook-run"));
    let call = Call {
        life,
        delivery: header("bookhook-delivery").parse().unwrap(),
        run: RunNumber(run.parse().unwrap()),
        cause: header("bookhook-cause"),
        // The odd layout must come through as it is.
        answer: format!("{{ \"result\" :\n\"{} of {} at {began}\" }}", event.id, event.book),
        event,
        began,
        end: None,
    };
    let answer = call.answer.clone();
    let (underway, takes) = desk.begin(call);
    sleep(takes).await;
    underway.done();
    ([("content-type", "application/json; charset=utf-8")], answer)
}

impl Desk {
    fn begin(self, call: Call) -> (Underway, Duration) {
        let (mut at, mut takes) = (0, Duration::ZERO);
        self.record.send_modify(|record| {
            at = record.calls.len();
            record.calls.push(call);
            record.open += 1;
            let most = if record.chance.one_in(SOME) { SOME_TAKE } else { MOST_TAKE };
            takes = record.chance.duration_up_to(most);
        });
        (Underway { desk: self, at, is_done: false }, takes)
    }
}

/// A call that has begun. It is dropped when its connection is closed.
struct Underway {
    desk: Desk,
    at: usize,
    is_done: bool,
}

impl Underway {
    fn done(mut self) {
        self.is_done = true;
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        let now = self.desk.moments.now();
        let end = if self.is_done { End::Done(now) } else { End::Cut(now) };
        self.desk.record.send_modify(|record| {
            record.calls[self.at].end = Some(end);
            record.open -= 1;
        });
    }
}
