//! A console with one hook and one delivery or more behind it, and a client that trusts no answer.

use std::net::SocketAddr;
use std::sync::Arc;

use bookhook_console::{Access, Console, HookAbout, Refused, Server, Setup};
use bookhook_dispatch::scheduler::HookIndex;
use bookhook_dispatch::{Arrival, Dispatcher, HookSetup, Purpose};
use bookhook_handlers::{Handler, Invocation, Running};
use bookhook_journal::{Journal, Location};
use bookhook_model::{
    Delivery, Event, EventId, Filter, Fingerprint, Header, HookName, LaneKey, Policy, Response, RunEnd, State,
};
use bookhook_testkit::{Gate, Post, Reply, eventually};
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::api;

pub(crate) const HOOK: &str = "tax-bot";

/// What is behind the door.
pub(crate) struct Given {
    pub(crate) address: SocketAddr,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) journal: Journal,
    /// Handlers wait at it.
    pub(crate) gate: Gate,
    /// Dropped, the door closes.
    stop: Option<oneshot::Sender<()>>,
    server: Option<tokio::task::JoinHandle<()>>,
}

/// Answers with the event's id, once the gate is open.
struct Echo(Gate);

impl Handler for Echo {
    fn handle(&self, invocation: Invocation) -> Running<'_> {
        Box::pin(async move {
            self.0.pass().await;
            let id = invocation.event.id.as_ref().map(ToString::to_string).unwrap_or_default();
            let response = if id.starts_with("bad") { Response::error(id) } else { Response::result(id) };
            RunEnd::Answered { status: Some(200), response }
        })
    }

    fn describe(&self) -> String {
        "echo".to_owned()
    }
}

impl Given {
    /// A door on this machine without a token; handlers answer at once.
    pub(crate) async fn open() -> Self {
        let given = Self::gated().await;
        given.gate.open();
        given
    }

    /// The same; handlers wait at the gate.
    pub(crate) async fn gated() -> Self {
        Self::with(None).await
    }

    /// A door that asks for this token.
    pub(crate) async fn with(token: Option<&str>) -> Self {
        let gate = Gate::closed();
        let journal = Journal::open(&Location::Memory, None).await.unwrap();
        let handler = Arc::new(Echo(gate.clone()));
        let setup = HookSetup { name: hook(), handler, policy: Policy::default() };
        let dispatcher = Dispatcher::start(journal.clone(), vec![setup], Timestamp::now).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let setup = Setup {
            journal: journal.clone(),
            dispatcher: dispatcher.clone(),
            hooks: vec![HookAbout { name: hook(), source: "bkper".to_owned(), handler: "echo".to_owned() }],
            refused: Box::new(|| vec![Refused { hook: Some(hook()), reason: "expired", count: 3 }]),
            clock: Timestamp::now,
        };
        let console = Console::new(setup, Access::new(address, token.map(Into::into).as_ref()).unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async { drop(stopped.await) };
        let server = tokio::spawn(Server::new(listener, console).run(stopped, bookhook_testkit::wait::BOUND));
        Self { address, dispatcher, journal, gate, stop: Some(stop), server: Some(server) }
    }

    /// The door closes; gives back when it is.
    pub(crate) async fn close(&mut self) {
        drop(self.stop.take());
        self.server.take().unwrap().await.unwrap();
    }

    /// A call that was not sent yet.
    pub(crate) fn call(&self, method: &'static str, path: &str) -> Post {
        Post::new(self.address, method, path)
    }

    /// What is answered, which must be as the API's description says.
    pub(crate) async fn answer(&self, method: &'static str, path: &str) -> Reply {
        api::checked(method, path, self.call(method, path).send().await)
    }

    /// The same with a body.
    pub(crate) async fn answer_to(&self, method: &'static str, path: &str, body: &Value) -> Reply {
        let call = self.call(method, path).header("content-type", "application/json").body(body.to_string());
        api::checked(method, path, call.send().await)
    }

    /// The JSON of a success.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let reply = self.answer("GET", path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.json()
    }

    /// What a successful act gives.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let reply = self.answer_to("POST", path, body).await;
        assert!((200..300).contains(&reply.status), "{path}: {}", reply.text());
        reply.json()
    }

    /// The problem that is answered.
    pub(crate) async fn problem(&self, method: &'static str, path: &str) -> Value {
        let reply = self.answer(method, path).await;
        assert!(reply.status >= 400, "{path}: {}", reply.text());
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        reply.json()
    }

    /// Sends an event, and waits until it is in the journal.
    pub(crate) async fn sent(&self, id: &str, book: &str) -> Delivery {
        self.sent_as(event(id, book), Purpose::Run).await
    }

    pub(crate) async fn sent_as(&self, event: Event, purpose: Purpose) -> Delivery {
        let id = event.id.clone().unwrap().to_string();
        let arrival = Arrival { event, received_at: Timestamp::now(), purpose };
        let dispatcher = self.dispatcher.clone();
        tokio::spawn(async move { dispatcher.deliver(HookIndex(0), arrival).await });
        self.until(&id, "it is in the journal", |_| true).await
    }

    /// Sends an event, and waits until it is settled.
    pub(crate) async fn settled(&self, id: &str, book: &str) -> Delivery {
        self.sent(id, book).await;
        self.until(id, "it is settled", |delivery| delivery.state == State::Settled).await
    }

    /// The delivery of an event, once it is so.
    pub(crate) async fn until(&self, event: &str, what: &str, is_so: impl Fn(&Delivery) -> bool) -> Delivery {
        let filter = Filter { event_id: Some(event.to_owned()), ..Filter::default() };
        eventually(&format!("{event}: {what}"), async || {
            let page = self.journal.list(&filter, None, 1).await.unwrap();
            page.items.into_iter().next().filter(&is_so)
        })
        .await
    }
}

pub(crate) fn hook() -> HookName {
    HOOK.parse().unwrap()
}

/// An event in a book.
pub(crate) fn event(id: &str, book: &str) -> Event {
    let mut fingerprint = [0; 16];
    fingerprint[..id.len().min(16)].copy_from_slice(&id.as_bytes()[..id.len().min(16)]);
    Event {
        id: Some(EventId(id.into())),
        event_type: "TRANSACTION_CHECKED".into(),
        lane: Some(LaneKey(book.into())),
        book_id: Some(book.into()),
        agent_id: Some("bkper-cli".into()),
        user_id: Some("mia".into()),
        headers: vec![header("content-type", "application/json; charset=UTF-8")],
        secrets: Vec::new(),
        body: Bytes::from(format!("{{\"id\": \"{id}\",  \"bookId\": \"{book}\"}}")),
        fingerprint: Fingerprint(fingerprint),
    }
}

pub(crate) fn header(name: &str, value: &str) -> Header {
    Header { name: name.into(), value: Bytes::copy_from_slice(value.as_bytes()) }
}
