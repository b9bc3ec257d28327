//! A dispatcher with one hook, and the handles on what is around it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bookhook_dispatch::scheduler::HookIndex;
use bookhook_dispatch::{Answer, Arrival, Clock, Dispatcher, HookSetup, Purpose};
use bookhook_handlers::{Handler, Invocation, Running};
use bookhook_journal::{Append, Faults, Journal, Location, Place};
use bookhook_model::{
    Actor, Delivery, DeliveryIds, Event, EventId, Filter, Fingerprint, HookName, LaneKey, Policy, Response,
    RetryPolicy, RunEnd, SecretHeader,
};
use bookhook_testkit::{Gate, Runs, eventually};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinHandle;

pub(crate) const HOOK: &str = "tax-bot";

pub(crate) struct Given {
    pub(crate) dispatcher: Dispatcher,
    pub(crate) faults: Faults,
    /// The same journal past the faults.
    pub(crate) journal: Journal,
    pub(crate) runs: Runs,
    pub(crate) gate: Gate,
}

/// Notes its runs, waits at the gate, and ends as the script says.
pub(crate) struct Scripted {
    pub(crate) runs: Runs,
    pub(crate) gate: Gate,
    script: Script,
    begun: AtomicUsize,
}

/// How a run ends, by the event and the number of the run in the handler's life.
type Script = Box<dyn Fn(&str, usize) -> RunEnd + Send + Sync>;

impl Scripted {
    /// By the number of the run in its life.
    pub(crate) fn new(script: impl Fn(usize) -> RunEnd + Send + Sync + 'static) -> Self {
        Self::by_event(move |_, number| script(number))
    }

    /// By the event as well.
    pub(crate) fn by_event(script: impl Fn(&str, usize) -> RunEnd + Send + Sync + 'static) -> Self {
        let (runs, gate) = (Runs::default(), Gate::closed());
        Self { runs, gate, script: Box::new(script), begun: AtomicUsize::new(0) }
    }

    /// With others, in their record and at their gate.
    pub(crate) fn beside(self, runs: &Runs, gate: &Gate) -> Self {
        Self { runs: runs.clone(), gate: gate.clone(), ..self }
    }
}

impl Handler for Scripted {
    fn handle(&self, invocation: Invocation) -> Running<'_> {
        Box::pin(async move {
            let event = &invocation.event;
            let (lane, id) =
                (event.lane.as_ref().unwrap().to_string(), event.id.as_ref().unwrap().to_string());
            let _running = self.runs.begin(&lane, &id, invocation.cause);
            let number = self.begun.fetch_add(1, Ordering::Relaxed);
            self.gate.pass().await;
            (self.script)(&id, number)
        })
    }

    fn describe(&self) -> String {
        "scripted".to_owned()
    }
}

impl Given {
    /// The one hook, as the dispatcher counts it.
    pub(crate) fn hook(&self) -> HookIndex {
        self.dispatcher.hook(&hook()).expect("it is served")
    }

    /// Every run waits at the gate.
    pub(crate) async fn gated() -> Self {
        Self::scripted(|number| answered(&format!("run {number}"))).await
    }

    /// Every run ends at once.
    pub(crate) async fn prompt() -> Self {
        let given = Self::gated().await;
        given.gate.open();
        given
    }

    pub(crate) async fn scripted(script: impl Fn(usize) -> RunEnd + Send + Sync + 'static) -> Self {
        Self::on(new_journal().await, Scripted::new(script), Policy::default(), Timestamp::now).await
    }

    pub(crate) async fn on(journal: Journal, handler: Scripted, policy: Policy, clock: Clock) -> Self {
        let (runs, gate) = (handler.runs.clone(), handler.gate.clone());
        let (faulty, faults) = journal.clone().with_faults();
        let setup = HookSetup { name: hook(), handler: Arc::new(handler), policy };
        let dispatcher = Dispatcher::start(faulty, vec![setup], clock).await.unwrap();
        Self { dispatcher, faults, journal, runs, gate }
    }

    /// Sends an event, and waits for the answer.
    pub(crate) async fn send(&self, id: &str) -> Answer {
        self.deliver(id, Purpose::Run).await
    }

    /// Sends an event of this lane, and waits for the answer.
    pub(crate) async fn send_in(&self, id: &str, lane: &str) -> Answer {
        let mut arrival = arrival(id, Purpose::Run);
        arrival.event.lane = Some(LaneKey(lane.into()));
        self.dispatcher.deliver(HookIndex(0), arrival).await
    }

    /// What is answered to a call that some other task waits for.
    pub(crate) fn sending(&self, id: &str, purpose: Purpose) -> JoinHandle<Answer> {
        let (dispatcher, arrival) = (self.dispatcher.clone(), arrival(id, purpose));
        tokio::spawn(async move { dispatcher.deliver(HookIndex(0), arrival).await })
    }

    pub(crate) async fn deliver(&self, id: &str, purpose: Purpose) -> Answer {
        self.dispatcher.deliver(HookIndex(0), arrival(id, purpose)).await
    }

    /// Sends an event of another lane, and waits until it is in the journal.
    pub(crate) async fn sent_in(&self, lane: &str, id: &str) -> JoinHandle<Answer> {
        let (dispatcher, mut arrival) = (self.dispatcher.clone(), arrival(id, Purpose::Run));
        arrival.event.lane = Some(LaneKey(lane.into()));
        let sending = tokio::spawn(async move { dispatcher.deliver(HookIndex(0), arrival).await });
        self.until(id, "it is in the journal", |_| true).await;
        sending
    }

    /// Sends an event, and waits until it is in the journal.
    pub(crate) async fn sent(&self, id: &str) -> JoinHandle<Answer> {
        let sending = self.sending(id, Purpose::Run);
        self.until(id, "it is in the journal", |_| true).await;
        sending
    }

    pub(crate) async fn find(&self, id: &str) -> Option<Delivery> {
        let filter = Filter { event_id: Some(id.to_owned()), ..Filter::default() };
        let found = self.journal.list(&filter, None, 10).await.unwrap().items.into_iter().next()?;
        self.journal.find(found.id).await.unwrap()
    }

    pub(crate) async fn until(
        &self,
        id: &str,
        what: &str,
        mut is_so: impl FnMut(&Delivery) -> bool,
    ) -> Delivery {
        eventually(&format!("{id}: {what}"), async || self.find(id).await.filter(&mut is_so)).await
    }

    /// Waiting and running deliveries, as the scheduler counts them.
    pub(crate) fn load(&self) -> (usize, usize) {
        self.dispatcher.load(HookIndex(0))
    }
}

/// Who acts.
pub(crate) fn ada() -> Actor {
    "ada@laptop".parse().unwrap()
}

pub(crate) async fn new_journal() -> Journal {
    Journal::open(&Location::Memory, None).await.unwrap()
}

pub(crate) fn hook() -> HookName {
    HOOK.parse().unwrap()
}

/// Of one and the same lane.
pub(crate) fn event(id: &str) -> Event {
    Event {
        id: Some(EventId(id.into())),
        event_type: "TRANSACTION_CHECKED".into(),
        lane: Some(LaneKey("b1".into())),
        book_id: Some("b1".into()),
        agent_id: None,
        user_id: None,
        headers: Vec::new(),
        secrets: vec![SecretHeader { name: "bkper-oauth-token".into(), value: "ya29.x".into() }],
        body: Bytes::from(format!("{{\"id\": \"{id}\"}}")),
        fingerprint: Fingerprint([7; 16]),
    }
}

fn arrival(id: &str, purpose: Purpose) -> Arrival {
    Arrival { event: event(id), received_at: Timestamp::now(), purpose }
}

/// What a host has journaled before it crashed: these events wait.
pub(crate) async fn left_waiting(journal: &Journal, ids: &[&str]) {
    let mut delivery_ids = DeliveryIds::default();
    for id in ids {
        let received_at = Timestamp::now();
        let append = Append {
            id: delivery_ids.next(received_at),
            hook: hook(),
            event: event(id),
            received_at,
            token_expires_at: received_at + SignedDuration::from_hours(1),
            place: Place::Queue,
            after: None,
        };
        journal.append(append).await.unwrap();
    }
}

pub(crate) fn answered(result: &str) -> RunEnd {
    RunEnd::Answered { status: None, response: Response::result(result) }
}

/// The host tries again soon.
pub(crate) fn impatient() -> Policy {
    let first = std::time::Duration::from_millis(5);
    Policy { retry: RetryPolicy { first, max: first, ..RetryPolicy::default() }, ..Policy::default() }
}

/// The response in an answer that must be one.
pub(crate) fn response(answer: Answer) -> Response {
    match answer {
        Answer::Response { response, .. } => response,
        other => panic!("not a response: {other:?}"),
    }
}

pub(crate) fn is_unavailable(answer: &Answer) -> bool {
    matches!(answer, Answer::Unavailable(_))
}
